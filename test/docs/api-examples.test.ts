// The calls that docs/api.md shows, run by curl as they stand against a server in process: each answers the status that
// the page gives it. InfluxDB is a stub that answers every query with nothing.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { pages } from '../../docs/generate.ts'
import { EXAMPLES, type Example, SINK } from '../../docs/generator/api-examples.ts'
import { exampleLine } from '../../docs/generator/api-page.ts'
import { SERVER } from '../../docs/generator/curl-line.ts'
import type { Route } from '../../src/server/api/route.ts'
import { routes } from '../../src/server/api/routes.ts'
import { type CliServer, startCliServer } from '../cli/cli-session.ts'

const run = promisify(execFile)
/** How often an example that takes a while is tried; each try starts a program. */
const TRIES = 300

const outside = createServer((request, response) => {
  request.resume().on('end', () => {
    const refuses = request.url === '/refuse'
    response.writeHead(refuses ? 400 : 200, { 'x-influxdb-version': '1.8.10' })
    response.end(refuses ? 'no' : '{"results":[{"statement_id":0}]}')
  })
})
let server: CliServer
let folder: string
let outsideUrl: string

before(async () => {
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve))
  // A server that does not start must not keep the test from ending.
  outside.unref()
  outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`
  // What comes first belongs to the section that is switched off.
  server = await startCliServer(`name = "off"
[[influxdb]]
name = "main"
enabled = true
default = true
urls = ["${outsideUrl}"]
[auth]
enabled = true
bcrypt-cost = 4`)
  folder = mkdtempSync(join(tmpdir(), 'examples-'))
})
after(async () => {
  await server.stop()
  outside.close()
  outside.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the line in a shell; gives the status that curl got, and what it printed. */
async function statusOf(line: string, endless = false): Promise<{ readonly status: number; readonly text: string }> {
  const asked = line
    .replace('curl ', `curl -s -w '\\n%{http_code}' ${endless ? '--max-time 1 ' : ''}`)
    .replaceAll(SERVER, server.url)
    .replaceAll(SINK, `${outsideUrl}/refuse`)
  // curl calls it a failure when its time is over.
  const { stdout } = await run('sh', ['-c', endless ? `${asked} || true` : asked], { cwd: folder })
  const end = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) }
}

const route = (e: Example): Route => routes[e.route]

const lineOf = (e: Example): string => exampleLine(e, route(e))

describe('examples of the API', () => {
  it('answer what the page says', async () => {
    const wrong: string[] = []
    for (const e of EXAMPLES) {
      const line = lineOf(e)
      let answer = await statusOf(line, e.endless)
      for (let tries = 1; e.waits && answer.status !== e.status && tries < TRIES; tries++) answer = await statusOf(line)
      if (answer.status !== e.status) wrong.push(`${line}\n${e.status} expected: ${answer.status} ${answer.text}`)
    }
    assert.equal(wrong.join('\n\n'), '')
  })

  it('are there for every route, and stand on the page as they are run', () => {
    const named = new Set<string>(EXAMPLES.filter((e) => !e.hidden).map((e) => e.route))
    const missing = Object.entries(routes).filter(([name, r]) => !(r as Route).hidden && !named.has(name))
    assert.deepEqual(
      missing.map(([name]) => name),
      [],
    )
    const page = pages()['api.md']!
    const paths = new Map<unknown, string>()
    for (const r of Object.values<Route>(routes)) if (!paths.has(r.handle)) paths.set(r.handle, r.path)
    const absent = EXAMPLES.filter((e) => !e.hidden && paths.get(route(e).handle) === route(e).path)
      .map(lineOf)
      .filter((line) => !page.includes(`${line}\n`))
    assert.deepEqual(absent, [])
  })

  it('have statuses that their routes declare', () => {
    const wrong = EXAMPLES.filter((e) => !(e.status in route(e).replies))
    assert.deepEqual(wrong, [])
  })
})
