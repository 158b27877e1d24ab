// Line protocol to points: one synchronous pass over a request's bytes, in arrival order.
// Lines of the common form are read fast; all others, and all refusals, are the strict reader's.
// Keeps nothing of the body. Knows no HTTP and no clock.
import { Point } from '../point.ts'
import { makeSeries } from '../series.ts'
import { makeShape } from '../shape.ts'
import type { Time } from '../time.ts'
import type { Kind, Value } from '../value.ts'
import { skipBlanks } from './bytes.ts'
import { HASH } from './characters.ts'
import { FastLines } from './fast-lines.ts'
import type { FieldsRead } from './fields-read.ts'
import { type LineError, RefusedLines } from './line-error.ts'
import { arrivalTime, precisionUnit } from './precision.ts'
import { findLineEnd, readLine, type StrictLine } from './strict-line.ts'

export { formatErrors, type LineError } from './line-error.ts'

export type ParseResult =
  | { readonly ok: true; readonly points: Point[] }
  /** Every refused line, up to a bound; no point of the body may be used. */
  | { readonly ok: false; readonly errors: LineError[] }

export interface LineParserOptions {
  /** At most so many series keys are remembered. */
  readonly maxSeries?: number
  /** At most so many fields of remembered layouts. */
  readonly maxLayouts?: number
}

export class LineParser {
  readonly #fast: FastLines

  constructor(options: LineParserOptions = {}) {
    this.#fast = new FastLines(options.maxSeries ?? 262_144, options.maxLayouts ?? 65_536)
  }

  /** How many series keys are remembered now. */
  get cached(): number {
    return this.#fast.size
  }

  /**
   * Reads a body of line protocol. `precision` is that of the timestamps: `u ms s m h`, anything else means
   * nanoseconds. Points without a timestamp get `now`, rounded down to the precision. With `reads`, points need not have
   * the fields that nobody reads; what is refused is the same. The points are put behind those of `points`.
   */
  parse(
    body: Uint8Array,
    db: string,
    rp: string,
    precision: string,
    now: Time,
    reads?: FieldsRead,
    points: Point[] = [],
  ): ParseResult {
    const unit = precisionUnit(precision)
    const arrived = arrivalTime(now, unit)
    const refused = new RefusedLines(body)
    this.#fast.open(db, rp, unit, arrived, reads)
    for (let from = 0; from < body.length; ) {
      const whole = this.#fast.load(body, from)
      let at = 0
      do {
        at = this.#fast.read(at, points)
        if (at >= whole && whole > 0) break
        const start = skipBlanks(body, from + at, body.length)
        const end = findLineEnd(body, from + at)
        if (start < end && body[start] !== HASH) {
          const line = readLine(body, start, end, unit)
          if (typeof line === 'string') refused.add(start, end, line)
          else points.push(pointOfLine(line, db, rp, arrived))
        }
        at = end + 1 - from
      } while (at < whole)
      from += at
    }
    return refused.errors.length > 0 ? { ok: false, errors: refused.errors } : { ok: true, points }
  }
}

function pointOfLine(line: StrictLine, db: string, rp: string, arrived: Time): Point {
  const series = makeSeries(db, rp, line.key.name, line.key.keys, line.key.vals)
  const last = new Map<string, number>()
  for (let i = 0; i < line.names.length; i++) last.set(line.names[i]!, i)
  const names = [...last.keys()].sort()
  const kinds: Kind[] = []
  const values: Value[] = []
  for (const name of names) {
    const at = last.get(name)!
    kinds.push(line.kinds[at]!)
    values.push(line.values[at]!)
  }
  const time = line.time ?? arrived
  return new Point(series, makeShape(names, kinds), values, time.sec, time.ns)
}
