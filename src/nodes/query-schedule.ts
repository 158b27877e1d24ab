// When a batch source asks: at every interval, perhaps on its multiples, or by a cron line. Pure arithmetic on times.
import { Fault } from '../base/fault.ts'
import { type Int, mulInt } from '../base/int64.ts'
import { addTime, compareTime, roundTime, subTime, type Time, truncateTime } from '../base/time.ts'
import { CronLine } from './cron-line.ts'

export interface ScheduleOptions {
  /** Nanoseconds; 0 when there is a cron line. */
  readonly every: Int
  readonly cron: string
  /** Ticks stand on multiples of `every`. */
  readonly align: boolean
}

/** A tick, and how many before it were let go by. */
export interface Tick {
  readonly at: Time
  readonly missed: number
}

export class QuerySchedule {
  readonly #every: Int
  readonly #align: boolean
  readonly #cron: CronLine | undefined

  /** Throws a Fault that says why it can't be. */
  constructor({ every, cron, align }: ScheduleOptions) {
    if (every !== 0 && cron !== '') throw refused("must not set both 'every' and 'cron' properties")
    if (every < 0) throw refused("'every' duration must must non-negative")
    if (every === 0 && cron === '') throw refused("must define one of 'every' or 'cron'")
    this.#every = every
    this.#align = align
    this.#cron = cron === '' ? undefined : new CronLine(cron)
  }

  /** The first tick of a task that starts now. */
  first(now: Time): Time | undefined {
    if (this.#cron) return this.#cron.next(now)
    return addTime(this.#align ? truncateTime(now, this.#every) : now, this.#every)
  }

  /** The tick after a tick. */
  after(tick: Time): Time | undefined {
    return this.#cron ? this.#cron.next(tick) : addTime(tick, this.#every)
  }

  /** The last tick that is not after `until`, from a tick on. */
  latest(tick: Time, until: Time): Tick {
    if (!this.#cron) {
      const behind = BigInt(subTime(until, tick)) / BigInt(this.#every)
      if (behind <= 0n) return { at: tick, missed: 0 }
      return { at: addTime(tick, mulInt(Number(behind), this.#every)), missed: Number(behind) }
    }
    let at = tick
    let missed = 0
    for (let next = this.#cron.next(at); next && compareTime(next, until) <= 0; next = this.#cron.next(at)) {
      at = next
      missed++
    }
    return { at, missed }
  }

  /** The ticks of a time that has passed: after `start`, none after `stop`. */
  *between(start: Time, stop: Time): Iterable<Time> {
    let tick: Time | undefined = start
    for (;;) {
      tick = this.#cron ? this.#cron.next(tick) : addTime(tick, this.#every)
      if (tick && this.#align && !this.#cron) tick = roundTime(tick, this.#every)
      if (!tick || compareTime(tick, stop) > 0) return
      yield tick
    }
  }
}

function refused(message: string): Fault {
  return new Fault('schedule-invalid', message, { status: 400 })
}
