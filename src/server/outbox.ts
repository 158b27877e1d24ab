// What tasks owe to the outside, on disk: staged records are stored in one commit and handed out for delivery only then;
// what was not settled when the server ended is handed out again at its next start. Topic states go the same way.

import type { DigestGroup } from '../alert/digest.ts'
import { stateFromText, stateToText } from '../alert/notification-text.ts'
import {
  type Exchange,
  NOTIFY,
  type Notification,
  type Outbox as NotificationOutbox,
  type Outcome,
  type Place,
  type StagedRecord,
  type Stands,
  TOPIC_STATE,
  type TopicStateChange,
} from '../alert/outbox.ts'
import type { SavedState, SavedStates } from '../alert/topics.ts'
import type { Clock } from '../base/clock.ts'
import { Fault, messageOf } from '../base/fault.ts'
import type { Logger } from '../base/logger.ts'
import { type Plain, plainFromText, plainToText } from '../base/plain.ts'
import { keyOf } from '../base/text-key.ts'
import type { OwedRecord } from '../flow/entry.ts'
import type { Writer } from '../store/batch.ts'
import { type Codec, typed } from '../store/codec.ts'
import type { Collection } from '../store/collection.ts'
import type { Store } from '../store/store.ts'
import { DeadLetters, type LetterFilter, type LetterLimits } from './dead-letters.ts'
import { owedCodec, payloadOf, type StoredRecord, textOf } from './owed-record.ts'
import { type ReceiptLimits, Receipts } from './receipts.ts'

/** Numbers are set aside in blocks, so that few commits write the mark. */
const BLOCK = 1_000_000
/** Records that are read at once at the start. */
const PAGE = 1_000

export interface OutboxOptions {
  readonly store: Store
  readonly logger: Logger
  readonly clock: Clock
  /** Whether topic states are kept. */
  readonly persistTopics: boolean
  readonly letters: LetterLimits
  readonly receipts?: ReceiptLimits
  /** Takes a record that is on disk; never throws. */
  readonly deliver: (record: OwedRecord, place: Place) => void
}

const raw: Codec<string> = { encode: (text) => text, decode: (text) => text }

/** What waits for the next commit. */
interface Pending {
  /** Records that are settled. */
  gone: number[]
  buried: { readonly number: number; readonly outcome: Outcome }[]
  outcomes: Outcome[]
  readonly stands: Map<number, Stands>
}

const nothing = (): Pending => ({ gone: [], buried: [], outcomes: [], stands: new Map() })

export class StoredOutbox implements NotificationOutbox, SavedStates {
  /** The first number that the log may use: above all that earlier runs used. */
  readonly firstSeq: number
  readonly receipts: Receipts
  readonly letters: DeadLetters
  readonly #o: OutboxOptions
  readonly #store: Store
  readonly #owed: Collection<StoredRecord>
  readonly #states: Collection<string>
  readonly #digests: Collection<string>
  readonly #marks: Collection<number>
  /** Numbers of the records that others than handlers deliver. */
  readonly #numbers = new Map<object, number>()
  #pending = nothing()
  #settling = false
  #flushing = Promise.resolve()
  #waiting = 0
  #seqLimit: number
  #next: number
  #numberLimit: number

  constructor(o: OutboxOptions) {
    this.#o = o
    this.#store = o.store
    this.#owed = o.store.collection('owed', owedCodec)
    this.#states = o.store.collection('topic-states', raw)
    this.#digests = o.store.collection('digests', raw)
    this.#marks = o.store.collection('marks', typed<number>())
    this.receipts = new Receipts(o.store, o.receipts)
    this.letters = new DeadLetters(o.store, o.letters)
    this.firstSeq = this.#seqLimit = this.#marks.get(['seq']) ?? 1
    this.#next = this.#numberLimit = this.#marks.get(['owed']) ?? 1
  }

