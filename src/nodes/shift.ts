// `|shift(duration)`: moves points and batches in time. Barriers stay where they are.
import { Fault } from '../base/fault.ts'
import { withTime } from '../base/point.ts'
import { addTime } from '../base/time.ts'
import { defineNode } from '../flow/contract.ts'
import { arg } from '../lang/fields.ts'

export const shift = defineNode({
  name: 'shift',
  typeName: 'ShiftNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Adds a duration, which may be negative, to the times of points and batches.',
  args: { shift: arg.duration('How far to move; not zero.') },
  fields: {},
  examples: ['stream\n    |from()\n    |shift(-1h)\n    |log()'],
  run(p) {
    if (p.shift === 0) {
      throw new Fault('invalid-shift', 'invalid shift value: must be non zero duration', { status: 400 })
    }
    return {
      keeps: 'none',
      point(pt, _s, g, out) {
        out.point(withTime(pt, addTime(pt, p.shift)), g)
      },
      begin(b, _s, g, out) {
        out.begin({ ...b, tmax: addTime(b.tmax, p.shift) }, g)
      },
      row(pt, _s, g, out) {
        out.row(withTime(pt, addTime(pt, p.shift)), g)
      },
      end(_s, g, out) {
        out.end(g)
      },
    }
  },
})
