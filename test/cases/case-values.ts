// How what a case expects is compared with what came: by value, not by text; as the conformance runner does it.

/** Integers past 2^53 are kept as text, so that a lost digit shows. Text that is no JSON stands for itself. */
export function parseValue(text: string): unknown {
  if (text.trim() === '') return null
  try {
    return JSON.parse(text.replace(/([:[,]\s*|^)(-?\d{16,})(?=\s*[,\]}]|$)/g, '$1"int:$2"'))
  } catch {
    return text
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** The value with its keys sorted, and `<any>` in place of what stands under the masked ones. */
export function masked(v: unknown, masks: readonly string[]): unknown {
  if (typeof v === 'string') return v.replace(UUID, '<uuid>')
  if (Array.isArray(v)) return v.map((x) => masked(x, masks))
  if (typeof v !== 'object' || v === null) return v
  const o = v as Readonly<Record<string, unknown>>
  const keys = Object.keys(o).sort()
  return Object.fromEntries(keys.map((k) => [k, masks.includes(k) ? '<any>' : masked(o[k], masks)]))
}

/** Equality of masked values, numbers to nine digits. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (a === '<any>' || b === '<any>') return a !== undefined && b !== undefined
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => sameValue(x, b[i]))
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null || Array.isArray(b)) return false
  const x = a as Readonly<Record<string, unknown>>
  const y = b as Readonly<Record<string, unknown>>
  const keys = Object.keys(x)
  return keys.length === Object.keys(y).length && keys.every((k) => k in y && sameValue(x[k], y[k]))
}

/** The list as it came, or sorted where its order says nothing. */
export function arranged(list: readonly unknown[], unordered: boolean): unknown[] {
  if (!unordered) return [...list]
  return list
    .map((v) => ({ v, text: JSON.stringify(v) }))
    .sort((p, q) => (p.text < q.text ? -1 : p.text > q.text ? 1 : 0))
    .map((x) => x.v)
}
