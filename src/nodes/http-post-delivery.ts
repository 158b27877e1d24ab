// Sends the HTTP posts that nodes owe: one lane for each node, in order, so that a slow receiver delays nobody else.
// An answer settles a post, whatever it says; no answer at all is tried again with growing pauses.

import { backoffMs } from '../alert/backoff.ts'
import type { Clock } from '../base/clock.ts'
import { Fault, messageOf } from '../base/fault.ts'
import { addTime } from '../base/time.ts'
import type { OwedRecord } from '../flow/entry.ts'
import type { World } from '../flow/world.ts'
import { badAnswer, type PostAnswer, type PostRequest } from './http-post.ts'

/** Tries of one post before it is given up. */
export const MAX_TRIES = 12
/** Posts that wait in one lane; beyond it the oldest are given up. */
export const MAX_LANE = 100_000

export interface PostDeliveryOptions {
  readonly http: World['http']
  readonly clock: Clock
  /** Gives an answer, or why there is none, to the data that waits for it; false when none does. */
  readonly answered: (record: OwedRecord, answer: PostAnswer | Fault) => boolean
  /** The post is done with: its record may go. */
  readonly settled: (record: OwedRecord) => void
  /** A post failed: once for each record, at its first bad answer or when nobody answered. */
  readonly failed: (record: OwedRecord, reason: string) => void
}

interface Lane {
  readonly queue: { readonly record: OwedRecord; tries: number }[]
  running: boolean
  cancel: (() => void) | undefined
}

function faultOf(e: unknown): Fault {
  return e instanceof Fault ? e : new Fault('no-answer', messageOf(e), { cause: e, retry: true })
}

export class PostDelivery {
  readonly #o: PostDeliveryOptions
  readonly #lanes = new Map<string, Lane>()
  readonly #abort = new AbortController()
  #givenUp = 0

  constructor(o: PostDeliveryOptions) {
    this.#o = o
  }

  /** Takes a committed record; never waits and never throws. */
  deliver(record: OwedRecord): void {
    if (this.#abort.signal.aborted) return
    const name = `${record.run}\u0000${record.task}\u0000${record.node}`
    let lane = this.#lanes.get(name)
    if (!lane) this.#lanes.set(name, (lane = { queue: [], running: false, cancel: undefined }))
    lane.queue.push({ record, tries: 0 })
    if (lane.queue.length > MAX_LANE)
      this.#giveUp(lane.queue.splice(1, 1)[0]!.record, `more than ${MAX_LANE} posts wait`)
    if (!lane.running && !lane.cancel) void this.#run(name, lane)
  }

  /** Posts that were given up without an answer. */
  get givenUp(): number {
    return this.#givenUp
  }

  get waiting(): number {
    let n = 0
    for (const l of this.#lanes.values()) n += l.queue.length
    return n
  }

  /** Tries nothing more; what was not settled stays in the outbox. */
  close(): void {
    this.#abort.abort()
    for (const l of this.#lanes.values()) l.cancel?.()
    this.#lanes.clear()
  }

  async #run(name: string, lane: Lane): Promise<void> {
    lane.running = true
    while (lane.queue.length > 0 && !this.#abort.signal.aborted) {
      const item = lane.queue[0]!
      const wait = await this.#try(item)
      if (this.#abort.signal.aborted) return
      if (wait === undefined) {
        lane.queue.shift()
        continue
      }
      lane.running = false
      lane.cancel = this.#o.clock.at(addTime(this.#o.clock.now(), Math.round(wait * 1e6)), () => {
        lane.cancel = undefined
        void this.#run(name, lane)
      })
      return
    }
    lane.running = false
    if (lane.queue.length === 0) this.#lanes.delete(name)
  }

  /** Undefined when the post is done with, else the milliseconds until the next try. */
  async #try(item: { readonly record: OwedRecord; tries: number }): Promise<number | undefined> {
    const { record } = item
    const r = record.payload as PostRequest
    try {
      const reply = await this.#o.http({
        method: 'POST',
        url: r.url,
        headers: r.headers,
        body: r.body,
        timeoutMs: r.timeoutMs,
        signal: this.#abort.signal,
      })
      const { status, body } = reply
      if (!this.#o.answered(record, { status, body }) && (status < 200 || status > 299))
        this.#o.failed(record, badAnswer(status, body, r.capture))
      this.#o.settled(record)
      return undefined
    } catch (e) {
      if (this.#abort.signal.aborted) return undefined
      // Data that waits hears of it at once, and what it tells is the end of it.
      if (this.#o.answered(record, faultOf(e))) {
        this.#o.settled(record)
        return undefined
      }
      if (item.tries++ === 0) this.#o.failed(record, `failed to POST data: ${messageOf(e)}`)
      const retry = !(e instanceof Fault) || e.retry
      if (retry && item.tries < MAX_TRIES) return backoffMs(item.tries, Math.random)
      this.#giveUp(record, messageOf(e))
      return undefined
    }
  }

  #giveUp(record: OwedRecord, reason: string): void {
    this.#givenUp++
    if (!this.#o.answered(record, new Fault('given-up', reason))) this.#o.failed(record, `POST given up: ${reason}`)
    this.#o.settled(record)
  }
}
