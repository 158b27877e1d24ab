// JSON text of single values, byte for byte as Go's encoding/json writes it: what clients of the API compare with.
import { formatFloatJson } from './go-number.ts'
import type { Kind, Value } from './value.ts'

const NEEDS_CARE = /[<>&"\\\u0000-\u001f\u2028\u2029\ud800-\udfff]/

/** A quoted string; `<`, `>`, `&`, U+2028 and U+2029 are escaped, half a surrogate pair becomes U+FFFD. */
export function jsonString(text: string): string {
  if (!NEEDS_CARE.test(text)) return `"${text}"`
  // One pass a character, with texts in place of a function, is half the work: alert details are full of them.
  return JSON.stringify(text.toWellFormed())
    .replace(/&/g, '\\u0026')
    .replace(/</g, '\\u003c')
    .replace(/>/g, '\\u003e')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')
}

/** A field's value: ints with all digits, durations as nanoseconds, NaN and infinities as null. */
export function jsonValue(kind: Kind, value: Value): string {
  switch (kind) {
    case 'float':
      return formatFloatJson(value as number)
    case 'string':
      return jsonString(value as string)
    default:
      return String(value)
  }
}

/** An object of strings, its keys in order. */
export function jsonTags(keys: readonly string[], vals: readonly string[]): string {
  let text = '{'
  for (let i = 0; i < keys.length; i++) text += `${i > 0 ? ',' : ''}${jsonString(keys[i]!)}:${jsonString(vals[i]!)}`
  return `${text}}`
}
