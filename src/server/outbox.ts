// What tasks owe to the outside, on disk: staged records are stored in one commit and handed out for delivery only then;
// what was not settled when the server ended is handed out again at its next start. Topic states go the same way.

import {
  type DeadLetter,
  MAX_DEAD_LETTERS,
  NOTIFY,
  type Notification,
  type Outbox as NotificationOutbox,
  notificationFromText,
  notificationToText,
  stateFromText,
  stateToText,
  TOPIC_STATE,
  type TopicStateChange,
} from '../alert/outbox.ts'
import type { SavedState, SavedStates } from '../alert/topics.ts'
import { messageOf } from '../base/fault.ts'
import type { Logger } from '../base/logger.ts'
import { type Plain, plainFromText, plainToText } from '../base/plain.ts'
import type { OwedRecord } from '../flow/entry.ts'
import type { Writer } from '../store/batch.ts'
import { type Codec, typed } from '../store/codec.ts'
import type { Collection } from '../store/collection.ts'
import type { Queue } from '../store/queue.ts'
import type { Store } from '../store/store.ts'

/** Numbers of the log are set aside in blocks, so that few commits write the mark. */
const SEQ_BLOCK = 1_000_000

interface StoredRecord {
  readonly run: string
  readonly task: string
  readonly node: string
  readonly seq: number
  readonly ordinal: number
  readonly kind: string
  /** The payload's own text form. */
  readonly text: string
}

interface StoredLetter extends StoredRecord {
  readonly reason: string
  readonly attempts: number
  readonly sec: number
}

export interface OutboxOptions {
  readonly store: Store
  readonly logger: Logger
  /** Whether topic states are kept. */
  readonly persistTopics: boolean
  /** Takes a record that is on disk; never throws. */
  readonly deliver: (record: OwedRecord) => void
}

const raw: Codec<string> = { encode: (text) => text, decode: (text) => text }

/** One line of JSON, then the payload as it is: most of a record is never looked at by the store. */
const recordCodec: Codec<StoredRecord> = {
  encode: (r) => `${JSON.stringify([r.run, r.task, r.node, r.seq, r.ordinal, r.kind])}\n${r.text}`,
  decode(stored) {
    const end = stored.indexOf('\n')
    const [run, task, node, seq, ordinal, kind] = JSON.parse(stored.slice(0, end)) as [
      string,
      string,
      string,
      number,
      number,
      string,
    ]
    return { run, task, node, seq, ordinal, kind, text: stored.slice(end + 1) }
  },
}

export class StoredOutbox implements NotificationOutbox, SavedStates {
  /** The first number that the log may use: above all that earlier runs used. */
  readonly firstSeq: number
  readonly #o: OutboxOptions
  readonly #store: Store
  readonly #owed: Queue<StoredRecord>
  readonly #letters: Queue<StoredLetter>
  readonly #states: Collection<string>
  readonly #marks: Collection<number>
  readonly #numbers = new Map<object, number>()
  #settled: number[] = []
  #settling = false
  #seqLimit: number

  constructor(o: OutboxOptions) {
    this.#o = o
    this.#store = o.store
    this.#owed = o.store.queue('owed', recordCodec)
    this.#letters = o.store.queue('dead-letters', typed<StoredLetter>())
    this.#states = o.store.collection('topic-states', raw)
    this.#marks = o.store.collection('marks', typed<number>())
    this.#seqLimit = this.#marks.get(['seq']) ?? 1
    this.firstSeq = this.#seqLimit
  }

  /** States of topics from earlier runs. */
  *savedStates(): Iterable<SavedState> {
    if (!this.#o.persistTopics) return
    for (const [[topic, id], text] of this.#states.entries())
      yield { topic: topic as string, id: id as string, state: stateFromText(text) }
  }

  /** Hands out what an earlier run left; call it before new input comes in. Returns how many records. */
  resume(): number {
    let n = 0
    for (const [number, stored] of this.#owed.read(0)) {
      try {
        const { text: _, ...rest } = stored
        const record: OwedRecord = { ...rest, payload: payloadOf(stored) }
        this.#numbers.set(record, number)
        this.#o.deliver(record)
        n++
      } catch (e) {
        this.#o.logger.error('a stored record can not be read and is left out', {
          kind: stored.kind,
          err: messageOf(e),
        })
        this.#settleNumber(number)
      }
    }
    return n
  }

