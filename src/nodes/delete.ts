// `|delete()`: takes fields and tags away; a tag that is part of the group goes from the group, too.
import type { Point } from '../base/point.ts'
import { withoutField, withSeries } from '../base/point.ts'
import { defineNode, type Group } from '../flow/contract.ts'
import { arg, field } from '../lang/fields.ts'

const names = (doc: string) =>
  field.method<readonly string[]>(doc, {
    args: [arg.string('The name.')],
    initial: [],
    shape: 'each',
    apply: (before, [name]) => [...before, name as string],
  })

export const deleteNode = defineNode({
  name: 'delete',
  typeName: 'DeleteNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Removes fields and tags. Groups that differ in a removed tag only become one. A point may end without fields.',
  fields: {
    field: names('A field to remove.'),
    tag: names('A tag to remove.'),
  },
  stats: ['fields_deleted', 'tags_deleted'],
  examples: ["stream\n    |from()\n    |delete()\n        .field('debug')\n        .tag('pid')\n    |log()"],
  run(p, ctx) {
    const strip = (pt: Point): Point => {
      let rest = pt
      for (const name of p.field) {
        const next = withoutField(rest, name)
        if (next !== rest) ctx.count('fields_deleted')
        rest = next
      }
      let { series } = pt
      for (const name of p.tag) {
        const next = series.without(name)
        if (next !== series) ctx.count('tags_deleted')
        series = next
      }
      return withSeries(rest, series)
    }
    // One group after the other comes in many messages: the last answer mostly fits.
    let last: Group | undefined
    let lastStripped: Group | undefined
    const stripped = (g: Group): Group => {
      if (g !== last || !lastStripped) {
        last = g
        lastStripped = p.tag.reduce((to, name) => ctx.groupWithout(to, name), g)
      }
      return lastStripped
    }
    return {
      keeps: 'none',
      point(pt, _s, g, out) {
        out.point(strip(pt), stripped(g))
      },
      begin(b, _s, g, out) {
        ctx.count('tags_deleted', p.tag.filter((name) => name in g.tags).length)
        out.begin(b, stripped(g))
      },
      row(pt, _s, g, out) {
        out.row(strip(pt), stripped(g))
      },
      end(_s, g, out) {
        out.end(stripped(g))
      },
    }
  },
})
