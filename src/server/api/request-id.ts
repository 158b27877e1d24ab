// Fresh version 1 UUIDs for the Request-Id header: time based, so that they sort by age, and cheap enough for every write.
import { randomBytes } from 'node:crypto'

/** 100 ns steps from the Gregorian reform (1582-10-15) to 1970. */
const GREGORIAN = 122_192_928_000_000_000n
const STEPS_PER_MS = 10_000

const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0')

/** Gives ids that differ from one another and, by 62 random bits, from those of any other process. */
export class RequestIds {
  readonly #tail: string
  #ms = 0
  /** Of the current millisecond: the id's first part and how many ids it has given. */
  #low = 0
  #head = ''
  #used = 0

  constructor() {
    const r = randomBytes(8)
    r[0] = (r[0]! & 0x3f) | 0x80
    r[2] = r[2]! | 0x01 // multicast: no real network card has this address
    this.#tail = `-${r.toString('hex', 0, 2)}-${r.toString('hex', 2)}`
  }

  next(): string {
    const now = Date.now()
    if (now > this.#ms) this.#begin(now)
    else if (this.#used >= STEPS_PER_MS) this.#begin(this.#ms + 1)
    const low = this.#low + this.#used++
    return `${hex(low >>> 0, 8)}${this.#head}${this.#tail}`
  }

  #begin(ms: number): void {
    const steps = BigInt(ms) * BigInt(STEPS_PER_MS) + GREGORIAN
    const low = Number(steps & 0xffffffffn)
    const rest = Number(steps >> 32n)
    // The millisecond in which the low part would overflow is left out.
    if (low + STEPS_PER_MS > 0xffffffff) {
      this.#begin(ms + 1)
      return
    }
    this.#ms = ms
    this.#low = low
    this.#used = 0
    this.#head = `-${hex(rest & 0xffff, 4)}-1${hex(Math.floor(rest / 0x10000) & 0xfff, 3)}`
  }
}