  /** States of topics from earlier runs. */
  *savedStates(): Iterable<SavedState> {
    if (!this.#o.persistTopics) return
    for (const [[topic, id], text] of this.#states.scan()) {
      try {
        yield { topic: topic as string, id: id as string, state: stateFromText(text) }
      } catch (e) {
        this.#o.logger.error('the state of an event can not be read and is left out', { topic, id, err: messageOf(e) })
      }
    }
  }

  /** What groups of handlers remembered when the server ended. */
  *digestGroups(): Iterable<readonly [handler: string, key: string, group: DigestGroup]> {
    for (const [[handler, key], text] of this.#digests.scan())
      yield [handler as string, key as string, plainFromText(text) as unknown as DigestGroup]
  }

  /** Hands out what an earlier run left; call it before new input comes in. Returns how many records. */
  resume(): number {
    let n = 0
    for (let from = 0, page: [readonly unknown[], StoredRecord][] = []; ; from = (page.at(-1)![0][0] as number) + 1) {
      page = this.#owed.entries({ from: [from], limit: PAGE }) as typeof page
      for (const [[number], stored] of page) if (this.#handOut(number as number, stored)) n++
      if (page.length < PAGE) return n
    }
  }

  #handOut(number: number, stored: StoredRecord): boolean {
    this.#waiting++
    try {
      const { text, stands, since, ...record } = stored
      this.#deliver(
        { ...record, payload: payloadOf(stored) },
        { number, size: text.length, since, stands, resumed: true },
      )
      return true
    } catch (e) {
      const { kind } = stored
      this.#o.logger.error('a stored record can not be read and is left out', { kind, err: messageOf(e) })
      this.#gone(number)
      return false
    }
  }

  #deliver(record: OwedRecord, place: Place): void {
    if (record.kind !== NOTIFY) this.#numbers.set(record, place.number)
    this.#o.deliver(record, place)
  }

  /** The engine's commit: all records are on disk when it resolves, and only then on their way. */
  async commit(records: readonly OwedRecord[]): Promise<void> {
    await this.#commit({ records, settles: [] })
  }

  exchange(x: Exchange): Promise<void> {
    return this.#commit(x)
  }

  async #commit({ records, settles, outcome, digest }: Exchange): Promise<void> {
    const toDeliver: { readonly record: OwedRecord; readonly place: Place }[] = []
    const states = new Map<string, TopicStateChange>()
    const since = this.#o.clock.now()
    const pending = this.#takePending()
    if (outcome) pending.outcomes.push(outcome)
    const done = this.#store.commit((w) => {
      for (const r of records) {
        if (r.seq >= this.#seqLimit) w.put(this.#marks, ['seq'], (this.#seqLimit = r.seq + BLOCK))
        if (r.kind === TOPIC_STATE) {
          const change = r.payload as unknown as TopicStateChange
          states.set(keyOf([change.topic, change.id]), change)
          continue
        }
        const text = textOf(r)
        const number = this.#put(w, { ...identity(r), since, text })
        toDeliver.push({ record: r, place: { number, size: text.length, since } })
      }
      if (this.#o.persistTopics) for (const change of states.values()) this.#putState(w, change)
      for (const number of settles) w.remove(this.#owed, [number])
      if (digest?.group)
        w.put(this.#digests, [digest.handler, digest.key], plainToText(digest.group as unknown as Plain))
      else if (digest) w.remove(this.#digests, [digest.handler, digest.key])
      this.#stage(w, pending)
    })
    await this.#unless(done, pending)
    this.#waiting += toDeliver.length - (outcome?.events.length ?? 0)
    for (const { record, place } of toDeliver) this.#deliver(record, place)
  }

  /** Keeps what was pending when the commit fails. */
  async #unless(done: Promise<void>, pending: Pending): Promise<void> {
    try {
      await done
    } catch (e) {
      this.#pending.gone.push(...pending.gone)
      this.#pending.buried.push(...pending.buried)
      for (const [number, stands] of pending.stands)
        if (!this.#pending.stands.has(number)) this.#pending.stands.set(number, stands)
      throw e
    }
  }

  #put(w: Writer, stored: StoredRecord): number {
    const number = this.#next++
    if (number >= this.#numberLimit) w.put(this.#marks, ['owed'], (this.#numberLimit = number + BLOCK))
    w.put(this.#owed, [number], stored)
    return number
  }

  #putState(w: Writer, { topic, id, state, of }: TopicStateChange): void {
    if (state && !of.gone) w.put(this.#states, [topic, id], stateToText(state))
    else w.remove(this.#states, [topic, id])
  }

  // ---- settling ----

  settle(outcome: Outcome): void {
    for (const { number } of outcome.events) this.#gone(number)
    this.#pending.outcomes.push(outcome)
  }

  bury(number: number, outcome: Outcome): void {
    this.#waiting--
    this.#pending.buried.push({ number, outcome })
    this.#pending.outcomes.push(outcome)
    this.#flushSoon()
  }

  keepStands(number: number, stands: Stands): void {
    this.#pending.stands.set(number, stands)
    this.#flushSoon()
  }

  /** A record that no handler delivers has arrived, or is not wanted any more. */
  settleRecord(record: object): void {
    const number = this.#numbers.get(record)
    if (number === undefined) return
    this.#numbers.delete(record)
    this.#gone(number)
  }

  #gone(number: number): void {
    this.#waiting--
    this.#pending.gone.push(number)
    this.#flushSoon()
  }

  /** Soon, because until then a crash sends it twice; but together with all that is settled in the same turn. */
  #flushSoon(): void {
    if (this.#settling) return
    this.#settling = true
    queueMicrotask(() => void this.flush())
  }

  #takePending(): Pending {
    const pending = this.#pending
    this.#pending = nothing()
    return pending
  }

  /** Writes down what has been settled. */
  async flush(): Promise<void> {
    // One that is under way took what was pending before.
    const before = this.#flushing
    this.#flushing = Promise.all([before, this.#flush()]).then(() => {})
    await this.#flushing
  }

  async #flush(): Promise<void> {
    this.#settling = false
    const pending = this.#takePending()
    if (pending.gone.length + pending.buried.length + pending.outcomes.length + pending.stands.size === 0) return
    try {
      await this.#unless(
        this.#store.commit((w) => this.#stage(w, pending)),
        pending,
      )
    } catch (e) {
      // It stays pending: the next commit writes it. What can only be removed goes at once, for it makes room.
      this.#o.logger.limited('settle', 10_000).error('what was settled can not be written', { err: messageOf(e) })
      const gone = new Set(this.#pending.gone)
      const removed = this.#store.commit((w) => {
        for (const number of gone) w.remove(this.#owed, [number])
      })
      await removed.then(
        () => {
          this.#pending.gone = this.#pending.gone.filter((n) => !gone.has(n))
        },
        () => {},
      )
    }
  }

