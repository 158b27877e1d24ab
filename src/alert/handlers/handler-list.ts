// Every alert handler there is. A new one is a file and a line here.
import type { HandlerDeclaration } from './define-handler.ts'
import { execHandler } from './exec.ts'
import { logHandler } from './log.ts'
import { postHandler } from './post.ts'
import { tcpHandler } from './tcp.ts'
import { unservedHandlers } from './unserved.ts'

export const ALERT_HANDLERS: readonly HandlerDeclaration[] = [
  execHandler,
  logHandler,
  postHandler,
  tcpHandler,
  ...unservedHandlers,
]
