// What influxDBOut has taken survives kill -9 of the server, and a database that is away comes back to all of it.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { eventually, Supercapd } from './influxd.ts'

describe('lines for InfluxDB', { timeout: 60_000 }, () => {
  const lines: string[] = []
  let away = false
  const influx = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      if (request.url?.startsWith('/write')) {
        if (away) {
          response.writeHead(503).end('{"error":"away"}')
          return
        }
        lines.push(...gunzipSync(Buffer.concat(parts)).toString('utf8').split('\n'))
      }
      response.writeHead(204, { 'x-influxdb-version': '1.8.10' }).end()
    })
  })
  let server: Supercapd

  before(async () => {
    await new Promise<void>((resolve) => influx.listen(0, '127.0.0.1', resolve))
    const { port } = influx.address() as AddressInfo
    server = await Supercapd.start(`http://127.0.0.1:${port}`, 'disable-subscriptions = true')
  })
  after(async () => {
    await server?.stop()
    influx.closeAllConnections()
    influx.close()
  })

  it('that wait for their interval are written after a crash', async () => {
    await server.task('t', 'stream', 'd', `stream|from()|influxDBOut().database('out').flushInterval(1h)`)
    await server.write('d', 'm v=1 1\nm v=2 2')
    await server.write('d', 'm v=3 3')
    assert.deepEqual(lines, [])
    await server.crash()
    await eventually(
      async () => lines,
      (l) => l.length >= 3,
    )
    assert.deepEqual(lines, ['m v=1 1', 'm v=2 2', 'm v=3 3'])
  })

  it('that could not be written before a crash are written after it', async () => {
    lines.length = 0
    away = true
    await server.task('u', 'stream', 'e', `stream|from()|influxDBOut().database('out').buffer(1)`)
    await server.write('e', 'm v=4 4')
    await eventually(
      () => server.stats('u', 'influxdb_out2'),
      (s) => s['errors'] === 1,
    )
    await server.crash()
    away = false
    await eventually(
      async () => lines,
      (l) => l.length >= 1,
    )
    assert.deepEqual(lines, ['m v=4 4'])
  })
})