  #stage(w: Writer, p: Pending): void {
    for (const [number, stands] of p.stands) {
      const stored = this.#owed.get([number])
      if (stored) w.put(this.#owed, [number], { ...stored, stands })
    }
    for (const { number, outcome } of p.buried) {
      const stored = this.#owed.get([number])
      if (!stored) continue
      this.letters.add(w, number, stored, outcome)
      w.remove(this.#owed, [number])
    }
    for (const number of p.gone) w.remove(this.#owed, [number])
    for (const outcome of p.outcomes) this.receipts.add(w, outcome)
  }

  load(number: number): Notification {
    const stored = this.#owed.get([number])
    if (!stored) throw new Fault('no-record', `there is no notification ${number}`)
    return payloadOf(stored) as unknown as Notification
  }

  // ---- dead letters ----

  /** Owes the letters anew, as `changed` makes them, under the same keys. Returns how many. */
  resend(f: LetterFilter | number, changed: (n: Notification) => Notification): number {
    const letters = this.#lettersOf(f).reverse()
    const since = this.#o.clock.now()
    const sent = this.#store.transact((w) =>
      letters.map(([number, { handler, record }]) => {
        const { stands, since: _, text: __, ...rest } = record
        const payload = changed(payloadOf(record) as unknown as Notification)
        const owed = { ...rest, payload } as unknown as OwedRecord
        const text = textOf(owed)
        this.letters.remove(w, handler, number)
        const place = { number: this.#put(w, { ...rest, since, stands, text }), size: text.length, since, stands }
        return { record: owed, place }
      }),
    )
    this.#waiting += sent.length
    for (const { record, place } of sent) this.#deliver(record, place)
    return sent.length
  }

  /** Forgets letters. Returns how many. */
  clear(f: LetterFilter | number): number {
    const letters = this.#lettersOf(f)
    this.#store.transact((w) => {
      for (const [number, { handler }] of letters) this.letters.remove(w, handler, number)
    })
    return letters.length
  }

  #lettersOf(f: LetterFilter | number) {
    if (typeof f !== 'number') return [...this.letters.list(f)]
    const letter = this.letters.get(f)
    return letter ? [[f, letter] as const] : []
  }

  // ---- topic states ----

  removeTopic(topic: string): void {
    this.#store.transact((w) => this.#states.removeRange(w, { prefix: [topic] }))
  }

  removeEvent(topic: string, id: string): void {
    this.#store.transact((w) => w.remove(this.#states, [topic, id]))
  }

  /** Records that are on disk and not settled. */
  get waiting(): number {
    return this.#waiting
  }
}

function identity({ run, task, node, seq, ordinal, kind }: StagedRecord) {
  return { run, task, node, seq, ordinal, kind }
}
