// The queue of one handler. One notification is under way at a time, in order. One that fails holds back only later
// ones of the same alert id; those wait in a lane of their own until it is through, given up or overtaken.
// Knows nothing of other queues, stores or what a notification says.
import type { Clock } from '../base/clock.ts'
import { addTime, subTime, type Time } from '../base/time.ts'
import { backoffMs } from './backoff.ts'
import { DeliveryFault } from './delivery-fault.ts'
import type { Item } from './delivery-item.ts'
import type { Receipt } from './handlers/define-handler.ts'

/** What a queue asks of the dispatcher around it. */
export interface QueueHost {
  readonly clock: Clock
  readonly random: () => number
  /** One try, of no more items than the queue's `batch` unless it gathers. */
  send(items: readonly Item[]): Promise<Receipt>
  delivered(items: readonly Item[], receipt: Receipt): void
  /** A try failed and another follows in `waitMs`. */
  failed(item: Item, error: unknown, waitMs: number): void
  /** The item leaves the queue undelivered. */
  gaveUp(item: Item, reason: string): void
  /** The items give way to a newer one of their id, because the room was full. */
  superseded(items: readonly Item[], by: Item): void
  /** The items need not be sent any more: a newer one that says the same arrived before them. */
  overtaken(items: readonly Item[], by: Item): void
}

export interface QueueOptions {
  /** Most items that `send` takes at once, and most characters that they take where they are kept. */
  readonly batch: number
  readonly batchChars: number
  readonly retryForMs: number
  /** Items beyond this many are let go from memory and read again from where they are kept. */
  readonly memory: number
  /** Most characters that all items of the queue may take where they are kept. */
  readonly room: number
}

/** An item as it waits. */
export interface Waiting {
  readonly item: Item
  /** When it is tried again; undefined when it waits for its first try or behind another. */
  readonly due: Time | undefined
}

/** Items of one alert id behind one that failed. */
interface Lane {
  readonly id: string
  readonly items: Item[]
  /** Whether later items of the id wait; if not, those that only repeat the last one have a try of their own first. */
  holds: boolean
  /** Set while it waits for its next try. */
  due: Time | undefined
  cancel: (() => void) | undefined
  /** It is not tried before its time: the receiver said so, or it has been woken before. */
  patient: boolean
}

/** Once full, a queue makes more room than the next item needs, so that it does not look for room at every item. */
const FULL_SHARE = 0.9
/** So many failed tries in a row look as if the receiver were down. */
const OUTAGE = 2

export class DeliveryQueue {
  readonly #host: QueueHost
  readonly #o: QueueOptions
  /** Read from #head on. Every item comes in here, in order, and leaves it in order, to its try or to its lane. */
  #ready: Item[] = []
  #head = 0
  readonly #lanes = new Map<string, Lane>()
  readonly #dueLanes: Lane[] = []
  #held = 0
  #underWay: readonly Item[] = []
  #chars = 0
  #running = false
  #closed = false
  #gathering: (() => void) | undefined
  /** What is ready now may go. */
  #gathered = false
  #failuresInRow = 0
  readonly #idle: (() => void)[] = []
  /** Milliseconds that a first item waits for others to go with it. */
  gatherMs = 0

  constructor(host: QueueHost, o: QueueOptions) {
    this.#host = host
    this.#o = o
  }

  /** Items that are waiting or under way. */
  get size(): number {
    return this.#ready.length - this.#head + this.#held + this.#underWay.length
  }

  /** Characters that they take where they are kept. */
  get chars(): number {
    return this.#chars
  }

