// The list of all sections that the server itself knows: by name for its own code, and as a list for reading files.
import type { SectionDecl, SectionValue } from '../section.ts'
import { discoverers, scraper } from './discovery.ts'
import { handlerSections } from './handlers.ts'
import { influxdb } from './influxdb.ts'
import { collectd, graphite, opentsdb, udp } from './inputs.ts'
import { security } from './security.ts'
import * as server from './server.ts'

/** The sections whose values the server's code reads, under the names it uses. */
const named = {
  root: server.root,
  alert: server.alert,
  auth: server.auth,
  http: server.http,
  tls: server.tls,
  security,
  configOverride: server.configOverride,
  logging: server.logging,
  load: server.load,
  replay: server.replay,
  task: server.task,
  storage: server.storage,
  deadman: server.deadman,
  fluxtask: server.fluxtask,
  influxdb,
  udp,
  graphite,
  collectd,
  opentsdb,
  reporting: server.reporting,
  stats: server.stats,
  udf: server.udf,
}

export const namedSections: Readonly<Record<keyof typeof named, SectionDecl>> = named

/** The values of the server's own sections: `server.http.bindAddress`, `server.influxdb[0]?.urls`. */
export type ServerValues = { readonly [K in keyof typeof named]: SectionValue<(typeof named)[K]> }

/** Every section of the reference. */
export const knownSections: readonly SectionDecl[] = [
  ...Object.values(named),
  ...handlerSections,
  scraper,
  ...discoverers,
]
