// Routes of the subscriptions by which InfluxDB sends its writes here.
import { defineRoute, NO_CONTENT } from '../route.ts'
import { ErrorReply, NoContent } from '../schemas.ts'

export const linkSubscriptions = defineRoute({
  method: 'POST',
  path: '/kapacitor/v1/subscriptions',
  summary: 'Brings the subscriptions at all InfluxDB clusters in order.',
  tag: 'subscriptions',
  replies: { 204: NoContent, 500: ErrorReply },
  async handle(s) {
    await s.subscriptions?.link()
    return NO_CONTENT
  },
})
