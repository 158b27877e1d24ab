// The text of a stream recording, three lines a point: database, retention policy, line protocol. Takes the text in
// pieces and gives runs of line protocol that belong to one database and retention policy. Knows no files and no points.

import { Fault } from '../../base/fault.ts'
import { findLineEnd } from '../../base/line-protocol/strict-line.ts'

const NEWLINE = 10
const RETURN = 13
const QUOTE = 34
const BACKSLASH = 92
/** Bytes of line protocol that are gathered before a run is given. */
const RUN_BYTES = 131_072
/** A longer point is no point of any recording. */
const MAX_RECORD_BYTES = 256 * 1024 * 1024
const NOTHING = new Uint8Array(0)

/** Line protocol, each line with its newline. `bytes` is valid until the next piece is taken. */
export interface LineRun {
  readonly db: string
  readonly rp: string
  readonly bytes: Uint8Array
}

export class StreamLines {
  #left: Uint8Array = NOTHING
  #out = new Uint8Array(RUN_BYTES)
  #length = 0
  /** The two lines before the line of the last point, with their newlines. */
  #head: Uint8Array = NOTHING
  #db = ''
  #rp = ''
  #consumed = 0
  /** The same of points that wait for their run. */
  #taken = 0

  /** Bytes of text whose points were given, the heads included. */
  get consumed(): number {
    return this.#consumed
  }

  /** Reads one more piece; gives the runs that are complete. Throws Fault for what is no recording. */
  take(piece: Uint8Array): Generator<LineRun> {
    const b = this.#left.length === 0 ? piece : joined(this.#left, piece)
    if (b.length > MAX_RECORD_BYTES + RUN_BYTES) throw bad('a point is longer than 256 MiB')
    return this.#read(b, false)
  }

  /** The text has ended: gives the last runs. Throws Fault when it ended in the middle of a point. */
  *end(): Generator<LineRun> {
    yield* this.#read(this.#left, true)
    if (this.#length > 0) yield this.#run()
  }

  *#read(b: Uint8Array, last: boolean): Generator<LineRun> {
    let at = 0
    while (at < b.length) {
      let line = at + this.#head.length
      const same = this.#head.length > 0 && line < b.length && startsWith(b, at, this.#head)
      if (!same) {
        const head = headEnd(b, at)
        if (head < 0 || head >= b.length) {
          if (last) throw bad('expected another line')
          break
        }
        if (this.#length > 0) yield this.#run()
        this.#setHead(b.slice(at, head))
        line = head
      }
      let end = lineEnd(b, line)
      if (end >= b.length) {
        if (!last) break
        end = b.length
      }
      if (this.#length + end - line + 1 > this.#out.length) {
        if (this.#length > 0) yield this.#run()
        if (end - line + 1 > this.#out.length) this.#out = new Uint8Array(2 * (end - line + 1))
      }
      this.#copy(b, line, b[end - 1] === RETURN ? end - 1 : end)
      this.#taken += end + 1 - at
      at = end + 1
    }
    this.#left = at < b.length ? b.slice(at) : NOTHING
  }

  #copy(b: Uint8Array, from: number, to: number): void {
    const out = this.#out
    let o = this.#length
    if (to - from > 200) {
      out.set(b.subarray(from, to), o)
      o += to - from
    } else for (let i = from; i < to; i++) out[o++] = b[i]!
    out[o++] = NEWLINE
    this.#length = o
  }

  #setHead(head: Uint8Array): void {
    this.#head = head
    const [db, rp] = new TextDecoder().decode(head).split('\n')
    this.#db = withoutReturn(db!)
    this.#rp = withoutReturn(rp!)
  }

  #run(): LineRun {
    const bytes = this.#out.subarray(0, this.#length)
    this.#length = 0
    this.#consumed += this.#taken
    this.#taken = 0
    return { db: this.#db, rp: this.#rp, bytes }
  }
}

function bad(reason: string): Fault {
  return new Fault('bad-recording', `invalid replay file format, ${reason}`)
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length)
  whole.set(a)
  whole.set(b, a.length)
  return whole
}

function startsWith(b: Uint8Array, at: number, head: Uint8Array): boolean {
  for (let i = 0; i < head.length; i++) if (b[at + i] !== head[i]) return false
  return true
}

/** Behind the second newline from `at` on; -1 when there is none. */
function headEnd(b: Uint8Array, at: number): number {
  const first = b.indexOf(NEWLINE, at)
  if (first < 0) return -1
  const second = b.indexOf(NEWLINE, first + 1)
  return second < 0 ? -1 : second + 1
}

/** The newline that ends the point's line; the end of `b` when it is not there yet. */
function lineEnd(b: Uint8Array, from: number): number {
  const n = b.length
  let i = from
  for (; i < n; i++) {
    const c = b[i]
    if (c === NEWLINE) return i
    // Newlines may stand in quotes and behind backslashes: those lines are the parser's own affair.
    if (c === QUOTE || c === BACKSLASH) return findLineEnd(b, from)
  }
  return n
}

function withoutReturn(line: string): string {
  return line.charCodeAt(line.length - 1) === RETURN ? line.slice(0, -1) : line
}
