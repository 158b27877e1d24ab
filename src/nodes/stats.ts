// `node|stats(interval)`: how much a node has given so far, as a stream of its own. It watches the first edge behind the
// node and ticks with the task's clock.
import { Fault } from '../base/fault.ts'
import { Point } from '../base/point.ts'
import { makeSeries } from '../base/series.ts'
import { makeShape } from '../base/shape.ts'
import { addTime, compareTime, roundTime, type Time, truncateTime } from '../base/time.ts'
import { defineNode, type Group } from '../flow/contract.ts'
import { arg, field } from '../lang/fields.ts'

const NAME = 'stats'
const TICK = 'tick'
const EMITTED = makeShape(['emitted'], ['int'])

/** When the task began to wait for the first aligned tick; null once that tick, or any, has been. */
type State = { started: boolean; since: { sec: number; ns: number } | null }

function pointOf(g: Group | undefined, emitted: number, t: Time): Point {
  const dims = g?.dims ?? []
  const series = makeSeries(
    '',
    '',
    NAME,
    dims,
    dims.map((d) => g!.tags[d]!),
  )
  return new Point(series, EMITTED, [emitted], t.sec, t.ns)
}

export const stats = defineNode({
  name: NAME,
  typeName: 'StatsNode',
  wants: 'none',
  provides: 'stream',
  watches: true,
  everywhere: true,
  doc: 'Gives, at every interval and for each group, how many points the node it is called on has emitted so far: a stream of points named `stats` with the int field `emitted`. Where nothing has come yet there is one point with 0.',
  args: { interval: arg.duration('How often; more than zero.') },
  restType: {} as { readonly watched: number },
  fields: { align: field.flag('Ticks at multiples of the interval, and rounds the times of the points to them.') },
  stateParams: [],
  examples: [
    "var cpu = stream\n    |from()\n        .measurement('cpu')\n        .groupBy('host')\n\ncpu\n    |stats(10s)\n        .align()\n    |derivative('emitted')\n        .unit(10s)\n    |log()",
  ],
  run(p, ctx) {
    const { interval, align } = p
    if (interval <= 0) throw new Fault('stats-interval', 'stats node must have positive interval', { status: 400 })
    const read = ctx.watch(p.watched)
    return {
      keeps: 'node',
      newState: (): State => ({ started: false, since: null }),
      start(s) {
        // After a restore the timer is there already.
        if (s.started) return
        s.started = true
        const now = ctx.now()
        if (align) s.since = { sec: now.sec, ns: now.ns }
        ctx.timer(undefined, TICK, addTime(align ? truncateTime(now, interval) : now, interval), interval)
      },
      timer(_name, due, s, _g, out) {
        // The first tick after the wait has the time at which the wait began; it may have been missed.
        const first = s.since && compareTime(due, addTime(s.since, interval)) <= 0
        const at = align ? roundTime(first ? s.since! : due, interval) : due
        s.since = null
        ctx.timer(undefined, TICK, addTime(due, interval), interval)
        let any = false
        // The counts are taken first: what goes out below may change them when the node watches itself through a loop.
        for (const { group, points } of [...read()]) {
          any = true
          out.point(pointOf(group, points, at), ctx.groupNamed(group, NAME))
        }
        if (!any) {
          const none = pointOf(undefined, 0, at)
          out.point(none, ctx.groupOf([], false, none.series))
        }
      },
    }
  },
})
