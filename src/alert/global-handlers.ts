// Handlers that the configuration adds to every alert node, and whether it makes all alerts send state changes only.
import type { HandlerSet } from './handler-set.ts'
import { defaultElement } from './handlers/config-keys.ts'
import type { HandlerDeclaration } from './handlers/define-handler.ts'
import type { AlertSink } from './sink.ts'

interface GlobalConfig {
  readonly enabled: boolean
  readonly default: boolean
  readonly global: boolean
  /** Undefined where the section has no such key. */
  readonly stateChangesOnly?: boolean
}

/** Whether a section is on does not matter: a global handler that is off tells so with each event. */
function globalConfig(d: HandlerDeclaration, set: HandlerSet): GlobalConfig | undefined {
  if (!d.config || !('global' in d.config.fields)) return undefined
  const config = set.config(d)
  const element = Array.isArray(config) ? defaultElement(config as GlobalConfig[]) : (config as GlobalConfig)
  return element?.global ? element : undefined
}

/** What the configuration adds to an alert node as it stands when the node starts. */
export function globalHandlers(set: HandlerSet): AlertSink['global'] {
  return (inline) => {
    const handlers = []
    let stateChangesOnly = false
    for (const kind of set.kinds) {
      const d = set.declaration(kind)
      const config = globalConfig(d, set)
      if (!config) continue
      if (config.stateChangesOnly || d.config?.globalMeansChanges) stateChangesOnly = true
      if (!inline.some((h) => h.kind === kind)) handlers.push({ kind, params: {} })
    }
    return { handlers, stateChangesOnly }
  }
}