  /** The engine's commit: all records are on disk when it resolves, and only then on their way. */
  async commit(records: readonly OwedRecord[]): Promise<void> {
    const toDeliver: OwedRecord[] = []
    const states = new Map<string, TopicStateChange>()
    const numbers: number[] = []
    const settled = this.#settled
    const done = this.#store.commit((w) => {
      for (const r of records) {
        if (r.seq >= this.#seqLimit) this.#raiseSeqLimit(w, r.seq)
        if (r.kind === TOPIC_STATE) {
          const change = r.payload as unknown as TopicStateChange
          states.set(`${change.topic}\u0000${change.id}`, change)
          continue
        }
        const { run, task, node, seq, ordinal, kind } = r
        numbers.push(this.#owed.append(w, { run, task, node, seq, ordinal, kind, text: textOf(r) }))
        toDeliver.push(r)
      }
      if (this.#o.persistTopics) for (const change of states.values()) this.#putState(w, change)
      this.#removeSettled(w)
    })
    try {
      await done
    } catch (e) {
      this.#settled.push(...settled)
      throw e
    }
    for (const [i, r] of toDeliver.entries()) {
      this.#numbers.set(r, numbers[i]!)
      this.#o.deliver(r)
    }
  }

  #putState(w: Writer, { topic, id, state, of }: TopicStateChange): void {
    if (state && !of.gone) w.put(this.#states, [topic, id], stateToText(state))
    else w.remove(this.#states, [topic, id])
  }

  #raiseSeqLimit(w: Writer, seq: number): void {
    this.#seqLimit = seq + SEQ_BLOCK
    w.put(this.#marks, ['seq'], this.#seqLimit)
  }

  settle(record: object): void {
    const number = this.#numbers.get(record)
    if (number === undefined) return
    this.#numbers.delete(record)
    this.#settleNumber(number)
  }

  #settleNumber(number: number): void {
    this.#settled.push(number)
    if (this.#settling) return
    // Soon, because until then a crash sends it twice; but together with all that is settled in the same turn.
    this.#settling = true
    queueMicrotask(() => void this.flush())
  }

  /** Removes what is settled from the disk. */
  async flush(): Promise<void> {
    this.#settling = false
    const settled = this.#settled
    if (settled.length === 0) return
    try {
      await this.#store.commit((w) => this.#removeSettled(w))
    } catch (e) {
      // They stay settled: the next commit removes them.
      this.#settled.push(...settled)
      this.#o.logger.limited('settle', 10_000).error('settled records can not be removed', { err: messageOf(e) })
    }
  }

  #removeSettled(w: Writer): void {
    for (const number of this.#settled) this.#owed.remove(w, number)
    this.#settled = []
  }

  bury(letter: DeadLetter): void {
    const { run, task, node, seq, ordinal, payload } = letter.record
    const stored: StoredLetter = {
      run,
      task,
      node,
      seq,
      ordinal,
      kind: NOTIFY,
      text: notificationToText(payload),
      reason: letter.reason,
      attempts: letter.attempts,
      sec: letter.at.sec,
    }
    this.#store
      .commit((w) => {
        const number = this.#letters.append(w, stored)
        this.#letters.removeBelow(w, number - MAX_DEAD_LETTERS + 1)
      })
      .catch((e: unknown) => {
        this.#o.logger.limited('bury', 10_000).error('a dead letter can not be stored', { err: messageOf(e) })
      })
    this.settle(letter.record)
  }

  removeTopic(topic: string): void {
    this.#store.transact((w) => this.#states.removeRange(w, { prefix: [topic] }))
  }

  removeEvent(topic: string, id: string): void {
    this.#store.transact((w) => w.remove(this.#states, [topic, id]))
  }

  /** Records that are on disk and not settled. */
  get waiting(): number {
    return this.#numbers.size
  }
}

function textOf(r: OwedRecord): string {
  return r.kind === NOTIFY ? notificationToText(r.payload as unknown as Notification) : plainToText(r.payload)
}

function payloadOf(r: StoredRecord): Plain {
  return r.kind === NOTIFY ? (notificationFromText(r.text) as unknown as Plain) : plainFromText(r.text)
}
