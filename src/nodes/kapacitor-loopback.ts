// `|kapacitorLoopback()`: points back into the server's input, where other tasks take them up. A task that would feed
// itself does not start; longer loops end after a number of hops, which the engine counts.
import { Fault } from '../base/fault.ts'
import { type Point, withoutField, withSeries } from '../base/point.ts'
import { makeSeries, type Series } from '../base/series.ts'
import { defineNode } from '../flow/contract.ts'
import { field } from '../lang/fields.ts'

export const kapacitorLoopback = defineNode({
  name: 'kapacitorLoopback',
  kind: 'kapacitor_loopback',
  typeName: 'KapacitorLoopbackNode',
  needs: 'main',
  wants: 'parent',
  provides: 'none',
  doc: 'Writes its data back into the input of the server, as if it had been written there by a client, for other tasks to take.',
  fields: {
    database: field.string('The database to write to; required.'),
    retentionPolicy: field.string('The retention policy to write to; required.'),
    measurement: field.string('The measurement of the points; their own when not given. Batches keep theirs.'),
    tag: field.map('Adds a tag to every point.'),
  },
  stats: ['points_written'],
  stateParams: [],
  examples: [
    "stream\n    |from()\n        .measurement('sales')\n        .groupBy('shop')\n    |window()\n        .period(1h)\n        .every(1h)\n    |sum('amount')\n    |kapacitorLoopback()\n        .database('shop')\n        .retentionPolicy('hourly')\n        .measurement('sales_by_hour')",
  ],
  check({ database, retentionPolicy }) {
    if (database === '') return 'must specify a database'
    if (retentionPolicy === '') return 'must specify a retention policy'
    return undefined
  },
  run(p, ctx) {
    const { database: db, retentionPolicy: rp } = p
    if (ctx.dbrps.some((own) => own.db === db && own.rp === rp)) {
      throw new Fault('loop-detected', `loop detected on dbrp: ${JSON.stringify(db)}.${JSON.stringify(rp)}`, {
        status: 400,
      })
    }
    const tags = Object.entries(p.tag) as [string, string][]
    const targets = new WeakMap<Series, Series>()

    const target = (series: Series): Series => {
      const known = targets.get(series)
      if (known) return known
      const own = tags.reduce((all, [key, value]) => all.with(key, value), series)
      const made = makeSeries(db, rp, own.name, own.keys, own.vals)
      targets.set(series, made)
      return made
    }
    /** The point as it is written; undefined when no field is left of it. */
    const written = (pt: Point, name: string): Point | undefined => {
      let bare = pt
      // The line protocol has no null: such a field is not written.
      if (pt.shape.kinds.includes('null'))
        pt.shape.names.forEach((field, i) => {
          if (pt.shape.kinds[i] === 'null') bare = withoutField(bare, field)
        })
      return bare.values.length === 0 ? undefined : withSeries(bare, target(bare.series.renamed(name)))
    }
    const write = (points: readonly Point[]): void => {
      if (points.length === 0) return
      try {
        ctx.world.loopback(ctx.taskId, ctx.nodeName, db, rp, points)
        ctx.count('points_written', points.length)
      } catch (e) {
        ctx.error(e, points[0])
      }
    }

    return {
      keeps: 'none',
      point(pt) {
        const own = written(pt, p.measurement === '' ? pt.series.name : p.measurement)
        if (own) write([own])
      },
      batch(b, rows) {
        const points: Point[] = []
        for (let i = 0; i < rows.length; i++) {
          const own = written(rows.at(i), b.name)
          if (own) points.push(own)
        }
        write(points)
      },
      barrier: () => 'consume',
      deleteGroup: () => 'consume',
    }
  },
})
