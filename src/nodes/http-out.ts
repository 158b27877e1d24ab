// `|httpOut('endpoint')`: the latest result of every group, served under the task's path while it runs.

import type { Point } from '../base/point.ts'
import { type Row, rowJson } from '../base/row-json.ts'
import type { PointRows } from '../base/rows.ts'
import { defineNode } from '../flow/contract.ts'
import { arg } from '../lang/fields.ts'

/** A group's latest point or batch; both are null while the group has given nothing yet. */
type Latest = { order: number; point: Point | null; name: string; rows: PointRows | null }

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
        const { point, name, rows } = latest
        if (point) {
          const { series } = point
          all.push([latest, { name: series.name, tags: series.tags, points: [point], isBatch: false }])
        } else if (rows) all.push([latest, { name, tags: g.tags, points: rows.toArray(), isBatch: true }])
        else all.push([latest, undefined])
      }
      // Null is before the first data; without groups that there were the list is empty.
      if (all.length === 0) return order === 0 ? '{"series":null}' : '{"series":[]}'
      all.sort(([a], [b]) => a.order - b.order)
      return `{"series":[${all.map(([, row]) => (row ? rowJson(row) : 'null')).join(',')}]}`
    })
    return {
      keeps: 'group',
      newState: (): Latest => ({ order: order++, point: null, name: '', rows: null }),
      pinned: () => true,
      start() {
        for (const [, s] of ctx.states()) order = Math.max(order, (s as unknown as Latest).order + 1)
      },
      point(pt, s, g, out) {
        s.point = pt
        out.point(pt, g)
      },
      points(run, from, to, s, g, out) {
        out.points(run, from, to, g)
        s.point = run.points[to - 1]!
      },
      batch(b, rows, s, g, out) {
        s.point = null
        s.name = b.name
        s.rows = rows
        out.batch(b, rows, g)
      },
    }
  },
})
