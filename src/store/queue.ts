// An ordered collection that is appended to: every entry gets the next number, and a number is never given twice, also
// not after the entry was removed and the server restarted. For outboxes and logs. Knows nothing of what it holds.
import type { Target, Writer } from './batch.ts'
import { json, typed } from './codec.ts'
import { Collection, type CollectionDecl } from './collection.ts'
import type { Kv } from './kv.ts'

export class Queue<T> {
  readonly #entries: Collection<T>
  readonly #next: Target<number>
  #nextSeq: number

  constructor(kv: Kv, decl: CollectionDecl<T>) {
    this.#entries = new Collection(kv, decl)
    const counters = new Collection<number>(kv, { name: '$queues', codec: typed<number>(json) })
    this.#next = counters
    const last = this.#entries.keys({ reverse: true, limit: 1 })[0]?.[0]
    this.#nextSeq = Math.max(counters.get([decl.name]) ?? 1, typeof last === 'number' ? last + 1 : 1)
  }

  get name(): string {
    return this.#entries.name
  }

  /** The number that the next append gives; starts at 1. */
  get nextSeq(): number {
    return this.#nextSeq
  }

  /** Makes the next number at least this one: for a log whose tail was lost but whose numbers are known elsewhere. */
  skipTo(seq: number): void {
    this.#nextSeq = Math.max(this.#nextSeq, seq)
  }

  /** Stages the entry and returns its number. A number whose commit fails for good is left out, not given again. */
  append(writer: Writer, value: T): number {
    const seq = this.#nextSeq++
    writer.put(this.#entries, [seq], value)
    return seq
  }

  // What is there tells the numbers that were given; what is removed no longer does, so only removing writes the counter.

  /** Stages the removal of one settled entry. */
  remove(writer: Writer, seq: number): void {
    writer.remove(this.#entries, [seq])
    writer.put(this.#next, [this.name], this.#nextSeq)
  }

  /** Stages the removal of every entry below `seq`; returns how many. */
  removeBelow(writer: Writer, seq: number): number {
    const removed = this.#entries.removeRange(writer, { to: [seq] })
    if (removed > 0) writer.put(this.#next, [this.name], this.#nextSeq)
    return removed
  }

  /** Stages the new value of an entry, say after a failed attempt. */
  replace(writer: Writer, seq: number, value: T): void {
    writer.put(this.#entries, [seq], value)
  }

  get(seq: number): T | undefined {
    return this.#entries.get([seq])
  }

  /** Entries with numbers from `from` on, in order. */
  read(from: number, limit?: number): [number, T][] {
    return this.#entries
      .entries({ from: [from], ...(limit === undefined ? {} : { limit }) })
      .map(([key, value]) => [key[0] as number, value])
  }

  count(): number {
    return this.#entries.count()
  }
}
