// Work that waits for the outside in mid-task: items go out in order, answers come back as turns of the task in the
// same order, and what arrives behind an unanswered item waits there.
import { Fault, messageOf } from '../base/fault.ts'
import type { Plain } from '../base/plain.ts'
import type { Border, BorderHandle, Group } from './contract.ts'
import type { RecordNumber } from './entry.ts'
import type { Operator } from './operator.ts'

/** What a border needs of its task. */
export interface BorderHost {
  /** Runs the function as a turn of the task, with the task's time and error handling. */
  answer(run: () => void): void
  /** Tells the scheduler that the task may (not) take further input. */
  blocked(on: boolean): void
  owe(node: string, kind: string, payload: Plain): RecordNumber
  /** What this turn owes is to be sent soon, though its entry may be far from its end. */
  commitEarly(): void
}

interface Waiting {
  /** Undefined for what merely waits behind an item. */
  readonly item: Plain
  readonly group: Group | undefined
  readonly pass: (() => void) | undefined
  /** Of the record that is owed for the item. */
  readonly record: RecordNumber | undefined
  result: Plain | Fault | undefined
  state: 'waiting' | 'sent' | 'answered'
}

export class BorderQueue implements BorderHandle<Plain> {
  readonly #border: Border<Plain, Plain>
  readonly #op: Operator
  readonly #host: BorderHost
  readonly #abort = new AbortController()
  readonly #queue: Waiting[] = []
  #under = 0
  #full = false

  constructor(border: Border<Plain, Plain>, op: Operator, host: BorderHost) {
    this.#border = border
    this.#op = op
    this.#host = host
  }

  /** Whether what arrives now has to wait behind an item. */
  get busy(): boolean {
    return this.#queue.length > 0
  }

  get size(): number {
    return this.#queue.length
  }

  push(item: Plain, group: Group): void {
    const border = this.#border
    if ('owes' in border) {
      const { kind, payload } = border.owes(item)
      const record = this.#host.owe(this.#op.name, kind, payload)
      this.#queue.push({ item, group, pass: undefined, record, result: undefined, state: 'sent' })
    } else {
      this.#queue.push({ item, group, pass: undefined, record: undefined, result: undefined, state: 'waiting' })
      this.#send()
    }
    this.#mark()
    // The answers that the task waits for would never come.
    if (this.#full && 'owes' in border) this.#host.commitEarly()
  }

  behind(pass: () => void): void {
    this.#queue.push({ item: null, group: undefined, pass, record: undefined, result: undefined, state: 'answered' })
    this.#mark()
  }

  /** The answer to an owed record; false when nothing here waits for it. */
  answered({ seq, ordinal }: RecordNumber, result: Plain | Fault): boolean {
    const w = this.#queue.find((x) => x.state === 'sent' && x.record?.seq === seq && x.record.ordinal === ordinal)
    if (!w) return false
    this.#answer(w, result)
    return true
  }

  close(): void {
    this.#abort.abort()
    this.#queue.length = 0
  }

  #mark(): void {
    const full = this.#queue.length >= this.#border.maxItems
    if (full !== this.#full) {
      this.#full = full
      this.#host.blocked(full)
    }
  }

  #send(): void {
    const border = this.#border
    if (!('send' in border)) return
    for (const w of this.#queue) {
      if (this.#under >= border.concurrency) return
      if (w.state !== 'waiting') continue
      w.state = 'sent'
      this.#under++
      border
        .send(w.item, this.#abort.signal)
        .catch((e: unknown) =>
          e instanceof Fault ? e : new Fault('border-failed', messageOf(e), { cause: e, retry: true }),
        )
        .then((result) => {
          this.#under--
          if (!this.#abort.signal.aborted) this.#answer(w, result)
        })
    }
  }

  #answer(w: Waiting, result: Plain | Fault): void {
    w.result = result
    w.state = 'answered'
    this.#host.answer(() => this.#settle())
  }

  /** A turn of the task: everything at the head that has its answer goes on. */
  #settle(): void {
    for (;;) {
      const head = this.#queue[0]
      if (head?.state !== 'answered') break
      this.#queue.shift()
      if (head.pass) head.pass()
      else this.#border.done(head.item, head.result!, head.group!, this.#op.out)
    }
    this.#send()
    this.#mark()
  }
}
