// How much memory a large query takes: a stand-in for InfluxDB on loopback answers with millions of rows, a batch task
// takes their mean, and the server's peak is read from the system.
// Run: node bench/batch-memory.ts [ROWS]   (5,000,000 rows; Linux)
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RunningServer } from './running-server.ts'

const rows = Number(process.argv[2] ?? 5_000_000)
const CHUNK_ROWS = 10_000
const LIMIT_MB = 300
const GIVE_UP_MS = 300_000

/** The rows of one part, 10 s apart, as InfluxDB writes them. */
function part(from: number): string {
  const values: string[] = []
  for (let i = from; i < Math.min(rows, from + CHUNK_ROWS); i++)
    values.push(`[${1_500_000_000 + i * 10}123456789,${(i % 1000) + 0.25}]`)
  const partial = from + CHUNK_ROWS < rows ? ',"partial":true' : ''
  const series = `{"name":"m","tags":{"host":"a"},"columns":["time","v"],"values":[${values.join(',')}]${partial}}`
  return `{"results":[{"statement_id":0,"series":[${series}]${partial}}]}\n`
}

async function answer(response: ServerResponse): Promise<void> {
  for (let from = 0; from < rows; from += CHUNK_ROWS)
    if (!response.write(part(from))) await new Promise((resolve) => response.once('drain', resolve))
  response.end()
}

let asked = 0
const influx = createServer((request, response) => {
  request.resume()
  response.setHeader('x-influxdb-version', '1.8.10')
  if (request.url?.startsWith('/ping')) {
    response.writeHead(204).end()
    return
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  // Only the first question of the task gets the rows.
  if (/SELECT/.test(request.url ?? '') && asked++ === 0) void answer(response)
  else response.end('{"results":[{"statement_id":0}]}\n')
})

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + GIVE_UP_MS; performance.now() < end; await sleep(50)) {
    const got = await ask().catch(() => undefined)
    if (got !== undefined) return got
  }
  throw new Error('it took too long')
}

await new Promise<void>((resolve) => influx.listen(0, '127.0.0.1', resolve))
const server = await RunningServer.start({
  config: `[[influxdb]]
  enabled = true
  name = "fake"
  urls = ["http://127.0.0.1:${(influx.address() as AddressInfo).port}"]
  disable-subscriptions = true
`,
})
try {
  const before = server.memory('VmRSS')
  const script = `batch|query('SELECT v FROM d.r.m').period(1m).every(1s)|mean('v')|httpOut('mean')`
  const began = performance.now()
  await server.startTask('m', script, 'batch')
  const mean = await until(async () => {
    const { series } = await server.shown<{ series: { values: number[][] }[] | null }>('m', 'mean')
    return series?.[0]?.values[0]?.[1]
  })
  const sec = (performance.now() - began) / 1000 - 1
  const peak = server.memory('VmHWM')
  console.log(`${rows} rows in ${sec.toFixed(1)} s (${Math.round(rows / sec / 1000)} thousand a second), mean ${mean}`)
  console.log(`resident: ${before.toFixed(0)} MB before, ${peak.toFixed(0)} MB at most; the limit is ${LIMIT_MB} MB`)
  if (peak > LIMIT_MB) process.exitCode = 1
} finally {
  await server.stop()
  influx.close()
  influx.closeAllConnections()
}
