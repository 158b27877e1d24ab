// Routes of the values that sideload nodes read.
import { defineRoute, NO_CONTENT } from '../route.ts'
import { ErrorReply, NoContent } from '../schemas.ts'

export const reloadSideload = defineRoute({
  method: 'POST',
  path: '/kapacitor/v1/sideload/reload',
  summary: 'Reads all sources of sideload nodes again; a source that can not be read keeps its values.',
  tag: 'sideload',
  replies: { 204: NoContent, 500: ErrorReply },
  async handle(s) {
    await s.sideload?.reload()
    return NO_CONTENT
  },
})
