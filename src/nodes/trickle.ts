// `|trickle()`: batches back into points of a stream.
import { withSeries } from '../base/point.ts'
import { defineNode } from '../flow/contract.ts'
import { groupOfRow } from './dimensions.ts'

export const trickle = defineNode({
  name: 'trickle',
  typeName: 'TrickleNode',
  wants: 'batch',
  provides: 'stream',
  doc: "Turns each row of a batch into a point of a stream, with its own time and tags, in the batch's measurement and dimensions.",
  fields: {},
  examples: [
    "stream\n    |from()\n        .measurement('cpu')\n    |window()\n        .period(10s)\n        .every(10s)\n    |top(3, 'usage_user')\n    |trickle()\n    |window()\n        .period(1m)\n        .every(1m)\n    |log()",
  ],
  onCall: (info) => (info.parents[0]?.edge === 'stream' ? 'cannot Trickle stream edge' : undefined),
  run(_p, ctx) {
    return {
      keeps: 'none',
      batch(b, rows, _s, g, out) {
        for (let i = 0, n = rows.length; i < n; i++) {
          const p = rows.at(i)
          const series = p.series.renamed(b.name)
          out.point(withSeries(p, series), groupOfRow(ctx, g, series))
        }
      },
    }
  },
})
