// Every alert handler there is. A new one is a file and a line here.
import { aggregateHandler } from './aggregate.ts'
import type { HandlerDeclaration } from './define-handler.ts'
import { execHandler } from './exec.ts'
import { logHandler } from './log.ts'
import { postHandler } from './post.ts'
import { publishHandler } from './publish.ts'
import { tcpHandler } from './tcp.ts'
import { unservedHandlers } from './unserved.ts'

export const ALERT_HANDLERS: readonly HandlerDeclaration[] = [
  aggregateHandler,
  execHandler,
  logHandler,
  postHandler,
  publishHandler,
  tcpHandler,
  ...unservedHandlers,
]
