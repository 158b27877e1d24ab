/**
 * The text that an action writes for a value.
 */
import { valueText } from './go-print.ts'
import { GoFunc, type Maybe, typeOf } from './go-value.ts'
import type { Exec } from './template-exec.ts'
import { type ActionNode, nodeText } from './template-nodes.ts'

/** The text of a value as an action prints it. */
export const printed = (s: Exec, node: ActionNode, value: Maybe): string => {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return '<no value>'
  if (value instanceof GoFunc) {
    s.node = node
    return s.fail(`can't print ${nodeText(node)} of type ${typeOf(value)}`)
  }
  return valueText(value)
}
