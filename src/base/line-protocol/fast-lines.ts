// Reads lines of the common form with the line reader, which knows series by their key's bytes and layouts by their names'
// bytes; teaches it what it meets for the first time, and makes points of what it has read. Stops at the first line that
// needs the strict reader. What is learnt is bounded: when full it reads on without learning, then begins anew.
import { Point } from '../point.ts'
import { newSeries, type Series } from '../series.ts'
import { keyOf } from '../text-key.ts'
import type { Time } from '../time.ts'
import { NEWLINE, QUOTE } from './characters.ts'
import { type FieldNode, FieldTree } from './field-tree.ts'
import type { FieldsRead } from './fields-read.ts'
import { layoutOf, mixedValues, numericValues } from './layout.ts'
import {
  AT,
  FIELD,
  FULL,
  KIND,
  LENGTH,
  LINES,
  NEW_FIELD,
  NEW_FIELDS,
  NEW_KIND,
  NEW_SERIES,
  RECORD_COUNT,
  RECORD_SIZE,
  RECORDS,
  S_INDEX,
  SERIES,
  STRETCH,
  USED,
  WHAT,
} from './line-memory.ts'
import { LineReader } from './line-reader.ts'
import { readSeriesKey } from './strict-key.ts'

const MAX_LEARNT_BYTES = 67_108_864
const MAX_SCOPES = 4_096
const RECORD_WORDS = RECORD_SIZE / 4

/** Where the points of a write belong. */
export interface Scope {
  readonly id: number
  readonly db: string
  readonly rp: string
  /** What of its points is looked at; undefined: all. */
  reads: FieldsRead | undefined
  /** The roots of the fields by measurement; empty when all is read. */
  readonly roots: Map<string, FieldNode>
  /** Where the line reader has what stands for the line before the first. */
  readonly start: number
}

export class FastLines {
  readonly #reader = new LineReader((reason) => (this.#learn(reason) ? 1 : 0))
  readonly #maxSeries: number
  /** By the number that the line reader knows them by. */
  #series: Series[] = []
  /** How many series found no room. */
  #misses = 0
  readonly #fields: FieldTree
  readonly #scopes = new Map<string, Scope>()
  #nextScope = 1
  #scope: Scope | undefined

  constructor(maxSeries: number, maxFields: number) {
    this.#maxSeries = maxSeries
    this.#fields = new FieldTree(this.#reader, maxFields, (bytes) => this.#hasRoom(bytes))
  }

  /** How many series keys are remembered now. */
  get size(): number {
    return this.#series.length
  }