  push(item: Item): void {
    if (this.#closed) return
    this.#ready.push(item)
    this.#chars += item.place.size
    if (this.size > this.#o.memory) item.spill()
    if (this.#chars > this.#o.room) this.#shrink()
    if (this.gatherMs > 0) this.#gather(this.gatherMs)
    else this.#run()
  }

  /** What waits, not in order. */
  *waiting(): Iterable<Waiting> {
    for (const item of this.#underWay) yield { item, due: undefined }
    for (const lane of this.#lanes.values())
      for (const [i, item] of lane.items.entries()) yield { item, due: i === 0 ? lane.due : undefined }
    for (let i = this.#head; i < this.#ready.length; i++) yield { item: this.#ready[i]!, due: undefined }
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
    return this.whenIdle()
  }

  /** Resolves when nothing is ready or under way; what waits for its next try does not count. */
  whenIdle(): Promise<void> {
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
      const lane = this.#dueLanes.shift()
      if (lane) {
        await this.#tryLane(lane)
        continue
      }
      this.#underWay = this.#take()
      if (this.#underWay.length === 0) break
      await this.#try(this.#underWay)
    }
    this.#running = false
    for (const done of this.#idle.splice(0)) done()
  }

  /** The next items to send; those that have to wait behind one of their id go to its lane. */
  #take(): Item[] {
    const items: Item[] = []
    if (this.gatherMs > 0 && !this.#gathered) return items
    this.#gathered = false
    const all = this.gatherMs > 0
    const most = all ? this.#ready.length : this.#o.batch
    let room = all ? Number.POSITIVE_INFINITY : this.#o.batchChars
    while (items.length < most && this.#head < this.#ready.length) {
      const item = this.#ready[this.#head]!
      room -= item.place.size
      if (room < 0 && items.length > 0) break
      this.#head++
      const lane = this.#lanes.size > 0 ? this.#lanes.get(item.id) : undefined
      if (lane && (lane.holds || !item.repeats(lane.items.at(-1)!))) {
        lane.holds = true
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
    return items
  }

  async #try(items: readonly Item[]): Promise<void> {
    try {
      const receipt = await this.#send(items)
      this.#underWay = []
      this.#arrived(items, receipt)
      if (this.#lanes.size > 0) for (const item of items) this.#overtake(item)
    } catch (e) {
      this.#underWay = []
      for (const item of items) this.#failed(item, e, undefined)
    }
  }

  async #tryLane(lane: Lane): Promise<void> {
    const item = lane.items[0]!
    try {
      const receipt = await this.#send([item])
      this.#leave(lane)
      this.#arrived([item], receipt)
      this.#next(lane)
    } catch (e) {
      this.#leave(lane)
      this.#failed(item, e, lane)
    }
  }

  #send(items: readonly Item[]): Promise<Receipt> {
    for (const item of items) item.attempts++
    return this.#host.send(items)
  }

  #arrived(items: readonly Item[], receipt: Receipt): void {
    for (const item of items) this.#chars -= item.place.size
    this.#host.delivered(items, receipt)
    if (this.#failuresInRow >= OUTAGE) this.#wake()
    this.#failuresInRow = 0
  }

  /** The receiver is back: what failed while it was down is tried now, once before its time. */
  #wake(): void {
    for (const lane of this.#lanes.values()) {
      if (!lane.cancel || lane.patient) continue
      lane.cancel()
      lane.patient = true
      this.#becameDue(lane)
    }
  }

  #giveUp(item: Item, reason: string): void {
    this.#chars -= item.place.size
    this.#host.gaveUp(item, reason)
  }

  /** A try has failed. `lane` is the one that the item was taken out of, if it stood in one. */
  #failed(item: Item, e: unknown, lane: Lane | undefined): void {
    const { clock, random } = this.#host
    const fault = e instanceof DeliveryFault ? e : undefined
    const holds = fault?.holds ?? true
    this.#failuresInRow++
    const waitMs = backoffMs(item.attempts, random, { afterError: !holds, retryAfterMs: fault?.retryAfterMs })
    const now = clock.now()
    const ageMs = Number(subTime(now, item.place.since)) / 1e6
    item.error = reasonOf(e)
    if (!isRetryable(e) || ageMs + waitMs > this.#o.retryForMs) {
      this.#giveUp(item, item.error)
      if (lane) this.#next(lane)
      return
    }
    this.#host.failed(item, e, waitMs)
    this.#held++
    if (lane) lane.items.unshift(item)
    else {
      const known = this.#lanes.get(item.id)
      if (known) {
        known.items.push(item)
        known.holds ||= holds
        return
      }
      lane = { id: item.id, items: [item], holds, due: undefined, cancel: undefined, patient: false }
      this.#lanes.set(lane.id, lane)
    }
    lane.holds = holds || lane.items.length > 1
    lane.patient = fault?.retryAfterMs !== undefined
    this.#arm(lane, addTime(now, Math.ceil(waitMs) * 1e6))
  }

  #arm(lane: Lane, due: Time): void {
    lane.due = due
    lane.cancel = this.#host.clock.at(due, () => {
      this.#becameDue(lane)
      this.#run()
    })
  }

  #becameDue(lane: Lane): void {
    lane.cancel = undefined
    lane.due = undefined
    this.#dueLanes.push(lane)
  }

