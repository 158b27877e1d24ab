// The live configuration of a server: with the overrides that its store has, and its log kept free of their secrets.
import type { Store } from '../../store/store.ts'
import { type Config, secretsOf } from '../config/load-config.ts'
import type { Logging } from '../log/logging.ts'
import { LiveConfig } from './live-config.ts'
import { OverrideStore } from './override-record.ts'

/** `changed` is called after each change that is in force and stored. */
export function openLiveConfig(config: Config, store: Store, logging: Logging, changed: () => void): LiveConfig {
  return new LiveConfig({
    sections: config.sections,
    store: new OverrideStore(store),
    logger: logging.logger.with({ service: 'config' }),
    useStored: !config.server.root.skipConfigOverrides,
    changed,
    hide: (decl, elements) => logging.hide(...secretsOf({ sections: new Map([[decl.section, { decl, elements }]]) })),
  })
}
