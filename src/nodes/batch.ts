// `batch`: the root of a batch task. Nothing flows through it: its queries get their batches from outside.
import { defineNode } from '../flow/contract.ts'

export const batch = defineNode({
  name: 'batch',
  typeName: 'BatchNode',
  needs: 'main',
  wants: 'none',
  provides: 'batch',
  internal: true,
  only: ['query', 'queryFlux'],
  doc: 'The source of a batch task: queries follow it.',
  fields: {},
  examples: [
    "batch\n    |query('SELECT mean(usage_idle) FROM telegraf.autogen.cpu')\n        .period(1m)\n        .every(1m)\n    |log()",
  ],
  run: () => ({ keeps: 'none' }),
})
