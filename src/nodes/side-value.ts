// Values from sideload files and addresses, turned into the kind that the script's default has.
import { formatFloatPlain } from '../base/go-number.ts'
import { type Int, parseInt64 } from '../base/int64.ts'
import type { Typed } from '../base/value.ts'
import { parseFloatText } from '../lang/lambda/format-float.ts'

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

/** The value as one of the kind; undefined when it can't be. */
export function sideValue(kind: Typed['kind'], value: unknown): Typed | undefined {
  switch (kind) {
    case 'int': {
      const n = intOf(value)
      return n === undefined ? undefined : { kind, value: n }
    }
    case 'float': {
      const f = floatOf(value)
      return f === undefined ? undefined : { kind, value: f }
    }
    case 'bool': {
      const b = typeof value === 'string' ? boolOf(value) : value
      return typeof b === 'boolean' ? { kind, value: b } : undefined
    }
    case 'string': {
      const s = textOf(value)
      return s === undefined ? undefined : { kind, value: s }
    }
    default:
      return undefined
  }
}

/** Text of a value that stands alone; undefined for lists, maps and nothing. */
export function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return formatFloatPlain(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      return undefined
  }
}

function intOf(value: unknown): Int | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value + 0 : undefined
  return typeof value === 'string' ? parseInt64(value) : undefined
}

function floatOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'string' ? parseFloatText(value) : undefined
}

function boolOf(text: string): boolean | undefined {
  return TRUE.has(text) ? true : FALSE.has(text) ? false : undefined
}
