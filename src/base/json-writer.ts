// Values as the JSON text that Go's encoder writes: HTML characters escaped, integers with all digits, indented by
// four spaces or compact. Knows nothing of what the values mean.

import { byteOrder } from './byte-order.ts'
import { jsonString } from './go-json.ts'
import { formatFloatJson } from './go-number.ts'

/** What can be written: members that are undefined are left out; Maps are written with their keys in byte order. */
export type Writable =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | RawJson
  | readonly Writable[]
  | ReadonlyMap<string, Writable>
  | { readonly [key: string]: Writable }

/** JSON text that is written as it stands. */
export class RawJson {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

function write(v: Writable, indent: string, pad: string): string {
  switch (typeof v) {
    case 'string':
      return jsonString(v)
    case 'number':
      return Number.isSafeInteger(v) && !Object.is(v, -0) ? String(v) : formatFloatJson(v)
    case 'bigint':
    case 'boolean':
      return String(v)
    case 'undefined':
      return 'null'
  }
  if (v === null) return 'null'
  if (v instanceof RawJson) return v.text
  const inner = pad + indent
  if (isList(v)) {
    return enclose(
      '[]',
      v.map((x) => write(x, indent, inner)),
      indent,
      pad,
    )
  }
  const entries =
    v instanceof Map
      ? Array.from(v as ReadonlyMap<string, Writable>).sort(([a], [b]) => byteOrder(a, b))
      : Object.entries(v as { readonly [key: string]: Writable }).filter(([, x]) => x !== undefined)
  const colon = indent === '' ? ':' : ': '
  return enclose(
    '{}',
    entries.map(([k, x]) => jsonString(k) + colon + write(x, indent, inner)),
    indent,
    pad,
  )
}

function isList(v: object): v is readonly Writable[] {
  return Array.isArray(v)
}

function enclose(brackets: '[]' | '{}', parts: readonly string[], indent: string, pad: string): string {
  if (parts.length === 0) return brackets
  const inner = indent === '' ? '' : `\n${pad}${indent}`
  const last = indent === '' ? '' : `\n${pad}`
  return `${brackets[0]}${inner}${parts.join(`,${inner}`)}${last}${brackets[1]}`
}

/** Indented by four spaces, no newline at the end: the form of nearly all replies. */
export function goJson(v: Writable): string {
  return write(v, '    ', '')
}

/** On one line. */
export function compactJson(v: Writable): string {
  return write(v, '', '')
}
