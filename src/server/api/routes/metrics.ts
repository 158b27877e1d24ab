// The figures of the server for Prometheus and what else reads its format.
import Type from 'typebox'
import { METRICS_TYPE } from '../../metrics/metrics-text.ts'
import { defineRoute, streamed } from '../route.ts'
import { ErrorReply } from '../schemas.ts'

export const metrics = defineRoute({
  method: 'GET',
  path: '/metrics',
  summary: 'Figures of the process, of tasks, nodes, handlers and of what comes in, in the text format of Prometheus.',
  tag: 'service',
  debug: true,
  replies: { 200: Type.String(), 503: ErrorReply },
  handle: (s) => streamed({ type: METRICS_TYPE, stream: s.metrics.text(), packed: true }),
})
