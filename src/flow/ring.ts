// Room for the bodies that tasks have not finished with. When there is none, writers wait in line for a while and are
// then refused. Knows the tasks only by who holds the room.
import type { Clock } from '../base/clock.ts'
import { Fault } from '../base/fault.ts'
import { addTime } from '../base/time.ts'

/** Nanoseconds that a writer waits. */
const WAIT_NS = 5_000_000_000

interface Writer {
  readonly bytes: number
  readonly go: () => void
}

export class Ring {
  readonly #max: number
  readonly #clock: Clock
  /** Words on who holds the room; empty when nobody is known. */
  readonly #holder: () => string
  readonly #writers: Writer[] = []
  #held = 0

  constructor(maxBytes: number, clock: Clock, holder: () => string) {
    this.#max = maxBytes
    this.#clock = clock
    this.#holder = holder
  }

  get held(): number {
    return this.#held
  }

  /** Whether a body may come in at once. One body always may, whatever its size. */
  hasRoom(bytes: number): boolean {
    return this.#writers.length === 0 && this.#fits(bytes)
  }

  #fits(bytes: number): boolean {
    return this.#held === 0 || this.#held + bytes <= this.#max
  }

  take(bytes: number): void {
    this.#held += bytes
  }

  /** Gives room back; the next in line may go. */
  release(bytes: number): void {
    this.#held -= bytes
    const next = this.#writers[0]
    if (!next || !this.#fits(next.bytes)) return
    this.#writers.shift()
    // The room is taken when the writer appends, which it does before the next event.
    next.go()
  }

  /** Resolves when the body may come in; rejects with a Fault (503) when it took too long. */
  wait(bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.at(addTime(this.#clock.now(), WAIT_NS), () => {
        const i = this.#writers.indexOf(writer)
        if (i < 0) return
        this.#writers.splice(i, 1)
        const text = `the input log is full (${this.#max} bytes)${this.#holder()}: try again later`
        reject(new Fault('log-full', text, { status: 503, retry: true }))
      })
      const writer: Writer = {
        bytes,
        go: () => {
          cancel()
          resolve()
        },
      }
      this.#writers.push(writer)
    })
  }
}
