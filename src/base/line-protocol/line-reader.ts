// The line reader as an object: assembly/line-reader.ts, compiled, with a memory of its own and the views of it.
import { COMMA, DOT, NEWLINE, SPACE, ZERO } from './characters.ts'
import {
  ABOVE_DIGITS,
  COMMAS,
  DOTS,
  FLOAT_TENS,
  INT_TENS,
  NEWLINES,
  PLACES,
  RECIPROCALS,
  SPACES,
  TIMES_10,
  TIMES_100,
  TIMES_10000,
  TO_LOWEST,
  ZEROS,
} from './line-memory.ts'
import { LINE_READER } from './line-reader-code.ts'

/** What assembly/line-reader.ts exports. All addresses are bytes of the memory. */
export interface LineReaderCode {
  clear(): void
  open(scope: number, start: number, low: number, nsUnit: number, secUnit: number, sec: number, ns: number): void
  begin(bytes: number): void
  empty(): void
  read(line: number): number
  addStart(): number
  addSeries(root: number, index: number): void
  forgetFields(scope: number): void
  setFirst(series: number, root: number): void
  addField(parent: number, name: number, length: number, kind: number, skipped: number, index: number): number
  addKind(field: number, kind: number, index: number): number
  setNext(parent: number, next: number): void
}

const FIRST_PAGES = 8

const FLOAT_POWERS = Float64Array.from({ length: 23 }, (_, k) => 10 ** k)
const INT_POWERS = BigUint64Array.from({ length: 19 }, (_, k) => 10n ** BigInt(k))
const RECIPROCAL_POWERS = BigUint64Array.from(Array.from({ length: 23 }, (_, k) => reciprocal(BigInt(k))).flat())

/** As much of WebAssembly as is needed: its types come with those of browsers only. */
interface Platform {
  readonly Module: new (code: Uint8Array) => object
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer }
  readonly Instance: new (code: object, imports: object) => { readonly exports: object }
}

const { Module, Memory, Instance } = (globalThis as unknown as { readonly WebAssembly: Platform }).WebAssembly

let compiled: object | undefined

export class LineReader {
  readonly code: LineReaderCode
  /** The memory as bytes, 32-bit words and float64s: others whenever it has grown. */
  bytes = new Uint8Array(0)
  words = new Int32Array(0)
  doubles = new Float64Array(0)
  readonly #memory: { readonly buffer: ArrayBuffer }

  /** `learn` teaches what the reader has come to, by the STATE words; 0 when it can't. */
  constructor(learn: (reason: number) => number) {
    compiled ??= new Module(Uint8Array.from(atob(LINE_READER), (c) => c.charCodeAt(0)))
    this.#memory = new Memory({ initial: FIRST_PAGES })
    // A copy, as the exports themselves are an object that V8 looks names up in.
    this.code = { ...new Instance(compiled, { env: { memory: this.#memory, learn } }).exports } as LineReaderCode
    const { buffer } = this.#memory
    this.refresh()
    this.doubles.set(FLOAT_POWERS, FLOAT_TENS / 8)
    const integers = new BigUint64Array(buffer)
    integers.set(INT_POWERS, INT_TENS / 8)
    integers.set(RECIPROCAL_POWERS, RECIPROCALS / 8)
    this.bytes.fill(128 - ZERO, TO_LOWEST, TO_LOWEST + 16)
    this.bytes.fill(128 + 10, ABOVE_DIGITS, ABOVE_DIGITS + 16)
    this.bytes.fill(DOT, DOTS, DOTS + 16)
    this.bytes.fill(ZERO, ZEROS, ZEROS + 16)
    this.bytes.fill(COMMA, COMMAS, COMMAS + 16)
    this.bytes.fill(SPACE, SPACES, SPACES + 16)
    this.bytes.fill(NEWLINE, NEWLINES, NEWLINES + 16)
    for (let k = 0; k < 16; k++) this.bytes[PLACES + k] = k
    const halves = new Uint16Array(buffer)
    for (let k = 0; k < 8; k++) {
      halves[TIMES_10 / 2 + k] = 10
      halves[TIMES_100 / 2 + k] = k % 2 === 0 ? 100 : 1
      halves[TIMES_10000 / 2 + k] = k % 2 === 0 ? 10_000 : 1
    }
    this.code.clear()
  }

  /** To be called after anything was learnt: takes new views if the memory has grown, which ends those of before. */
  refresh(): void {
    if (this.bytes.length > 0) return
    const { buffer } = this.#memory
    this.bytes = new Uint8Array(buffer)
    this.words = new Int32Array(buffer)
    this.doubles = new Float64Array(buffer)
  }
}

/** 1 / 5^k with its highest bit at 127, rounded up where it is not exact: the upper half and the lower one. */
function reciprocal(k: bigint): [bigint, bigint] {
  const power = 5n ** k
  const bits = BigInt(power.toString(2).length)
  const r = k === 0n ? 1n << 127n : (1n << (127n + bits)) / power + 1n
  return [r >> 64n, BigInt.asUintN(64, r)]
}
