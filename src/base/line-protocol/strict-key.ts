// Reads a series key, `measurement[,tag=value…]`, strictly: every rule and every refusal.
// Knows nothing of fields; the parser reads each key once and remembers its series.
import { BACKSLASH, COMMA, EQUALS, SPACE } from './characters.ts'
import { unescapeName, unescapeTag } from './escapes.ts'
import { StringCache } from './string-cache.ts'

/** Measurements and tag keys: few, and the same in most keys. */
const names = new StringCache()
/** Tag values: series of one host come together, and comparing the same string is quick. */
const values = new StringCache()
/** The tags of the key that is being read: arrays that grow by pushing would take three times the memory they need. */
const readKeys: string[] = []
const readVals: string[] = []
let lastKeys: readonly string[] = []

export interface SeriesKey {
  readonly name: string
  /** Tag keys in code-unit order, and their values beside them. */
  readonly keys: readonly string[]
  readonly vals: readonly string[]
  /** Index of the space after the key. */
  readonly end: number
}

/** Reads the key that begins at `i`; a reason when there is none. The key ends at the first space without a backslash. */
export function readSeriesKey(b: Uint8Array, i: number, end: number): SeriesKey | string {
  if (i >= end || b[i] === COMMA) return 'missing measurement'
  const start = i++
  while (i < end && ((b[i] !== COMMA && b[i] !== SPACE) || b[i - 1] === BACKSLASH)) i++
  if (i >= end) return 'missing fields'
  const name = unescapeName(names.get(b, start, i))
  let count = 0
  let inOrder = true
  while (b[i] === COMMA) {
    const keyStart = ++i
    if (i >= end || b[i] === SPACE || b[i] === COMMA || b[i] === EQUALS) return 'missing tag key'
    i++
    while (i < end && ((b[i] !== SPACE && b[i] !== COMMA && b[i] !== EQUALS) || b[i - 1] === BACKSLASH)) i++
    if (i >= end || b[i] !== EQUALS) return 'missing tag value'
    const key = unescapeTag(names.get(b, keyStart, i))
    inOrder &&= count === 0 || readKeys[count - 1]! < key
    readKeys[count] = key
    const valueStart = ++i
    if (i >= end || b[i] === COMMA || b[i] === SPACE) return 'missing tag value'
    i++
    while (i < end && ((b[i] !== SPACE && b[i] !== COMMA && b[i] !== EQUALS) || b[i - 1] === BACKSLASH)) i++
    if (i >= end) return 'missing fields'
    if (b[i] === EQUALS) return 'invalid tag format'
    readVals[count++] = unescapeTag(values.get(b, valueStart, i))
  }
  return inOrder ? { name, keys: keysOf(count), vals: readVals.slice(0, count), end: i } : sorted(name, count, i)
}

/** The keys that were read; one array for keys that follow one another with the same. */
function keysOf(count: number): readonly string[] {
  let same = lastKeys.length === count
  for (let i = 0; same && i < count; i++) same = lastKeys[i] === readKeys[i]
  if (!same) lastKeys = readKeys.slice(0, count)
  return lastKeys
}

function sorted(name: string, count: number, end: number): SeriesKey | string {
  const keys = readKeys.slice(0, count)
  const order = keys.map((_, i) => i).sort((x, y) => (keys[x]! < keys[y]! ? -1 : keys[x]! > keys[y]! ? 1 : 0))
  for (let i = 1; i < count; i++) if (keys[order[i]!] === keys[order[i - 1]!]) return 'duplicate tags'
  return { name, keys: order.map((i) => keys[i]!), vals: order.map((i) => readVals[i]!), end }
}
