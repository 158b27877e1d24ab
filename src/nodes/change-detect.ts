// `|changeDetect('field'…)`: lets a point pass when one of the fields differs from the last point that passed.
import type { Point } from '../base/point.ts'
import { type Ctx, defineNode } from '../flow/contract.ts'
import { arg } from '../lang/fields.ts'

/** The last point that passed. */
type Passed = { last: Point | null }

/** Whether any of the fields has another type or value than in the point before. */
function changed(p: Point, last: Point | null, fields: readonly string[], ctx: Ctx): boolean {
  for (const name of fields) {
    const slot = p.shape.slot(name)
    if (slot < 0) {
      ctx.missing(name, `expected field "${name}" not found`, p)
      continue
    }
    const before = last ? last.shape.slot(name) : -1
    // A field that is null is no other than one that is not there.
    const kind = before < 0 ? 'null' : last!.shape.kinds[before]!
    if (p.shape.kinds[slot] !== kind) return true
    if (before >= 0 && p.values[slot] !== last!.values[before]) return true
  }
  return false
}

export const changeDetect = defineNode({
  name: 'changeDetect',
  typeName: 'ChangeDetectNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Lets only those points pass in which one of the fields has another value, or type, than in the last point that passed. The first point of a group, or of a batch, passes.',
  rest: { name: 'names', arg: arg.string('A field to watch.') },
  restType: {} as { readonly names: readonly string[] },
  fields: {},
  examples: [
    "stream\n    |from()\n        .measurement('door')\n        .groupBy('id')\n    |changeDetect('open')\n    |log()",
  ],
  run({ names }, ctx) {
    const passes = (p: Point, s: Passed): boolean => {
      if (!changed(p, s.last, names, ctx)) return false
      s.last = p
      return true
    }
    return {
      keeps: 'group',
      newState: (): Passed => ({ last: null }),
      point(p, s, g, out) {
        if (passes(p, s)) out.point(p, g)
      },
      begin(b, s, g, out) {
        s.last = null
        out.begin(b, g)
      },
      row(p, s, g, out) {
        if (passes(p, s)) out.row(p, g)
      },
      end(_s, g, out) {
        out.end(g)
      },
    }
  },
})
