// `|sideload()`: fields and tags of points from files or from an HTTP address, chosen by the points' tags.

import { parseTemplate, type Template } from '../alert/template/template.ts'
import { tagMap } from '../alert/template-data.ts'
import { Fault, messageOf } from '../base/fault.ts'
import { Point, withSeries } from '../base/point.ts'
import type { Series } from '../base/series.ts'
import type { Typed } from '../base/value.ts'
import { type Ctx, defineNode, type Receiver } from '../flow/contract.ts'
import type { SideSource, SideTable } from '../flow/world.ts'
import { type ArgValue, arg, field, type TaggedArg } from '../lang/fields.ts'
import { sideValue, textOf } from './side-value.ts'

/** What the values of one series come to, as long as the table is the same. */
interface Found {
  readonly table: SideTable
  readonly series: Series
  readonly fields: readonly (readonly [string, Typed])[]
  /** What could not be used. */
  readonly errors: readonly string[]
}

interface SideParams {
  readonly source: string
  readonly order: readonly string[]
  readonly field: Readonly<Record<string, ArgValue>>
  readonly tag: Readonly<Record<string, ArgValue>>
}

class Sides {
  readonly #ctx: Ctx
  readonly #source: SideSource
  readonly #order: readonly Template[]
  readonly #fields: readonly (readonly [string, Typed])[]
  readonly #tags: readonly (readonly [string, string])[]
  #found = new WeakMap<Series, Found>()

  constructor(p: SideParams, ctx: Ctx) {
    this.#ctx = ctx
    if (!ctx.world.sideload) throw new Fault('no-sideload', 'there is nothing to sideload from here', { status: 400 })
    this.#order = p.order.map((text) => parseTemplate('order', text))
    this.#fields = Object.entries(p.field).map(([name, value]) => [name, typedOf(value as TaggedArg)] as const)
    this.#tags = Object.entries(p.tag) as [string, string][]
    const source = ctx.world.sideload(p.source)
    this.#source = source
    ctx.onEnd(() => source.close())
    if (!source.table)
      ctx.hold(
        (signal) => source.ready(signal),
        () => {},
      )
  }

  point(p: Point): Point {
    const found = this.#of(p)
    for (const e of found.errors) this.#ctx.error(e, p)
    let q = withSeries(p, found.series)
    for (const [name, { kind, value }] of found.fields) {
      const change = q.shape.with(name, kind)
      const values = change.fresh ? q.values.toSpliced(change.at, 0, value) : q.values.with(change.at, value)
      q = new Point(q.series, change.shape, values, q.sec, q.ns)
    }
    return q
  }

  #of(p: Point): Found {
    const table = this.#source.table!
    const known = this.#found.get(p.series)
    if (known?.table === table) return known
    const errors: string[] = []
    const files = this.#files(p, table, errors)
    const first = (key: string): unknown => files.find((f) => Object.hasOwn(f, key))?.[key]
    let { series } = p
    for (const [name, initial] of this.#tags) {
      const value = first(name)
      const text = value === undefined ? initial : textOf(value)
      if (text === undefined) errors.push(`tag ${name}: ${shown(value)} can not be a tag`)
      series = series.with(name, text ?? initial)
    }
    const fields = this.#fields.map(([name, initial]) => {
      const value = first(name)
      const typed = value === undefined ? initial : sideValue(initial.kind, value)
      if (!typed) errors.push(`field ${name}: ${shown(value)} can not be converted to ${initial.kind}`)
      return [name, typed ?? initial] as const
    })
    const found: Found = { table, series, fields, errors }
    this.#found.set(p.series, found)
    return found
  }

  #files(p: Point, table: SideTable, errors: string[]): readonly Readonly<Record<string, unknown>>[] {
    const files: Readonly<Record<string, unknown>>[] = []
    const tags = tagMap(p.series.tags)
    for (const template of this.#order) {
      try {
        const file = table.get(template.render(tags))
        if (file) files.push(file)
      } catch (e) {
        errors.push(messageOf(e))
      }
    }
    return files
  }
}

function shown(value: unknown): string {
  return textOf(value) === undefined || typeof value === 'string'
    ? JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))
    : String(value)
}

function typedOf(a: TaggedArg): Typed {
  return { kind: a.type, value: a.value } as Typed
}

export const sideload = defineNode({
  name: 'sideload',
  typeName: 'SideloadNode',
  needs: 'main',
  wants: 'parent',
  provides: 'parent',
  doc: 'Adds fields and tags from files or from an HTTP address. For each of them the first file of the order that has it counts, and the default when none has. What is read is read again when the server is told to.',
  fields: {
    source: field.string(
      'Where the values are: `file:///folder` with YAML and JSON files, an `http` address or a configured `[[httppost]]` endpoint that answers with an object of objects.',
    ),
    order: field.strings(
      'Paths of files below the folder, or keys of the object; templates over the tags: `host/{{.host}}.yml`.',
    ),
    field: field.map(
      'Sets a field; the default says also of which type it is.',
      arg.any('The default.', ['int', 'float', 'string', 'bool']),
    ),
    tag: field.map('Sets a tag.', arg.string('The default.')),
  },
  stateParams: [],
  examples: [
    "stream\n    |from()\n        .measurement('cpu')\n    |sideload()\n        .source('file:///etc/thresholds')\n        .order('host/{{.host}}.yml', 'default.yml')\n        .field('limit', 80.0)\n        .tag('owner', 'nobody')\n    |alert()\n        .crit(lambda: \"usage\" > \"limit\")\n        .log('/tmp/alerts')",
  ],
  run(p, ctx): Receiver<null> {
    const sides = new Sides(p, ctx)
    return {
      keeps: 'none',
      point(pt, _s, g, out) {
        const q = sides.point(pt)
        out.point(q, q.series === pt.series ? g : ctx.regroup(g, q.series))
      },
      begin: (b, _s, g, out) => out.begin(b, g),
      row: (pt, _s, g, out) => out.row(sides.point(pt), g),
      end: (_s, g, out) => out.end(g),
    }
  },
})
