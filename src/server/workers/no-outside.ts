// The world of a worker's tasks: they log, and have nothing else to do with the outside. Only tasks whose nodes need no
// more come here, so whatever else is asked for is a mistake of ours.
import type { AlertSink } from '../../alert/sink.ts'
import { Fault } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'
import type { EngineOptions } from '../../flow/engine.ts'
import type { Outbox } from '../../flow/entry.ts'
import type { ServerInfo } from '../../flow/world.ts'

function missing(): never {
  throw new Fault('main-thread-only', 'this is to be had on the main thread only')
}

const NO_ALERTS: AlertSink = {
  open: missing,
  close: missing,
  collect: missing,
  state: missing,
  restore: missing,
  global: missing,
  inhibit: missing,
  inhibited: missing,
  releaseInhibitors: missing,
}

/** Nothing that is owed may get lost in silence: the writes that caused it fail. */
export const NO_OUTBOX: Outbox = { commit: missing }

export function noOutside(logger: Logger, server: ServerInfo): EngineOptions['world'] {
  return { logger, server, alerts: NO_ALERTS, http: missing, httpEndpoint: missing }
}
