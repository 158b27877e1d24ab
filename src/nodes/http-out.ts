// `|httpOut('endpoint')`: the latest result of every group, served under the task's path while it runs.
import { type Row, rowJson } from '../base/row-json.ts'
import { PointRows } from '../base/rows.ts'
import { defineNode } from '../flow/contract.ts'
import { arg } from '../lang/fields.ts'

/** A group's latest point or batch; `rows` is null while the group has given nothing yet. */
type Latest = { order: number; name: string; rows: PointRows | null; batch: boolean }

export const httpOut = defineNode({
  name: 'httpOut',
  kind: 'http_out',
  typeName: 'HTTPOutNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Serves the latest point or batch of each group as JSON at `/kapacitor/v1/tasks/ID/ENDPOINT` while the task runs; data passes through.',
  args: { endpoint: arg.string('Last part of the path.') },
  fields: {},
  examples: [
    "stream\n    |from()\n        .measurement('cpu')\n        .groupBy('host')\n    |window()\n        .period(1m)\n        .every(10s)\n    |mean('usage_idle')\n    |httpOut('mean')",
  ],
  run(p, ctx) {
    let order = 0
    ctx.route(p.endpoint, () => {
      const all: [Latest, Row | undefined][] = []
      for (const [g, s] of ctx.states()) {
        const latest = s as unknown as Latest
        const rows = latest.rows
        if (!rows) all.push([latest, undefined])
        else if (latest.batch)
          all.push([latest, { name: latest.name, tags: g.tags, points: rows.toArray(), isBatch: true }])
        else
          all.push([
            latest,
            { name: latest.name, tags: rows.at(0).series.tags, points: rows.toArray(), isBatch: false },
          ])
      }
      if (all.length === 0) return '{"series":null}'
      all.sort(([a], [b]) => a.order - b.order)
      return `{"series":[${all.map(([, row]) => (row ? rowJson(row) : 'null')).join(',')}]}`
    })
    return {
      keeps: 'group',
      newState: (): Latest => ({ order: order++, name: '', rows: null, batch: false }),
      pinned: () => true,
      start() {
        for (const [, s] of ctx.states()) order = Math.max(order, (s as unknown as Latest).order + 1)
      },
      point(pt, s, g, out) {
        s.name = pt.series.name
        s.rows = new PointRows([pt])
        s.batch = false
        out.point(pt, g)
      },
      batch(b, rows, s, g, out) {
        s.name = b.name
        s.rows = rows
        s.batch = true
        out.batch(b, rows, g)
      },
    }
  },
})
