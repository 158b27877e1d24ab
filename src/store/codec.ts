// How values become text and back. Stored values are JSON so that a file can be inspected with common tools;
// what JSON can't say (64-bit integers, NaN, infinities, -0) is written as an object with one `$` key.
// Knows nothing of keys or storage.

export interface Codec<T> {
  encode(value: T): string
  decode(text: string): T
}

const SPECIAL: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity, '-0': -0 }

/** Own keys that start with `$` get one more, so that no user's object is taken for a special value. */
function escaped(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return { $i: value.toString() }
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return value
      return { $f: Object.is(value, -0) ? '-0' : String(value) }
    case 'object': {
      if (value === null) return null
      if (Array.isArray(value)) return value.map((v) => (v === undefined ? null : escaped(v)))
      if (value instanceof Date) return value.toJSON()
      const out: Record<string, unknown> = {}
      for (const [k, v] of Object.entries(value)) {
        if (v !== undefined) define(out, k.startsWith('$') ? `$${k}` : k, escaped(v))
      }
      return out
    }
    default:
      return value
  }
}

function define(target: Record<string, unknown>, key: string, value: unknown): void {
  // `__proto__` is a tag or field name like any other here.
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
  else target[key] = value
}

function unescaped(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(unescaped)
  const entries = Object.entries(value)
  if (entries.length === 1) {
    const [key, text] = entries[0]!
    if (key === '$i' && typeof text === 'string') return BigInt(text)
    if (key === '$f' && typeof text === 'string') return SPECIAL[text]
  }
  const out: Record<string, unknown> = {}
  for (const [k, v] of entries) define(out, k.startsWith('$$') ? k.slice(1) : k, unescaped(v))
  return out
}

function decode(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return text.includes('"$') ? unescaped(value) : value
}

/**
 * Plain JSON, with bigint kept exactly. NaN and infinities become null and -0 becomes 0, as JSON does: what holds such
 * numbers takes `exactJson`. Both read what the other wrote.
 */
export const json: Codec<unknown> = {
  encode(value) {
    let text: string | undefined
    try {
      text = JSON.stringify(value)
    } catch (e) {
      if (!(e instanceof TypeError)) throw e
      return exactJson.encode(value)
    }
    if (text === undefined) throw new TypeError('a stored value must have a JSON form')
    return text.includes('"$') ? JSON.stringify(escaped(JSON.parse(text))) : text
  },
  decode,
}

/** JSON that keeps every number as it is: bigint, NaN, ±Infinity and -0. For state; slower to write than `json`. */
export const exactJson: Codec<unknown> = {
  encode(value) {
    const text = JSON.stringify(escaped(value))
    if (text === undefined) throw new TypeError('a stored value must have a JSON form')
    return text
  },
  decode,
}

/** A codec with a type: the caller vouches that only values of this type were written. */
export function typed<T>(codec: Codec<unknown> = json): Codec<T> {
  return codec as Codec<T>
}