  #hasRoom(bytes: number): boolean {
    return this.#reader.words[USED >> 2]! + bytes <= MAX_LEARNT_BYTES
  }

  /**
   * Opens a write; `unit` is nanoseconds per timestamp unit, `reads` what of its points is looked at (undefined: all).
   * Points without a timestamp get the time `arrived`.
   */
  open(db: string, rp: string, unit: number, arrived: Time, reads: FieldsRead | undefined): void {
    if (this.#misses > this.#maxSeries || this.#fields.worn || this.#scopes.size > MAX_SCOPES) this.#forget()
    const { code } = this.#reader
    const key = keyOf([db, rp])
    let scope = this.#scopes.get(key)
    if (!scope) {
      scope = { id: this.#nextScope++, db, rp, reads, roots: new Map(), start: code.addStart() }
      this.#reader.refresh()
      this.#scopes.set(key, scope)
    } else if (scope.reads !== reads) {
      scope.reads = reads
      scope.roots.clear()
      code.forgetFields(scope.id)
    }
    const low = unit === 1 ? 9 : unit === 1e3 ? 6 : unit === 1e6 ? 3 : 0
    code.open(scope.id, scope.start, low, unit < 1e9 ? unit : 0, unit < 1e9 ? 1 : unit / 1e9, arrived.sec, arrived.ns)
    this.#scope = scope
  }

  #forget(): void {
    this.#reader.code.clear()
    this.#series = []
    this.#misses = 0
    this.#fields.clear()
    this.#scopes.clear()
  }

  /** Takes in what stands from `from` on; gives how many bytes hold whole lines, 0 when not even one line fits. */
  load(body: Uint8Array, from: number): number {
    const isLast = body.length - from <= STRETCH
    const stretch = body.subarray(from, isLast ? body.length : from + STRETCH)
    const end = isLast ? stretch.length : stretch.lastIndexOf(NEWLINE) + 1
    const b = this.#reader.bytes
    b.set(stretch, LINES)
    // The newline ends the last line, the quotes stop whoever looks for a text's end.
    b[LINES + end] = NEWLINE
    b.fill(QUOTE, LINES + end + 1, LINES + end + 5)
    this.#reader.code.begin(end)
    return end
  }

  /** Reads the lines from `i` on into `points`; the start of the first that it could not read, or what follows the last. */
  read(i: number, points: Point[]): number {
    const { code } = this.#reader
    let line = LINES + i
    for (;;) {
      const reason = code.read(line)
      const unread = this.#makePoints(points)
      if (unread !== 0) return unread - LINES
      line = this.#reader.words[AT >> 2]!
      if (reason !== FULL) return line - LINES
    }
  }

  /** Makes points of the lines that have been read; the start of the first that needs the strict reader, 0 when there is none. */
  #makePoints(points: Point[]): number {
    const reader = this.#reader
    const { words, doubles } = reader
    const series = this.#series
    const end = (RECORDS >> 2) + words[RECORD_COUNT >> 2]! * RECORD_WORDS
    reader.code.empty()
    for (let r = RECORDS >> 2; r < end; r += RECORD_WORDS) {
      const leaf = this.#fields.node(words[r + 4]!)
      const layout = leaf.layout ?? layoutOf(leaf)
      const at = words[r + 5]! >> 3
      const values = words[r + 7] === 0 ? numericValues(layout, doubles, at) : mixedValues(layout, reader, at)
      if (values === undefined) return words[r + 6]!
      const low = words[r]!
      const high = words[r + 1]!
      // Not as a float64: until its code is compiled V8 takes none for a small integer, and keeps it in an object of its own.
      const sec = high === 0 && low >= 0 ? low : high * 2 ** 32 + (low >>> 0)
      points.push(new Point(series[words[r + 3]!]!, layout.shape, values, sec, words[r + 2]!))
    }
    return 0
  }

  /** Teaches the line reader what it has come to; false when the strict reader has to look. */
  #learn(reason: number): boolean {
    const { words, code } = this.#reader
    switch (reason) {
      case NEW_SERIES:
        return this.#addSeries(words[WHAT >> 2]!, words[LENGTH >> 2]!)
      case NEW_FIELDS: {
        const series = words[SERIES >> 2]!
        code.setFirst(series, this.#rootOf(this.#series[words[(series + S_INDEX) >> 2]!]!.name).address)
        return true
      }
      case NEW_FIELD:
        return this.#fields.add(this.#fields.nodeAt(words[FIELD >> 2]!), words[WHAT >> 2]!)
      case NEW_KIND:
        this.#fields.addKind(this.#fields.nodeAt(words[FIELD >> 2]!), words[KIND >> 2]!)
        return true
      default:
        throw new Error(`the line reader asks for what nobody knows: ${reason}`)
    }
  }

  #addSeries(at: number, length: number): boolean {
    if (this.#series.length >= this.#maxSeries || !this.#hasRoom(length)) {
      this.#misses++
      return false
    }
    const { db, rp } = this.#scope!
    const key = readSeriesKey(this.#reader.bytes, at, at + length)
    if (typeof key === 'string') return false
    this.#reader.code.addSeries(this.#rootOf(key.name).address, this.#series.length)
    this.#series.push(newSeries(db, rp, key.name, key.keys, key.vals))
    this.#reader.refresh()
    return true
  }

  #rootOf(measurement: string): FieldNode {
    const scope = this.#scope!
    if (!scope.reads) return this.#fields.root(undefined)
    let root = scope.roots.get(measurement)
    if (!root) scope.roots.set(measurement, (root = this.#fields.root(scope.reads.of(measurement))))
    return root
  }
}
