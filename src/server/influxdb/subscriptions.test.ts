// Subscriptions that carry tokens, at an InfluxDB that keeps them, or that refuses to.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { openMemoryStore } from '../../store/memory-store.ts'
import { silentLogger } from '../api/test-app.ts'
import { SubscriptionTokens } from '../auth/subscription-tokens.ts'
import { UserStore } from '../auth/user-store.ts'
import { initialValues } from '../config/field.ts'
import { influxdb } from '../config/sections/influxdb.ts'
import { systemClock } from '../system-clock.ts'
import type { InfluxConfig } from './influx-client.ts'
import { InfluxClusters } from './influx-clusters.ts'
import { Subscriptions } from './subscriptions.ts'

/** Destinations by `db.rp`, as InfluxDB has them. */
const standing = new Map<string, string>()
let databases = ['a', 'b']
let refuses = false
const series = (name: string, columns: readonly string[], ...values: readonly (readonly unknown[])[]): object => ({
  name,
  columns,
  values,
})
const answers = (...all: readonly object[]): string => JSON.stringify({ results: [{ statement_id: 0, series: all }] })
const influx = createServer((request, response) => {
  const text = new URL(request.url ?? '', 'http://x').searchParams.get('q') ?? ''
  const create = /^CREATE SUBSCRIPTION "[^"]+" ON "(\w+)"."rp" DESTINATIONS ANY '([^']+)'$/.exec(text)
  const drop = /^DROP SUBSCRIPTION "[^"]+" ON "(\w+)"."rp"$/.exec(text)
  if (create && refuses) {
    response.end(JSON.stringify({ results: [{ statement_id: 0, error: `no: ${text}` }] }))
    return
  }
  if (create) standing.set(create[1]!, create[2]!)
  if (drop) standing.delete(drop[1]!)
  if (text === 'SHOW DATABASES') response.end(answers(series('databases', ['name'], ...databases.map((d) => [d]))))
  else if (text.startsWith('SHOW RETENTION')) response.end(answers(series('', ['name'], ['rp'])))
  else if (text === 'SHOW SUBSCRIPTIONS') {
    const columns = ['retention_policy', 'name', 'mode', 'destinations']
    response.end(answers(...[...standing].map(([db, to]) => series(db, columns, ['rp', 'kapacitor-c', 'ANY', [to]]))))
  } else response.end(answers())
})
let url = ''

before(async () => {
  await new Promise<void>((resolve) => influx.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(influx.address() as AddressInfo).port}`
})
after(() => {
  influx.close()
  influx.closeAllConnections()
})

const config = (name: string): InfluxConfig => ({
  ...(initialValues(influxdb.fields) as InfluxConfig),
  name,
  urls: [url],
})

test('tokens stand for their database, are kept over restarts, and are no more when nothing carries them', async () => {
  const users = new UserStore(openMemoryStore(), { keepMs: 1000 })
  const tokens = new SubscriptionTokens(users)
  const options = { userAgent: 'test', sharedSecret: '', logger: silentLogger, dataDir: '/none' }
  const clusters = new InfluxClusters([config('in')], options)
  const open = (given?: SubscriptionTokens): Subscriptions =>
    new Subscriptions({
      clusters,
      server: { hostname: 'here', clusterId: 'c', serverId: 's' } as never,
      intake: { write: () => undefined },
      clock: systemClock,
      logger: silentLogger,
      tokens: given,
    })
  const names = (): readonly string[] => users.all().map((u) => u.name)
  const tokenOf = (db: string): string => new URL(standing.get(db)!).password

  // What was subscribed to before anybody had to sign in.
  const before = open()
  await before.link()
  assert.deepEqual(Object.fromEntries(standing), { a: 'http://here:0', b: 'http://here:0' })

  const first = open(tokens)
  refuses = true
  for (let n = 0; n < 3; n++) {
    await assert.rejects(first.link(), (e: Error) => {
      assert.match(e.message, /linking cluster in: .*~subscriber:\[REDACTED\]@here/)
      return true
    })
  }
  assert.equal(names().length, 2)
  refuses = false
  await first.link()
  for (const db of ['a', 'b']) {
    assert.match(standing.get(db)!, /^http:\/\/~subscriber:[\w-]{90,}@here:0$/)
    assert.ok(tokens.isFor(tokenOf(db), 'in', db))
  }
  assert.ok(!tokens.isFor(tokenOf('a'), 'in', 'b'))
  assert.ok(!tokens.isFor(tokenOf('a'), 'other', 'a'))
  assert.equal(names().length, 2)

  const stood = [...standing]
  const second = open(tokens)
  await second.link()
  assert.deepEqual([...standing], stood)

  // A token that is known no more is replaced, and so is one that another database has.
  const [a, b] = [tokenOf('a'), tokenOf('b')]
  standing.set('a', standing.get('b')!)
  await open(tokens).link()
  assert.notEqual(tokenOf('a'), b)
  assert.equal(tokenOf('b'), b)
  assert.ok(!tokens.isFor(a, 'in', 'a'))
  users.remove(...names())
  await open(tokens).link()
  assert.ok(tokens.isFor(tokenOf('b'), 'in', 'b'))
  assert.equal(names().length, 2)

  databases = ['b']
  await second.link()
  assert.deepEqual([...standing.keys()], ['b'])
  assert.equal(names().length, 1)

  clusters.update([config('renamed')])
  second.update()
  assert.deepEqual(names(), [])
  await clusters.close()
})