  /** The lane's first item has been dealt with: the next one's turn, at once. */
  #next(lane: Lane): void {
    if (lane.items.length > 0) this.#dueLanes.unshift(lane)
    else this.#lanes.delete(lane.id)
  }

  #leave(lane: Lane): void {
    lane.items.shift()
    this.#held--
  }

  /** A newer event of the id got through: sending the older ones now would turn their order around. */
  #overtake(item: Item): void {
    const lane = this.#lanes.get(item.id)
    if (!lane) return
    lane.cancel?.()
    const at = this.#dueLanes.indexOf(lane)
    if (at >= 0) this.#dueLanes.splice(at, 1)
    this.#lanes.delete(lane.id)
    this.#held -= lane.items.length
    for (const old of lane.items) this.#chars -= old.place.size
    this.#host.overtaken(lane.items, item)
  }

  /** The room is full: of each id only the newest item stays; if that isn't enough, the oldest go. */
  #shrink(): void {
    const enough = this.#o.room * FULL_SHARE
    const waiting = [...this.#lanes.values()].flatMap((l) => this.#movable(l)).concat(this.#ready.slice(this.#head))
    const newest = new Map(waiting.map((item) => [item.id, item]))
    const gone = new Map<Item, Item[]>()
    for (const item of waiting) {
      const by = newest.get(item.id)!
      if (by === item) continue
      by.standFor(item)
      this.#chars -= item.place.size
      const others = gone.get(by)
      if (others) others.push(item)
      else gone.set(by, [item])
    }
    for (const [by, items] of gone) this.#host.superseded(items, by)
    const left = [...newest.values()].sort((a, b) => a.place.number - b.place.number)
    while (this.#chars > enough && left.length > 0) this.#giveUp(left.shift()!, 'the room of the handler is full')
    this.#retain(new Set(left))
  }

  /** A lane's items that are not under way. */
  #movable(lane: Lane): Item[] {
    return lane.cancel || this.#dueLanes.includes(lane) ? lane.items : lane.items.slice(1)
  }

  #retain(stay: ReadonlySet<Item>): void {
    this.#ready = this.#ready.slice(this.#head).filter((item) => stay.has(item))
    this.#head = 0
    this.#held = 0
    for (const lane of [...this.#lanes.values()]) {
      const first = this.#movable(lane).length === lane.items.length ? [] : lane.items.slice(0, 1)
      const rest = this.#movable(lane).filter((item) => stay.has(item))
      lane.items.splice(0, lane.items.length, ...first, ...rest)
      this.#held += lane.items.length
      if (lane.items.length > 0) continue
      lane.cancel?.()
      const at = this.#dueLanes.indexOf(lane)
      if (at >= 0) this.#dueLanes.splice(at, 1)
      this.#lanes.delete(lane.id)
    }
  }
}

function isRetryable(e: unknown): boolean {
  return e instanceof Error && 'retry' in e && e.retry === true
}

function reasonOf(e: unknown): string {
  return e instanceof Error ? e.message : String(e)
}
