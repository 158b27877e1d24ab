// An expression as messages show it: references quoted, literals plain.
import { formatDuration } from '../../base/duration.ts'
import type { Int } from '../../base/int64.ts'
import type { Expression } from './expression.ts'
import { formatFloat } from './format-float.ts'
import type { LambdaKind, LambdaValue } from './kinds.ts'
import type { Regex } from './regex.ts'

export function expressionText(e: Expression): string {
  switch (e.is) {
    case 'value':
      return valueText(e.kind, e.value)
    case 'reference':
      return `"${e.name}"`
    case 'unary':
      return `${e.operator}${expressionText(e.operand)}`
    case 'binary':
      return `${expressionText(e.left)} ${e.operator} ${expressionText(e.right)}`
    case 'call':
      return `${e.name}(${e.args.map(expressionText).join(', ')})`
  }
}

/** A value as string() gives it. */
export function valueText(kind: LambdaKind, value: LambdaValue): string {
  if (kind === 'float') return formatFloat(value as number)
  if (kind === 'duration') return formatDuration(value as Int)
  if (kind === 'regex') return (value as Regex).source
  return String(value)
}
