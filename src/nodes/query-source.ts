// What query and queryFlux share: they tick with the task's clock, ask one question at a time, and let the answer in.
import { Fault } from '../base/fault.ts'
import { negInt } from '../base/int64.ts'
import { addTime, type Time } from '../base/time.ts'
import type { Ctx, Receiver } from '../flow/contract.ts'
import type { InfluxQuery } from '../flow/world.ts'
import type { QuerySchedule } from './query-schedule.ts'

const TICK = 'tick'
/** Statistics of every batch source; ticks that were let go by are shown once there are any. */
export const SOURCE_STATS = ['batches_queried', 'points_queried']
const MISSED = 'ticks_missed'

type Tick = { sec: number; ns: number }
/** The tick whose answer is awaited or runs, the newest one that waits behind it, and whether ticks have begun. */
type State = { asked: Tick | null; waiting: Tick | null; ticking: boolean }

export interface Questions {
  readonly schedule: QuerySchedule
  /** The question of a tick. */
  at(tick: Time): InfluxQuery
}

/** The instant that a tick with an offset means. */
export function shifted(tick: Time, offset: number | bigint): Time {
  return addTime(tick, negInt(offset))
}

export function querySource(ctx: Ctx, questions: Questions): Receiver<State> {
  const { schedule } = questions
  const { influx } = ctx.world
  const ask = (s: State, tick: Time): void => {
    s.asked = { sec: tick.sec, ns: tick.ns }
    ctx.fetch(
      (signal) => influx!.query(questions.at(tick), signal),
      (outcome) => {
        if (outcome instanceof Fault) ctx.error(outcome)
        else {
          ctx.count('batches_queried', outcome.batches)
          ctx.count('points_queried', outcome.points)
        }
      },
      () => {
        s.asked = null
        const next = s.waiting
        s.waiting = null
        if (next) ask(s, next)
      },
    )
  }
  return {
    keeps: 'node',
    newState: () => ({ asked: null, waiting: null, ticking: false }),
    start(s) {
      if (ctx.fed) return
      // What was asked when the state was written down is asked again, for the same span.
      if (s.asked) ask(s, s.asked)
      if (s.ticking) return
      s.ticking = true
      const first = schedule.first(ctx.now())
      if (first) ctx.timer(undefined, TICK, first)
    },
    timer(_name, due, s) {
      const { at, missed } = schedule.latest(due, ctx.until())
      if (missed > 0) ctx.count(MISSED, missed)
      if (!s.asked) ask(s, at)
      else {
        if (s.waiting) ctx.count(MISSED)
        s.waiting = { sec: at.sec, ns: at.ns }
      }
      const next = schedule.after(at)
      if (next) ctx.timer(undefined, TICK, next)
    },
    begin: (b, _s, g, out) => out.begin(b, g),
    row: (p, _s, g, out) => out.row(p, g),
    end: (_s, g, out) => out.end(g),
  }
}

/** Throws a Fault when there is no such cluster to ask. */
export function checkCluster(ctx: Ctx, cluster: string): void {
  if (ctx.fed) return
  const none = 'InfluxDB not configured, cannot query InfluxDB for batch query'
  if (!ctx.world.influx) throw new Fault('no-influxdb', none, { status: 400 })
  try {
    ctx.world.influx.cluster(cluster)
  } catch (e) {
    throw cluster === '' ? new Fault('no-influxdb', none, { status: 400, cause: e }) : e
  }
}
