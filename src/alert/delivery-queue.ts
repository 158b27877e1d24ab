// The queue of one handler. One notification is under way at a time, in order. One that fails holds back only later
// ones of the same alert id; those wait in a lane of their own until it is through, given up or overtaken.
// Knows nothing of other queues, stores or what a notification says.
import type { Clock } from '../base/clock.ts'
import { addTime, subTime, type Time } from '../base/time.ts'
import { backoffMs } from './backoff.ts'
import type { DeliveryEvent } from './delivery-event.ts'
import { DeliveryFault } from './delivery-fault.ts'
import type { Receipt } from './handlers/define-handler.ts'
import type { OwedNotification } from './outbox.ts'

export interface Item {
  readonly record: OwedNotification
  readonly event: DeliveryEvent
  /** When it came into the queue: its deadline counts from here. */
  readonly since: Time
  attempts: number
}

/** What a queue asks of the dispatcher around it. */
export interface QueueHost {
  readonly clock: Clock
  readonly random: () => number
  /** One try. Several items only when `many` of the queue is true. */
  send(items: readonly Item[]): Promise<Receipt>
  delivered(item: Item, receipt: Receipt): void
  /** A try failed and another follows in `waitMs`. */
  failed(item: Item, error: unknown, waitMs: number): void
  /** The item leaves the queue undelivered. */
  gaveUp(item: Item, reason: string): void
  /** The item gave way to a newer one of its id, because the queue was full. */
  superseded(item: Item): void
}

export interface QueueOptions {
  /** Whether `send` takes several items at once. */
  readonly many: boolean
  /** Milliseconds that a first item waits for others to go with it; 0 when not given. */
  readonly gatherMs?: number
  readonly retryForMs: number
  /** Most items that the queue holds. */
  readonly bound: number
}

/** Items of one alert id behind one that failed. */
interface Lane {
  readonly id: string
  readonly items: Item[]
  /** Whether later items of the id wait, or have a try of their own first. */
  holds: boolean
  cancel: (() => void) | undefined
}

const MANY = 1024

export class DeliveryQueue {
  readonly #host: QueueHost
  readonly #o: QueueOptions
  /** Read from #head on. */
  #ready: Item[] = []
  #head = 0
  readonly #lanes = new Map<string, Lane>()
  readonly #due: Lane[] = []
  #held = 0
  #underWay = 0
  #running = false
  #closed = false
  #gathering: (() => void) | undefined
  /** What is ready now may go. */
  #gathered = false
  readonly #idle: (() => void)[] = []

  constructor(host: QueueHost, o: QueueOptions) {
    this.#host = host
    this.#o = o
  }

  /** Items that are waiting or under way. */
  get size(): number {
    return this.#ready.length - this.#head + this.#held + this.#underWay
  }

  push(item: Item): void {
    if (this.#closed) return
    const lane = this.#lanes.get(item.event.id)
    if (lane?.holds) {
      lane.items.push(item)
      this.#held++
    } else this.#ready.push(item)
    if (this.size > this.#o.bound) this.#shrink()
    if (this.#o.gatherMs) this.#gather(this.#o.gatherMs)
    else this.#run()
  }

  #gather(ms: number): void {
    if (this.#gathering || this.#head === this.#ready.length) return
    const { clock } = this.#host
    this.#gathering = clock.at(addTime(clock.now(), Math.ceil(ms * 1e6)), () => {
      this.#gathering = undefined
      this.#gathered = true
      this.#run()
    })
  }

  /** Stops trying; what waits stays where it is kept. Resolves when nothing is under way. */
  close(): Promise<void> {
    this.#closed = true
    this.#gathering?.()
    for (const lane of this.#lanes.values()) lane.cancel?.()
    return this.#whenQuiet()
  }

  /** Resolves when nothing is ready or under way; what waits for its next try does not count. */
  whenIdle(): Promise<void> {
    return this.#whenQuiet()
  }

  #whenQuiet(): Promise<void> {
    if (!this.#running) return Promise.resolve()
    return new Promise((resolve) => {
      this.#idle.push(resolve)
    })
  }

  #run(): void {
    if (this.#running || this.#closed) return
    this.#running = true
    void this.#work()
  }

  async #work(): Promise<void> {
    // What came in the same turn goes together.
    await Promise.resolve()
    while (!this.#closed) {
      const lane = this.#due.shift()
      if (lane) {
        await this.#tryLane(lane)
        continue
      }
      const items = this.#take()
      if (items.length === 0) break
      await this.#try(items)
    }
    this.#running = false
    for (const done of this.#idle.splice(0)) done()
  }

  /** The next items to send; those whose id is held back by now go to their lane. */
  #take(): Item[] {
    const items: Item[] = []
    if (this.#o.gatherMs && !this.#gathered) return items
    this.#gathered = false
    const most = this.#o.gatherMs ? this.#ready.length : this.#o.many ? MANY : 1
    while (items.length < most && this.#head < this.#ready.length) {
      const item = this.#ready[this.#head++]!
      const lane = this.#lanes.get(item.event.id)
      if (lane?.holds) {
        lane.items.push(item)
        this.#held++
      } else items.push(item)
    }
    if (this.#head === this.#ready.length) {
      this.#ready = []
      this.#head = 0
    } else if (this.#head > 4096 && this.#head * 2 > this.#ready.length) {
      this.#ready = this.#ready.slice(this.#head)
      this.#head = 0
    }
    this.#underWay = items.length
    return items
  }

  async #try(items: readonly Item[]): Promise<void> {
    try {
      const receipt = await this.#send(items)
      this.#underWay = 0
      for (const item of items) {
        this.#host.delivered(item, receipt)
        this.#overtake(item)
      }
    } catch (e) {
      this.#underWay = 0
      for (const item of items) this.#failed(item, e, undefined)
    }
  }

  async #tryLane(lane: Lane): Promise<void> {
    const item = lane.items[0]!
    try {
      const receipt = await this.#send([item])
      this.#leave(lane)
      this.#host.delivered(item, receipt)
      this.#next(lane)
    } catch (e) {
      this.#leave(lane)
      this.#failed(item, e, lane)
    }
  }

