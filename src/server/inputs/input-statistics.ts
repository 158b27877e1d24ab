// What came in by datagrams, as statistics of the server.
import type { Subscriptions } from '../influxdb/subscriptions.ts'
import type { Statistic } from '../own-statistics/statistics.ts'
import type { UdpListener } from './udp-listener.ts'

export function* inputStatistics(inputs: readonly UdpListener[], subscriptions: Subscriptions): Iterable<Statistic> {
  const of = (l: UdpListener, tags: Readonly<Record<string, string>>): Statistic => ({
    name: 'udp',
    tags: { database: l.db, retention_policy: l.rp, port: String(l.port), ...tags },
    values: { ...l.stats },
  })
  for (const l of inputs) yield of(l, {})
  for (const { cluster, listener } of subscriptions.listeners()) yield of(listener, { cluster })
}
