// Writes the lines that nodes owe to InfluxDB: a lane for each node, in order, many records in one request. Lines wait
// until their node says that they go out. What can't be taken now is tried again with growing pauses; what is refused,
// or has been tried for too long, is counted, told and let go.
import { backoffMs } from '../alert/backoff.ts'
import type { Clock } from '../base/clock.ts'
import { Fault, messageOf } from '../base/fault.ts'
import { addTime } from '../base/time.ts'
import type { OwedRecord } from '../flow/entry.ts'
import type { OwedLines, OwedWrite, WriteTarget } from './influxdb-out.ts'

/** Tries of one write before it is given up: about an hour. */
export const MAX_TRIES = 64
/** Characters of lines that may wait in one lane; beyond it the oldest are given up. */
export const MAX_LANE = 64 * 1024 * 1024
/** Characters of one request. */
const MAX_BODY = 4 * 1024 * 1024

export interface WriteDeliveryOptions {
  /** Rejects with a Fault: `retry` tells whether the same may work later. */
  readonly write: (target: WriteTarget, lines: string, signal: AbortSignal) => Promise<void>
  readonly create: (target: WriteTarget, signal: AbortSignal) => Promise<void>
  readonly clock: Clock
  /** The record is done with: it may go. */
  readonly settled: (record: OwedRecord) => void
  /** A write failed: at its first failure, and when it is let go. */
  readonly failed: (record: OwedRecord, reason: string) => void
  /** Adds to a statistic of the node that owed the record. */
  readonly counted: (record: OwedRecord, stat: string, n: number) => void
}

interface Item {
  readonly target: WriteTarget
  readonly create: boolean
  readonly records: OwedRecord[]
  lines: string
  points: number
  tries: number
  /** It is under way, or has been. */
  sent: boolean
}

interface Lane {
  /** Lines that wait for their node's word. */
  held: OwedRecord[]
  heldSize: number
  readonly queue: Item[]
  /** Of all its lines. */
  size: number
  running: boolean
  cancel: (() => void) | undefined
}

export class WriteDelivery {
  readonly #o: WriteDeliveryOptions
  readonly #lanes = new Map<string, Lane>()
  readonly #abort = new AbortController()
  #givenUp = 0

  constructor(o: WriteDeliveryOptions) {
    this.#o = o
  }

