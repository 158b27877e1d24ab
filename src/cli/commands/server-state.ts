// level, stats, vars, service-tests, backup: the server itself.
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { messageOf } from '../../base/fault.ts'
import type { ServiceTestResult } from '../client.ts'
import { type Column, printTable } from '../columns.ts'
import { CommandFailed, type Context, defineCommand } from '../command.ts'

export const level = defineCommand({
  name: 'level',
  summary: "Sets the level of the server's log until its next start.",
  missing: 'Must specify a level: debug, info or error.',
  args: [{ name: 'LEVEL', doc: 'debug, info or error.', completes: ['debug', 'info', 'error'] }],
  async run({ client, out, json }, [name]) {
    await client.setLogLevel(name!)
    if (json) out.json({ level: name })
  },
})

export const vars = defineCommand({
  name: 'vars',
  summary: 'Prints the statistics of the server as it gives them.',
  async run({ client, out }) {
    out.text(await client.debugVarsText())
  },
})

interface Statistic {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, number>>
}

type DebugVars = Readonly<Record<string, unknown>> & { readonly kapacitor: Readonly<Record<string, Statistic>> }

export const stats = defineCommand({
  name: 'stats',
  summary: 'Prints statistics of the server, or of the data that comes in.',
  missing: 'must provide a stats category',
  args: [{ name: 'CATEGORY', doc: 'general or ingress.', completes: ['general', 'ingress'] }],
  async run({ client, out, json }, [category]) {
    const all = JSON.parse(await client.debugVarsText()) as DebugVars
    if (category === 'general') general({ out, json }, all)
    else if (category === 'ingress') ingress({ out, json }, all)
    else if (json) out.json(null)
  },
})

const GENERAL = {
  ClusterID: 'cluster_id',
  ServerID: 'server_id',
  Host: 'host',
  Tasks: 'num_tasks',
  'Enabled Tasks': 'num_enabled_tasks',
  Subscriptions: 'num_subscriptions',
  Platform: 'platform',
  Version: 'version',
}

function general({ out, json }: Pick<Context, 'out' | 'json'>, all: DebugVars): void {
  if (json) {
    out.json(Object.fromEntries(Object.values(GENERAL).map((key) => [key, all[key]])))
    return
  }
  for (const [name, key] of Object.entries(GENERAL)) out.line(`${name}:`.padEnd(30) + String(all[key] ?? '').padEnd(30))
}

interface Ingress {
  readonly database: string
  readonly retention_policy: string
  readonly measurement: string
  readonly points_received: number
}

function ingress({ out, json }: Pick<Context, 'out' | 'json'>, all: DebugVars): void {
  const rows: Ingress[] = Object.values(all.kapacitor)
    .filter((s) => s.name === 'ingress' && s.tags['task_master'] === 'main')
    .map(({ tags, values }) => ({
      database: tags['database'] ?? '',
      retention_policy: tags['retention_policy'] ?? '',
      measurement: tags['measurement'] ?? '',
      points_received: values['points_received'] ?? 0,
    }))
  const key = (r: Ingress): string => [r.database, r.retention_policy, r.measurement].join('\0')
  rows.sort((a, b) => (key(a) < key(b) ? -1 : 1))
  if (json) out.json(rows)
  else printTable(out, INGRESS_COLUMNS, rows)
}

const INGRESS_COLUMNS: readonly Column<Ingress>[] = [
  { header: 'Database', width: 'fit', value: (r) => r.database },
  { header: 'Retention Policy', width: 'fit', value: (r) => r.retention_policy },
  { header: 'Measurement', width: 'fit', value: (r) => r.measurement },
  { header: 'Points Received', width: 15, right: true, value: (r) => String(r.points_received) },
]

type Row = ServiceTestResult & { readonly service: string }

export const serviceTests = defineCommand({
  name: 'service-tests',
  summary: 'Tests services, each with its default options.',
  missing: 'Must provide at least one service name or pattern.',
  args: [{ name: 'PATTERN', many: true, doc: 'Names of services, or shell patterns of them.', completes: 'services' }],
  async run({ client, out, json }, patterns) {
    const names = new Set<string>()
    for (const pattern of patterns) for (const { name } of await client.listServiceTests(pattern)) names.add(name)
    const rows: Row[] = []
    for (const service of names) rows.push({ service, ...(await client.testService(service)) })
    if (json) out.json(rows)
    else printTable(out, TEST_COLUMNS, rows)
  },
})

const TEST_COLUMNS: readonly Column<Row>[] = [
  { header: 'Service', width: 20, value: (r) => r.service },
  { header: 'Success', width: 10, value: (r) => String(r.success), style: (r) => (r.success ? 'green' : 'red') },
  { header: 'Message', width: 'rest', value: (r) => r.message },
]

export const backup = defineCommand({
  name: 'backup',
  summary: "Saves a consistent copy of the server's database while it goes on.",
  missing: 'Must provide a file to save to.',
  args: [{ name: 'FILE', doc: 'Where the copy goes.', completes: 'files' }],
  async run({ client, out, json }, [file]) {
    const { size, bytes } = await client.backup()
    // An older copy stays until the new one is whole. It holds secrets: the file is for nobody else.
    const part = `${file}.part`
    let written = 0
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of bytes) {
        written += chunk.length
        yield chunk
      }
    }
    try {
      await pipeline(counted, createWriteStream(part, { mode: 0o600 }))
      if (size !== undefined && size !== written) throw new Error(`${written} of ${size} bytes came`)
      await rename(part, file!)
    } catch (e) {
      await rm(part, { force: true })
      throw new CommandFailed(`the backup is not complete: ${messageOf(e)}`)
    }
    if (json) out.json({ file, bytes: written })
  },
})
