// An entry of the input log: one body of points, a loopback of a task, or an answer. It is done when every task that
// wanted it, and every entry it caused, has run and what they owe is on disk.
import type { Plain } from '../base/plain.ts'
import type { Time } from '../base/time.ts'

/** What a record is known by within its node and run. */
export interface RecordNumber {
  readonly seq: number
  readonly ordinal: number
}

/** A record that must reach the outside. (run, node, seq, ordinal) never repeats, so that it is its idempotency key. */
export interface OwedRecord extends RecordNumber {
  readonly run: string
  readonly task: string
  readonly node: string
  readonly kind: string
  readonly payload: Plain
}

/** Takes owed records to disk, all of one call in one commit. What is committed is delivered in order. */
export interface Outbox {
  commit(records: readonly OwedRecord[]): Promise<void>
}

/** The chain of turns that led to a loopback entry. */
export interface Cause {
  readonly task: string
  readonly node: string
  readonly before: Cause | undefined
}

export class Entry {
  /** Never reused, also over restarts. */
  readonly seq: number
  /** Arrival time, made monotonic. */
  readonly at: Time
  readonly bytes: number
  readonly hops: number
  readonly cause: Cause | undefined
  readonly parent: Entry | undefined
  /** Tasks and caused entries that have not finished with it. */
  pending = 1
  owed: OwedRecord[] | undefined

  constructor(seq: number, at: Time, bytes: number, parent: Entry | undefined, cause: Cause | undefined) {
    this.seq = seq
    this.at = at
    this.bytes = bytes
    this.parent = parent
    this.cause = cause
    this.hops = parent && cause ? parent.hops + 1 : 0
  }

  /** The entry whose commit carries what this one owes: the body that everything goes back to. */
  get root(): Entry {
    let e: Entry = this
    while (e.parent) e = e.parent
    return e
  }
}
