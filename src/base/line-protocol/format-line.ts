// Points to line protocol, the inverse of the parser: for recordings, writes to InfluxDB and loopbacks.
// Sorted, escaped, and always exactly one line, whatever the point holds.
import { formatFloatPlain } from '../go-number.ts'
import type { Point } from '../point.ts'
import type { Series } from '../series.ts'
import type { Shape } from '../shape.ts'
import { unixNano } from '../time.ts'
import type { Kind, Value } from '../value.ts'
import { precisionUnit } from './precision.ts'

/**
 * The point as one line without a newline at its end, the timestamp in units of `precision` (truncated towards 1970).
 * Durations become ints. Left out, since the protocol can't say it: null, NaN and infinite fields, fields and tags with an
 * empty key, empty tag values. In names a newline becomes `\n`, and a backslash goes where it would be taken for an
 * escape; of tags that then have one key, the first stays. The empty string when no field is left, or the measurement is
 * empty or would make the line a comment.
 */
export function formatLine(p: Point, precision = 'n'): string {
  const key = seriesText(p.series)
  if (key === '') return ''
  const { kinds } = p.shape
  const names = fieldTexts(p.shape)
  let fields = ''
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!
    const value = formatValue(kinds[i]!, p.values[i]!)
    if (name !== '' && value !== '') fields += `${fields === '' ? ' ' : ','}${name}=${value}`
  }
  return fields === '' ? '' : `${key}${fields} ${formatTimestamp(p, precision)}`
}

/** A value as the protocol writes it; empty when it can't. */
function formatValue(kind: Kind, value: Value): string {
  switch (kind) {
    case 'float':
      return Number.isFinite(value) ? formatFloatPlain(value as number) : ''
    case 'int':
    case 'duration':
      return `${value}i`
    case 'string':
      return `"${(value as string).replace(/["\\]/g, '\\$&')}"`
    case 'bool':
      return value ? 'true' : 'false'
    case 'null':
      return ''
  }
}

function formatTimestamp(p: Point, precision: string): string {
  const unit = precisionUnit(precision)
  if (unit === 1) {
    // Between 1970 and 2255 the digits of both parts stand side by side; beyond, they wrap as 64 bits do.
    if (p.sec > 0 && p.sec < 9_000_000_000) return `${p.sec}${String(p.ns).padStart(9, '0')}`
    return String(unixNano(p))
  }
  return String(BigInt(unixNano(p)) / BigInt(unit))
}

/** Escaped names of fields, kept as long as their shape. */
const fieldNames = new WeakMap<Shape, readonly string[]>()

function fieldTexts(s: Shape): readonly string[] {
  let names = fieldNames.get(s)
  if (names === undefined) fieldNames.set(s, (names = s.names.map(escapeField)))
  return names
}

/** Escaped keys of series, kept as long as their series. */
const texts = new WeakMap<Series, string>()

function seriesText(s: Series): string {
  let text = texts.get(s)
  if (text === undefined) {
    text = escapeMeasurement(s.name)
    if (text.startsWith('#')) text = ''
    const written = new Set([''])
    for (let i = 0; i < s.keys.length && text !== ''; i++) {
      const key = escapeTag(s.keys[i]!)
      const value = escapeTag(s.vals[i]!)
      if (value === '' || written.has(key)) continue
      written.add(key)
      text += `,${key}=${value}`
    }
    texts.set(s, text)
  }
  return text
}

/** Without what no reader would take as part of a name: a newline, a backslash at the end or before a space. */
function sayable(text: string): string {
  return /[\n\\]/.test(text) ? text.replaceAll('\n', '\\n').replace(/(?<!\\)\\+(?= |$)/g, '') : text
}

/** Readers skip blanks before a measurement and before the first field. */
const BLANKS_IN_FRONT = /^[\t\0]+/

/** `=` and `"` are escaped only where a backslash before them would be taken for an escape. */
function escapeMeasurement(text: string): string {
  return sayable(text.replace(BLANKS_IN_FRONT, '')).replace(/[, ]|(?<=\\)[="]/g, '\\$&')
}

function escapeTag(text: string): string {
  return sayable(text).replace(/[, =]/g, '\\$&')
}

/** In field keys two backslashes never escape what follows them. */
function escapeField(text: string): string {
  return sayable(text.replace(BLANKS_IN_FRONT, ''))
    .replace(/(?<!\\)\\+(?=[,=])/g, '')
    .replace(/[, =]|(?<=\\)"/g, '\\$&')
}
