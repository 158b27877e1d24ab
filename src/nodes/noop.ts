// A node that does nothing. It is put behind a leaf that stats or deadman count, so that there is an edge to count on.
import { defineNode } from '../flow/contract.ts'

export const noOp = defineNode({
  name: 'noOp',
  kind: 'noop',
  typeName: 'NoOpNode',
  wants: 'parent',
  provides: 'parent',
  internal: true,
  doc: 'Passes its input on. Scripts cannot call it; it is inserted where a node without children is counted.',
  fields: {},
  reads: (_, below) => below,
  run() {
    return {
      keeps: 'none',
      point(p, _s, g, out) {
        out.point(p, g)
      },
      batch(b, rows, _s, g, out) {
        out.batch(b, rows, g)
      },
    }
  },
})
