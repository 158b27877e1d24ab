// Reads lines of the common form: series by their key's bytes, layouts by their names' bytes, numbers in place.
// Works on a padded copy of a stretch of the body, so that no step asks for the end, and stops at the first line that
// needs the strict reader. Its caches are bounded: when full it reads on without learning, then begins anew.
import { Point } from '../point.ts'
import { makeSeries, newSeries } from '../series.ts'
import { keyOf } from '../text-key.ts'
import type { Time } from '../time.ts'
import type { Value } from '../value.ts'
import { ByteArena, sameBytes } from './byte-arena.ts'
import { BACKSLASH, COMMA, HASH, MINUS, NEWLINE, QUOTE, SPACE, TAB, textOf, ZERO } from './bytes.ts'
import { unescapeString } from './escapes.ts'
import { BOOL, type FieldNode, FieldTree, FLOAT, INT, MAX_FIELDS, MAX_NAME_BYTES, STRING } from './field-tree.ts'
import type { FieldsRead } from './fields-read.ts'
import { layoutOf, mixedValues, numericValues } from './layout.ts'
import { readPlainNumber, skipPlainNumber } from './plain-number.ts'
import { boolLength, findValueEnd, isTrue, readRareNumber } from './plain-word.ts'
import { SeriesEntry, SeriesTable } from './series-table.ts'
import { readSeriesKey } from './strict-key.ts'
import { StringCache } from './string-cache.ts'
import { Timestamp } from './timestamp.ts'

/** Longer series keys are read anew each time. */
const MAX_KEPT_KEY = 8_192
/** So many bytes of a body are taken at a time. */
const STRETCH = 131_072
/** Behind the stretch: end marks, and room for comparisons and words that reach beyond. */
const PADDING = MAX_KEPT_KEY + MAX_NAME_BYTES + 64
const MAX_SCOPES = 4_096

/** Where the points of a write belong. */
export interface Scope {
  readonly id: number
  readonly db: string
  readonly rp: string
  /** Stands for what came before the first line: its `next` is the first guess. */
  readonly start: SeriesEntry
  /** What of its points is looked at; undefined: all. */
  reads: FieldsRead | undefined
  /** The roots of the fields by measurement; empty when all is read. */
  readonly roots: Map<string, FieldNode>
}

function startOf(db: string, rp: string): SeriesEntry {
  return new SeriesEntry(makeSeries(db, rp, '', [], []), 0, 0, 0)
}

export class FastLines {
  readonly #buffer = new Uint8Array(STRETCH + PADDING)
  readonly #bytes = new DataView(this.#buffer.buffer)
  readonly #arena = new ByteArena()
  readonly #series: SeriesTable
  readonly #fields: FieldTree
  readonly #strings = new StringCache()
  readonly #stamp = new Timestamp()
  /** The values of the line that is being read, by their place in it: safe numbers, and all else. */
  readonly #numbers = new Float64Array(MAX_FIELDS + 1)
  readonly #others = new Array<Value>(MAX_FIELDS + 1).fill(null)
  readonly #scopes = new Map<string, Scope>()
  #nextScope = 1
  #end = 0
  /** What the last text said. */
  #text = ''
  /** The kind of the last value that was no number of the common form. */
  #kind = FLOAT
  /** The series of the line before. */
  #before = startOf('', '')

  constructor(maxSeries: number, maxFields: number) {
    this.#series = new SeriesTable(this.#arena, maxSeries)
    this.#fields = new FieldTree(this.#arena, maxFields)
  }

  /** How many series keys are remembered now. */
  get size(): number {
    return this.#series.size
  }

