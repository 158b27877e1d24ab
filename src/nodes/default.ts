// `|default()`: fills in fields and tags that points lack.
import type { Point } from '../base/point.ts'
import { withField, withSeries } from '../base/point.ts'
import type { Series } from '../base/series.ts'
import type { Kind, Value } from '../base/value.ts'
import { type Ctx, defineNode, type Group } from '../flow/contract.ts'
import { ANY_TYPES, type ArgValue, arg, field, goTypeOf, type TaggedArg } from '../lang/fields.ts'

type FieldDefault = { readonly name: string; readonly kind: Kind; readonly value: Value }

export const defaultNode = defineNode({
  name: 'default',
  typeName: 'DefaultNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Gives fields that are missing or null, and tags that are missing or empty, a value. Batches get the tags as group tags, too.',
  fields: {
    field: field.map('Default of a field: a float, int, string or bool.', arg.any('The value.', ANY_TYPES)),
    tag: field.map('Default of a tag.'),
  },
  stats: ['fields_defaulted', 'tags_defaulted'],
  examples: [
    "stream\n    |from()\n    |default()\n        .field('value', 0.0)\n        .tag('host', 'none')\n    |log()",
  ],
  check(p) {
    for (const [name, value] of Object.entries(p.field)) {
      const tagged = value as TaggedArg
      if (fieldDefault(name, tagged) === undefined) {
        return `unsupported type ${goTypeOf(tagged)} for field "${name}", field default values must be float,int,string or bool`
      }
    }
    return undefined
  },
  run(p, ctx) {
    const fields = Object.entries(p.field).map(([name, v]) => fieldDefault(name, v as TaggedArg)!)
    const tags = Object.entries(p.tag) as [string, string][]
    const fill = (pt: Point): Point => withSeries(fillFields(pt, fields, ctx), fillTags(pt.series, tags, ctx))
    // One group after the other comes in many messages: the last answer mostly fits.
    let last: Group | undefined
    let lastFilled: Group | undefined
    const filled = (g: Group): Group => {
      if (g !== last || !lastFilled) {
        last = g
        lastFilled = tags.reduce((to, [name, value]) => (to.tags[name] ? to : ctx.groupWith(to, name, value)), g)
      }
      return lastFilled
    }
    return {
      keeps: 'none',
      point(pt, _s, g, out) {
        const full = fill(pt)
        out.point(full, full.series === pt.series ? g : ctx.regroup(g, full.series))
      },
      begin(b, _s, g, out) {
        ctx.count('fields_defaulted', fields.length)
        ctx.count('tags_defaulted', tags.filter(([name]) => !g.tags[name]).length)
        out.begin(b, filled(g))
      },
      row(pt, _s, g, out) {
        out.row(fill(pt), filled(g))
      },
      end(_s, g, out) {
        out.end(filled(g))
      },
    }
  },
})

function fieldDefault(name: string, { type, value }: TaggedArg): FieldDefault | undefined {
  switch (type) {
    case 'int':
    case 'float':
    case 'string':
    case 'bool':
      return { name, kind: type, value: value as Value & ArgValue }
    default:
      return undefined
  }
}

function fillFields(pt: Point, fields: readonly FieldDefault[], ctx: Ctx): Point {
  let full = pt
  for (const { name, kind, value } of fields) {
    const at = full.shape.slot(name)
    if (at >= 0 && full.shape.kinds[at] !== 'null') continue
    full = withField(full, name, kind, value)
    ctx.count('fields_defaulted')
  }
  return full
}

function fillTags(series: Series, tags: readonly (readonly [string, string])[], ctx: Ctx): Series {
  let full = series
  for (const [name, value] of tags) {
    if (full.tag(name)) continue
    full = full.with(name, value)
    ctx.count('tags_defaulted')
  }
  return full
}
