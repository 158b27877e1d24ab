// Who this server is: ids that are made once and stay with its data.
import { randomUUID } from 'node:crypto'
import type { ServerInfo } from '../flow/world.ts'
import type { Store } from '../store/store.ts'

export function readIdentity(store: Store, hostname: string): ServerInfo {
  const ids = store.collection<string>('server')
  const idOf = (name: string): string => {
    const known = ids.get([name])
    if (known !== undefined) return known
    const id = randomUUID()
    store.transact((w) => w.put(ids, [name], id))
    return id
  }
  return { hostname, clusterId: idOf('cluster-id'), serverId: idOf('server-id') }
}