  /** Takes a committed record; never waits and never throws. */
  deliver(record: OwedRecord): void {
    if (this.#abort.signal.aborted) return
    const name = `${record.run}\u0000${record.task}\u0000${record.node}`
    let lane = this.#lanes.get(name)
    if (!lane)
      this.#lanes.set(name, (lane = { held: [], heldSize: 0, queue: [], size: 0, running: false, cancel: undefined }))
    const payload = record.payload as unknown as OwedWrite
    if (payload.is === 'create') {
      const { is: _, ...target } = payload
      lane.queue.push({ target, create: true, records: [record], lines: '', points: 0, tries: 0, sent: false })
    } else if (payload.is === 'lines') {
      lane.held.push(record)
      lane.heldSize += payload.lines.length
      lane.size += payload.lines.length
      this.#bound(lane)
      if (payload.full || lane.heldSize > MAX_BODY) this.#release(lane)
    } else {
      this.#release(lane)
      this.#o.settled(record)
    }
    this.#start(name, lane)
  }

  /** Sends what waits for a word that may not come: of a task that has failed, or of an earlier run. */
  flush(task?: string): void {
    for (const [name, lane] of this.#lanes) {
      if (task !== undefined && name.split('\u0000')[1] !== task) continue
      this.#release(lane)
      this.#start(name, lane)
    }
  }

  /** Writes that were let go without having been taken. */
  get givenUp(): number {
    return this.#givenUp
  }

  /** Records that wait. */
  get waiting(): number {
    let n = 0
    for (const l of this.#lanes.values()) n += l.held.length + l.queue.reduce((sum, x) => sum + x.records.length, 0)
    return n
  }

  /** Resolves when nothing is left to send, or can't be sent now. */
  async whenIdle(): Promise<void> {
    while ([...this.#lanes.values()].some((l) => l.running)) await this.#turn()
  }

  /** Tries nothing more; what was not settled stays in the outbox. */
  close(): void {
    this.#abort.abort()
    for (const l of this.#lanes.values()) l.cancel?.()
    this.#lanes.clear()
  }

  #turns: (() => void)[] = []

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#turns.push(resolve))
  }

  #start(name: string, lane: Lane): void {
    if (!lane.running && !lane.cancel && lane.queue.length > 0) void this.#run(name, lane)
  }

  /** Puts the lines that wait into requests, as many as go together into one. */
  #release(lane: Lane): void {
    for (const record of lane.held) {
      const { is: _, lines, points, full: _full, ...target } = record.payload as unknown as OwedLines
      // What is under way stays as it is.
      const open = lane.queue.findLast((x) => !x.create && !x.sent && sameTarget(x.target, target))
      if (open && open.lines.length + lines.length < MAX_BODY) {
        open.records.push(record)
        open.lines += `\n${lines}`
        open.points += points
      } else lane.queue.push({ target, create: false, records: [record], lines, points, tries: 0, sent: false })
    }
    lane.held = []
    lane.heldSize = 0
  }

  #bound(lane: Lane): void {
    while (lane.size > MAX_LANE && lane.queue.length > 1) {
      // The first may be under way.
      const [oldest] = lane.queue.splice(1, 1)
      this.#letGo(lane, oldest!, 'too much waits for InfluxDB')
    }
  }

  async #run(name: string, lane: Lane): Promise<void> {
    lane.running = true
    while (lane.queue.length > 0 && !this.#abort.signal.aborted) {
      const item = lane.queue[0]!
      const waitMs = await this.#try(lane, item)
      if (this.#abort.signal.aborted) return
      if (waitMs === undefined) {
        lane.queue.shift()
        continue
      }
      lane.running = false
      this.#tell()
      lane.cancel = this.#o.clock.at(addTime(this.#o.clock.now(), Math.round(waitMs * 1e6)), () => {
        lane.cancel = undefined
        void this.#run(name, lane)
      })
      return
    }
    lane.running = false
    if (lane.queue.length === 0 && lane.held.length === 0) this.#lanes.delete(name)
    this.#tell()
  }

  #tell(): void {
    for (const f of this.#turns.splice(0)) f()
  }

  /** Undefined when the item is done with, else the milliseconds until the next try. */
  async #try(lane: Lane, item: Item): Promise<number | undefined> {
    const { signal } = this.#abort
    const [first] = item.records
    item.sent = true
    try {
      if (item.create) await this.#o.create(item.target, signal)
      else await this.#o.write(item.target, item.lines, signal)
      if (!item.create) this.#o.counted(first!, 'points_written', item.points)
      this.#settle(lane, item)
      return undefined
    } catch (e) {
      if (signal.aborted) return undefined
      const retry = !(e instanceof Fault) || e.retry
      if (retry && ++item.tries < MAX_TRIES) {
        if (item.tries === 1) this.#o.failed(first!, `${what(item)}: ${messageOf(e)}`)
        return backoffMs(item.tries, Math.random)
      }
      // InfluxDB may have taken all but some of the points.
      const dropped = /\bdropped=(\d+)\b/.exec(messageOf(e))
      if (dropped && !item.create)
        this.#o.counted(first!, 'points_written', Math.max(0, item.points - Number(dropped[1])))
      this.#letGo(lane, item, messageOf(e))
      return undefined
    }
  }

  #letGo(lane: Lane, item: Item, reason: string): void {
    this.#givenUp++
    const [first] = item.records
    if (!item.create) this.#o.counted(first!, 'write_errors', 1)
    this.#o.failed(first!, `${what(item)}: ${reason}`)
    this.#settle(lane, item)
  }

  #settle(lane: Lane, item: Item): void {
    lane.size = Math.max(0, lane.size - item.lines.length)
    for (const r of item.records) this.#o.settled(r)
  }
}

function what(item: Item): string {
  return item.create ? 'failed to create the database' : 'failed to write points to InfluxDB'
}

function sameTarget(a: WriteTarget, b: WriteTarget): boolean {
  return (
    a.db === b.db &&
    a.rp === b.rp &&
    a.cluster === b.cluster &&
    a.precision === b.precision &&
    a.consistency === b.consistency
  )
}
