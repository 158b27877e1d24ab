// No POST of `|httpPost()` is lost once its write has been answered with 204: the server is killed while the receiver
// keeps its answers back, again and again, and started again over the same data.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { serverConfig } from './server-config.ts'
import { SpawnedServer } from './spawned-server.ts'

const KILLS = 3
/** Points of a write. */
const POINTS = 40
const NODES = {
  plain: "httpPost('URL/plain')",
  endpoint: "httpPost().endpoint('e')",
  code: "httpPost('URL/code').codeField('c')|log()",
  captured: "httpPost('URL/captured').captureResponse()|log()",
}
const PATHS = Object.keys(NODES)

const folder = mkdtempSync(join(tmpdir(), 'http-post-'))
const config = join(folder, 'supercap.conf')
const server = new SpawnedServer(config)

/** The values that arrived, by path, and the answers that are kept back. */
const arrived = new Map(PATHS.map((path) => [path, [] as number[]]))
const kept = new Set<ServerResponse>()
let answers = false
let noticed = (): void => {}
const sink = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (t: string) => {
    body += t
  })
  request.on('end', () => {
    const { series } = JSON.parse(body) as { readonly series: readonly { readonly values: readonly number[][] }[] }
    arrived.get(request.url!.slice(1))!.push(series[0]!.values[0]![1]!)
    if (answers) response.end()
    else kept.add(response)
    noticed()
  })
})

async function post(path: string, body: string, status: number): Promise<void> {
  const response = await fetch(`${server.base}/kapacitor/v1${path}`, { method: 'POST', body })
  assert.equal(response.status, status, await response.text())
}

/** Waits until the condition holds; it is looked at whenever something arrives. */
function until(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    noticed = () => {
      if (!holds()) return
      noticed = () => {}
      resolve()
    }
    noticed()
  })
}

before(async () => {
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`
  writeFileSync(
    config,
    serverConfig(folder, {
      http: 'log-enabled = false',
      more: `[[httppost]]\nendpoint = "e"\nurl = "${url}/endpoint"\n`,
    }),
  )
  await server.boot()
  for (const [id, node] of Object.entries(NODES)) {
    const script = `stream|from().measurement('m')|${node.replace('URL', url)}`
    const dbrps = [{ db: 'd', rp: 'r' }]
    await post('/tasks', JSON.stringify({ id, type: 'stream', status: 'enabled', dbrps, script }), 200)
  }
})
after(async () => {
  await server.kill('SIGKILL')
  sink.closeAllConnections()
  sink.close()
  rmSync(folder, { recursive: true, force: true })
})

test('no POST is lost after a 204, whatever is killed in between', async () => {
  let next = 0
  for (let round = 0; round < KILLS; round++) {
    const lines = Array.from({ length: POINTS }, (_, i) => `m v=${next + i}i ${next + i}`)
    // In half of the rounds some posts are answered before the end comes.
    answers = round % 2 === 1
    await post('/write?db=d&rp=r&precision=s', lines.join('\n'), 204)
    next += POINTS
    await until(() => PATHS.every((path) => arrived.get(path)!.length > round))
    await server.kill('SIGKILL')
    for (const response of kept) response.destroy()
    kept.clear()
    answers = false
    await server.boot()
  }
  answers = true
  for (const response of kept) response.end()
  const missing = (path: string): number[] => {
    const here = new Set(arrived.get(path))
    return Array.from({ length: next }, (_, i) => i).filter((v) => !here.has(v))
  }
  await until(() => PATHS.every((path) => missing(path).length === 0))
  // What waited before the kills goes out before what was written after them.
  await post('/write?db=d&rp=r&precision=s', `m v=${next}i ${next}`, 204)
  next++
  await until(() => PATHS.every((path) => missing(path).length === 0))
  for (const path of PATHS) assert.equal(arrived.get(path)!.at(-1), next - 1, path)
})
