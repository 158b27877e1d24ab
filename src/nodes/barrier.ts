// `|barrier()`: promises downstream, after a silence or at every period, that no older data comes for a group, and holds
// to it by dropping what does. Time is the task's; the data's own times only say how far a barrier reaches.
import { addTime, compareTime, type Time, ZERO_TIME } from '../base/time.ts'
import { type Ctx, defineNode, type Group, type Out } from '../flow/contract.ts'
import { field } from '../lang/fields.ts'

/** A barrier is due. */
const SEND = 'barrier'
/** It is time to look whether the group has been idle. */
const LOOK = 'idle'

type Moment = { sec: number; ns: number }
type State = {
  /** Time of the last data, or of the last barrier when that came later: idle barriers count from here. */
  last: Moment
  /** The task's time when data was last accepted, or an idle barrier was due. */
  seen: Moment
  /** The last barrier sent; what is older is dropped. */
  mark: Moment
}

const moment = (t: Time): Moment => ({ sec: t.sec, ns: t.ns })

export const barrier = defineNode({
  name: 'barrier',
  typeName: 'BarrierNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Sends a barrier for each group, which lets windows close and joins go on where no data comes: after a silence (`idle`) or at every `period`. Data older than the last barrier of its group is dropped.',
  fields: {
    idle: field.duration(
      'The silence of a group after which a barrier is sent, for the time of its last data and as much later; again after each further such silence.',
    ),
    period: field.duration("The interval at which a barrier with the task's time is sent."),
    delete: field.bool('TRUE deletes the group after each barrier: all nodes downstream forget it.'),
  },
  examples: [
    "stream\n    |from()\n        .measurement('cpu')\n        .groupBy('host')\n    |barrier()\n        .idle(5m)\n        .delete(TRUE)\n    |window()\n        .period(1m)\n        .every(1m)\n    |mean('usage_idle')\n    |log()",
  ],
  check({ idle, period }) {
    if (idle !== 0 && period !== 0) return 'cannot specify both idle and period'
    if (period < 0) return 'period must be greater than zero'
    if (period === 0 && idle <= 0) return 'idle must be greater than zero'
    return undefined
  },
  run(p, ctx) {
    const every = p.period !== 0 ? p.period : p.idle
    const byPeriod = p.period !== 0

    const arm = (g: Group, due: Time): void => {
      if (byPeriod) ctx.timer(g, SEND, due, every)
      else ctx.timer(g, LOOK, due)
    }
    const accept = (t: Time, s: State): boolean => {
      if (compareTime(t, s.mark) < 0) return false
      s.last.sec = t.sec
      s.last.ns = t.ns
      touch(s, ctx)
      return true
    }
    const send = (t: Time, s: State, g: Group, out: Out): void => {
      s.mark = moment(t)
      s.last = moment(t)
      out.barrier(s.mark, g)
      if (p.delete) ctx.dropGroup(g)
      else arm(g, addTime(ctx.now(), every))
    }

    return {
      keeps: 'group',
      newState(g): State {
        const now = ctx.now()
        arm(g, addTime(now, every))
        return { last: moment(now), seen: moment(now), mark: moment(ZERO_TIME) }
      },
      point(pt, s, g, out) {
        if (accept(pt, s)) out.point(pt, g)
      },
      begin(b, s, g, out) {
        touch(s, ctx)
        out.begin(b, g)
      },
      row(pt, s, g, out) {
        if (accept(pt, s)) out.row(pt, g)
      },
      end(_s, g, out) {
        out.end(g)
      },
      barrier: (t, s) => (accept(t, s) ? 'forward' : 'consume'),
      timer(name, due, s, g, out) {
        if (!g) return
        if (byPeriod) {
          send(due, s, g, out)
          return
        }
        // Data does not move the timer, which would cost more than the data: a timer that rings early is set again.
        if (name === LOOK) {
          const idleAt = addTime(s.seen, every)
          if (compareTime(due, idleAt) < 0) ctx.timer(g, LOOK, idleAt)
          // As one of the row of barriers that a longer silence would bring.
          else ctx.timer(g, SEND, due, every)
          return
        }
        s.seen = moment(due)
        send(addTime(s.last, every), s, g, out)
      },
      dropped(_s, g) {
        ctx.cancel(g, LOOK)
        ctx.cancel(g, SEND)
      },
    }
  },
})

function touch(s: State, ctx: Ctx): void {
  const now = ctx.now()
  s.seen.sec = now.sec
  s.seen.ns = now.ns
}
