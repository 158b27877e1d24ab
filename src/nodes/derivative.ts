// `|derivative('field')`: the rate at which a field changes from one point of a group to the next.

import { SECOND } from '../base/duration.ts'
import { intToFloat } from '../base/int64.ts'
import { bothFields } from '../base/line-protocol/fields-read.ts'
import type { Point } from '../base/point.ts'
import { withField } from '../base/point.ts'
import { subTime } from '../base/time.ts'
import { defineNode } from '../flow/contract.ts'
import { arg, field } from '../lang/fields.ts'

/** The point before: `known` is false while there has been none. */
type Previous = { known: boolean; value: number; sec: number; ns: number }

export const derivative = defineNode({
  name: 'derivative',
  typeName: 'DerivativeNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Gives the change of a field against the point before, divided by the time between them. The first point of a group, or of a batch, only begins the measuring.',
  args: { field: arg.string('The field, a number.') },
  fields: {
    as: field.string('Name of the field for the result; the field itself when not given.'),
    unit: field.duration('The time that the rate is for.', SECOND),
    nonNegative: field.flag('Drops points whose rate is below zero, such as after the restart of a counter.'),
  },
  stateParams: ['field'],
  examples: [
    "stream\n    |from()\n        .measurement('net')\n        .groupBy('host')\n    |derivative('bytes_recv')\n        .unit(1s)\n        .nonNegative()\n        .as('bytes_per_s')\n    |log()",
  ],
  reads: (p, below) => bothFields(below, new Set([p.field])),
  run(p, ctx) {
    const as = p.as === '' ? p.field : p.as
    const unit = intToFloat(p.unit)

    /** The field as a float; undefined, and counted, when it is none. */
    const read = (pt: Point): number | undefined => {
      const slot = pt.shape.slot(p.field)
      if (slot < 0) {
        ctx.missing(p.field, `field "${p.field}" is missing`, pt)
        return undefined
      }
      const kind = pt.shape.kinds[slot]!
      if (kind === 'float') return pt.values[slot] as number
      if (kind === 'int') return intToFloat(pt.values[slot] as number | bigint)
      ctx.missing(p.field, `field "${p.field}" is the wrong type: a rate needs a number, got ${kind}`, pt)
      return undefined
    }

    /** The point with its rate; undefined when there is none. It becomes the previous one in any case. */
    const next = (pt: Point, s: Previous): Point | undefined => {
      const value = read(pt)
      if (value === undefined) return undefined
      const { known, value: before } = s
      const elapsed = known ? intToFloat(subTime(pt, s)) : 0
      s.known = true
      s.value = value
      s.sec = pt.sec
      s.ns = pt.ns
      if (!known) return undefined
      if (elapsed === 0) {
        ctx.error(`elapsed time was 0: two points of the same time have no rate of "${p.field}"`, pt)
        return undefined
      }
      const change = value - before
      if (p.nonNegative && change < 0) return undefined
      return withField(pt, as, 'float', change / (elapsed / unit))
    }

    return {
      keeps: 'group',
      newState: (): Previous => ({ known: false, value: 0, sec: 0, ns: 0 }),
      point(pt, s, g, out) {
        const rated = next(pt, s)
        if (rated) out.point(rated, g)
      },
      begin(b, s, g, out) {
        s.known = false
        out.begin(b, g)
      },
      row(pt, s, g, out) {
        const rated = next(pt, s)
        if (rated) out.row(rated, g)
      },
      end(_s, g, out) {
        out.end(g)
      },
    }
  },
})
