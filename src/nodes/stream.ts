// `stream`: where the points of a stream task come in. The engine feeds it.
import { defineNode } from '../flow/contract.ts'

export const stream = defineNode({
  name: 'stream',
  typeName: 'StreamNode',
  wants: 'none',
  provides: 'stream',
  internal: true,
  only: ['from'],
  doc: "The source of a stream task: all points of the task's databases and retention policies that some from asks for.",
  fields: {},
  examples: ["stream\n    |from()\n        .measurement('cpu')\n    |log()"],
  run() {
    return {
      keeps: 'none',
      point(p, _s, g, out) {
        out.point(p, g)
      },
    }
  },
})
