// Reads a series key, `measurement[,tag=value…]`, strictly: every rule and every refusal.
// Knows nothing of fields; the parser reads each key once and remembers its series.
import { BACKSLASH, COMMA, EQUALS, SPACE, textOf } from './bytes.ts'
import { unescapeName, unescapeTag } from './escapes.ts'

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
  const name = unescapeName(textOf(b, start, i))
  const tags: [string, string][] = []
  while (b[i] === COMMA) {
    const keyStart = ++i
    if (i >= end || b[i] === SPACE || b[i] === COMMA || b[i] === EQUALS) return 'missing tag key'
    i++
    while (i < end && ((b[i] !== SPACE && b[i] !== COMMA && b[i] !== EQUALS) || b[i - 1] === BACKSLASH)) i++
    if (i >= end || b[i] !== EQUALS) return 'missing tag value'
    const key = unescapeTag(textOf(b, keyStart, i))
    const valueStart = ++i
    if (i >= end || b[i] === COMMA || b[i] === SPACE) return 'missing tag value'
    i++
    while (i < end && ((b[i] !== SPACE && b[i] !== COMMA && b[i] !== EQUALS) || b[i - 1] === BACKSLASH)) i++
    if (i >= end) return 'missing fields'
    if (b[i] === EQUALS) return 'invalid tag format'
    tags.push([key, unescapeTag(textOf(b, valueStart, i))])
  }
  tags.sort((x, y) => (x[0] < y[0] ? -1 : x[0] > y[0] ? 1 : 0))
  for (let t = 1; t < tags.length; t++) if (tags[t]![0] === tags[t - 1]![0]) return 'duplicate tags'
  return { name, keys: tags.map((t) => t[0]), vals: tags.map((t) => t[1]), end: i }
}