  async #send(items: readonly Item[]): Promise<Receipt> {
    for (const item of items) item.attempts++
    return this.#host.send(items)
  }

  /** A try has failed. `lane` is the one that the item was taken out of, if it stood in one. */
  #failed(item: Item, e: unknown, lane: Lane | undefined): void {
    const { clock, random } = this.#host
    const holds = !(e instanceof DeliveryFault) || e.holds
    const waitMs = backoffMs(item.attempts, random, {
      afterError: !holds,
      retryAfterMs: e instanceof DeliveryFault ? e.retryAfterMs : undefined,
    })
    const now = clock.now()
    const ageMs = Number(subTime(now, item.since)) / 1e6
    if (!isRetryable(e) || ageMs + waitMs > this.#o.retryForMs) {
      this.#host.gaveUp(item, reasonOf(e))
      if (lane) this.#next(lane)
      return
    }
    this.#host.failed(item, e, waitMs)
    this.#held++
    if (lane) lane.items.unshift(item)
    else {
      const known = this.#lanes.get(item.event.id)
      if (known) {
        known.items.push(item)
        known.holds = holds
        return
      }
      lane = { id: item.event.id, items: [item], holds, cancel: undefined }
      this.#lanes.set(lane.id, lane)
    }
    this.#arm(lane, holds, addTime(now, Math.ceil(waitMs) * 1e6))
  }

  #arm(lane: Lane, holds: boolean, due: Time): void {
    lane.holds = holds
    lane.cancel = this.#host.clock.at(due, () => {
      lane.cancel = undefined
      this.#due.push(lane)
      this.#run()
    })
  }

  /** The lane's first item has been dealt with: the next one's turn, at once. */
  #next(lane: Lane): void {
    if (lane.items.length > 0) this.#due.unshift(lane)
    else this.#lanes.delete(lane.id)
  }

  #leave(lane: Lane): void {
    lane.items.shift()
    this.#held--
  }

  /** A newer event of the id got through: sending the older ones now would turn their order around. */
  #overtake(item: Item): void {
    const lane = this.#lanes.get(item.event.id)
    if (!lane) return
    lane.cancel?.()
    lane.cancel = undefined
    const at = this.#due.indexOf(lane)
    if (at >= 0) this.#due.splice(at, 1)
    this.#lanes.delete(lane.id)
    this.#held -= lane.items.length
    for (const old of lane.items) this.#host.gaveUp(old, 'a newer event of the same id was delivered first')
  }

  /** The queue is over its bound: of each id only the newest item stays; if that isn't enough, the oldest go. */
  #shrink(): void {
    const newest = new Map<string, Item>()
    const waiting = [...this.#ready.slice(this.#head), ...[...this.#lanes.values()].flatMap((l) => l.items)]
    for (const item of waiting) {
      const seen = newest.get(item.event.id)
      if (!seen || isNewer(item, seen)) newest.set(item.event.id, item)
    }
    const stays = (item: Item): boolean => {
      const newer = newest.get(item.event.id)!
      if (newer === item) return true
      newer.event.standsFor += 1 + item.event.standsFor
      this.#host.superseded(item)
      return false
    }
    this.#ready = this.#ready.slice(this.#head).filter(stays)
    this.#head = 0
    for (const lane of this.#lanes.values()) {
      // The first of a lane that is due may be under way.
      const first = lane.cancel ? [] : lane.items.splice(0, 1)
      const rest = lane.items.splice(0).filter(stays)
      lane.items.push(...first, ...rest)
    }
    this.#count()
    const over = this.size - Math.floor(this.#o.bound * 0.9)
    if (this.size <= this.#o.bound || over <= 0) return
    for (const item of this.#ready.splice(0, over)) this.#host.gaveUp(item, 'the queue of the handler is full')
  }

  #count(): void {
    this.#held = 0
    for (const lane of this.#lanes.values()) this.#held += lane.items.length
  }
}

function isNewer(a: Item, b: Item): boolean {
  const x = a.record
  const y = b.record
  return x.seq !== y.seq ? x.seq > y.seq : x.ordinal > y.ordinal
}

function isRetryable(e: unknown): boolean {
  return e instanceof Error && 'retry' in e && e.retry === true
}

function reasonOf(e: unknown): string {
  return e instanceof Error ? e.message : String(e)
}
