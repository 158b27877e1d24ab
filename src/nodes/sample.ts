// `|sample(rate)`: every nth point of a group, or the points at round times.
import { Fault } from '../base/fault.ts'
import type { Int } from '../base/int64.ts'
import type { Point } from '../base/point.ts'
import { sameTime, truncateTime } from '../base/time.ts'
import { defineNode } from '../flow/contract.ts'
import { ANY_TYPES, arg } from '../lang/fields.ts'

/** How many points the group, or the batch, has had so far. */
type State = { count: number }

export const sample = defineNode({
  name: 'sample',
  typeName: 'SampleNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Keeps the first point of a group and every nth after it, counted anew in each batch; or, with a duration, the points whose time is a multiple of it.',
  args: {
    rate: arg.any('A count or a duration, greater than zero.', ANY_TYPES, {
      check: ({ type }) =>
        type === 'int' || type === 'duration' ? undefined : 'must pass int64 or duration to new sample node',
    }),
  },
  fields: {},
  examples: ['stream\n    |from()\n    |sample(3)\n    |log()', 'stream\n    |from()\n    |sample(10s)\n    |log()'],
  reads: (_, below) => below,
  run({ rate }) {
    const every = rate.value as Int
    if (every <= 0) {
      throw new Fault('invalid-sample-rate', 'invalid sample rate: must be positive integer or duration', {
        status: 400,
      })
    }
    const n = Number(every)
    const keeps =
      rate.type === 'int'
        ? (_: Point, s: State): boolean => {
            const first = s.count === 0
            s.count = s.count + 1 >= n ? 0 : s.count + 1
            return first
          }
        : (p: Point): boolean => sameTime(p, truncateTime(p, every))
    return {
      keeps: 'group',
      newState: (): State => ({ count: 0 }),
      point(p, s, g, out) {
        if (keeps(p, s)) out.point(p, g)
      },
      begin(b, s, g, out) {
        s.count = 0
        out.begin(b, g)
      },
      row(p, s, g, out) {
        if (keeps(p, s)) out.row(p, g)
      },
      end(_s, g, out) {
        out.end(g)
      },
    }
  },
})