  /** Opens a write; `unit` is nanoseconds per timestamp unit, `reads` what of its points is looked at (undefined: all). */
  open(db: string, rp: string, unit: number, reads: FieldsRead | undefined): Scope {
    if (this.#series.worn || this.#fields.worn || this.#scopes.size > MAX_SCOPES) this.#forget()
    this.#stamp.use(unit)
    const key = keyOf([db, rp])
    let scope = this.#scopes.get(key)
    if (!scope) {
      scope = { id: this.#nextScope++, db, rp, start: startOf(db, rp), reads, roots: new Map() }
      this.#scopes.set(key, scope)
    } else if (scope.reads !== reads) {
      scope.reads = reads
      scope.roots.clear()
      this.#series.forgetFields(scope.id)
    }
    return scope
  }

  #forget(): void {
    this.#series.clear()
    this.#fields.clear()
    this.#arena.clear()
    this.#scopes.clear()
  }

  /** Takes in what stands from `from` on; gives how many bytes hold whole lines, 0 when not even one line fits. */
  load(body: Uint8Array, from: number): number {
    const isLast = body.length - from <= STRETCH
    const stretch = body.subarray(from, isLast ? body.length : from + STRETCH)
    const end = isLast ? stretch.length : stretch.lastIndexOf(NEWLINE) + 1
    this.#buffer.set(stretch)
    // The newline ends the last line, the quotes stop whoever looks for a text's end.
    this.#buffer[end] = NEWLINE
    this.#buffer.fill(QUOTE, end + 1, end + 5)
    this.#end = end
    return end
  }

  /** Reads the lines from `i` on into `points`; the start of the first that it could not read, or what follows the last. */
  read(i: number, scope: Scope, arrived: Time, points: Point[]): number {
    const b = this.#buffer
    const end = this.#end
    this.#before = scope.start
    while (i < end) {
      if (b[i] === NEWLINE) {
        i++
        continue
      }
      const next = this.#readLine(i, scope, arrived, points)
      if (next === 0) break
      i = next
    }
    return i
  }

  /** Reads one line; the start of the next, 0 when it could not. A function of its own, so that V8 compiles it early. */
  #readLine(i: number, scope: Scope, arrived: Time, points: Point[]): number {
    const b = this.#buffer
    const bytes = this.#bytes
    const arena = this.#arena
    const tree = this.#fields
    const numbers = this.#numbers
    const before = this.#before
    let entry = before.next
    if (entry === undefined || !sameBytes(arena.view, entry.at, entry.length, bytes, i)) {
      entry = this.#entryAt(i, scope)
      if (entry === undefined) return 0
      before.next = entry
    }
    this.#before = entry
    i += entry.length
    let node = entry.first
    let parent: FieldNode
    if (node === undefined) {
      parent = this.#rootOf(entry, scope)
      node = parent.next
    } else parent = node.parent!
    let count = 0
    let numeric = true
    let c = 0
    for (;;) {
      if (node === undefined || !sameBytes(arena.view, node.at, node.length, bytes, i)) {
        node = tree.find(parent, b, bytes, i)
        if (node === undefined) return 0
      }
      i += node.length
      c = b[i]!
      if (node.skipped) {
        i = skipPlainNumber(bytes, i) || this.#readOther(i, count, false)
        if (i === 0) return 0
      } else {
        let kind = FLOAT
        let next = (c ^ ZERO) < 10 || c === MINUS ? readPlainNumber(bytes, i, numbers, count) : 0
        if (next === 0) {
          next = this.#readOther(i, count, true)
          if (next === 0) return 0
          kind = this.#kind
          numeric &&= kind === FLOAT
        } else if (next < 0) {
          next = ~next
          kind = INT
        }
        i = next
        if (node.kind !== kind) node = tree.ofKind(node, kind)
      }
      if (count++ === 0) entry.first = node
      c = b[i]!
      if (c !== COMMA) break
      i++
      parent = node
      node = node.next
    }
    let sec: number
    let ns: number
    if (c === NEWLINE) {
      sec = arrived.sec
      ns = arrived.ns
    } else {
      if (c !== SPACE) return 0
      const stamp = this.#stamp
      i = stamp.read(b, bytes, i + 1)
      if (i === 0) return 0
      sec = stamp.sec
      ns = stamp.ns
    }
    const layout = node.layout ?? layoutOf(node)
    const values = numeric ? numericValues(layout, numbers) : mixedValues(layout, numbers, this.#others)
    points.push(new Point(entry.series, layout.shape, values, sec, ns))
    return i + 1
  }

  #rootOf(entry: SeriesEntry, scope: Scope): FieldNode {
    if (!scope.reads) return this.#fields.root(undefined)
    const { name } = entry.series
    let root = scope.roots.get(name)
    if (!root) scope.roots.set(name, (root = this.#fields.root(scope.reads.of(name))))
    return root
  }

  /**
   * Reads the value at `i` that is no number of the common form, into `place`; its kind stands in #kind. The index behind
   * it, 0 when the strict reader has to look. Texts are made when they are `wanted`.
   */
  #readOther(i: number, place: number, wanted: boolean): number {
    const b = this.#buffer
    const c = b[i]!
    if ((c ^ ZERO) < 10 || c === MINUS) {
      const next = findValueEnd(b, i)
      const value = readRareNumber(b, i, next)
      if (value === undefined) return 0
      const large = typeof value === 'bigint'
      this.#numbers[place] = large ? Number.NaN : value
      if (large) this.#others[place] = value
      this.#kind = large ? INT : FLOAT
      return next
    }
    if (c === QUOTE) {
      const close = this.#readText(i + 1, wanted)
      if (close >= this.#end) return 0
      this.#others[place] = this.#text
      this.#kind = STRING
      return close + 1
    }
    const length = boolLength(b, i)
    if (length === 0) return 0
    this.#others[place] = isTrue(c)
    this.#kind = BOOL
    return i + length
  }

  /** The entry of the series key at `i`, made when it is new; undefined when the strict reader has to look. */
  #entryAt(i: number, scope: Scope): SeriesEntry | undefined {
    const b = this.#buffer
    let hash = scope.id
    let k = i
    for (; b[k] !== SPACE; k++) {
      const c = b[k]!
      if (c === NEWLINE) return undefined
      if (c === BACKSLASH) {
        // A backslash before another one, or before a newline, means different things to different readers.
        const escaped = b[++k]
        if (escaped === BACKSLASH || escaped === NEWLINE) return undefined
      }
      hash = Math.imul(hash ^ c, 0x01000193)
    }
    hash ^= hash >>> 15
    const length = k + 1 - i
    if (length === 1 || length > MAX_KEPT_KEY) return undefined
    const known = this.#series.find(scope.id, hash, this.#bytes, i, length)
    if (known) return known
    const first = b[i]
    if (first === HASH || first === TAB || first === 0) return undefined
    if (!this.#series.hasRoom(length)) return undefined
    const key = readSeriesKey(b, i, k + 1)
    if (typeof key === 'string') return undefined
    const series = newSeries(scope.db, scope.rp, key.name, key.keys, key.vals)
    const entry = new SeriesEntry(series, scope.id, this.#arena.add(b, i, k + 1), length)
    this.#series.add(entry, hash)
    return entry
  }

  /** Reads the text at `i`, if it is wanted; the index of the quote that closes it, beyond the end when there is none. */
  #readText(from: number, wanted: boolean): number {
    const b = this.#buffer
    let seen = 0
    let i = from
    for (let c = b[i]!; c !== QUOTE; c = b[++i]!) {
      seen |= c
      if (c === BACKSLASH) {
        seen |= 256
        i++
      }
    }
    if (i >= this.#end || !wanted) return i
    if (seen < 128) this.#text = this.#strings.get(b, from, i)
    else this.#text = seen < 256 ? textOf(b, from, i) : unescapeString(textOf(b, from, i))
    return i
  }
}
