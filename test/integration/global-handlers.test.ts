// A whole server whose configuration adds handlers to every alert, and mail from a script to a real receiver.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { type CliServer, startCliServer } from '../cli/cli-session.ts'

describe('a server with global handlers', { timeout: 60_000 }, () => {
  /** Path and parsed body of each request, in order of arrival. */
  const requests: [string, { title?: string; entity_id?: string }][] = []
  const mails: string[] = []
  let arrived = (): void => {}
  const sink = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      requests.push([request.url!, JSON.parse(body)])
      response.end()
      arrived()
    })
  })
  const mailServer = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    hideSTARTTLS: true,
    disableReverseLookup: true,
    onData(stream, session, done) {
      let text = ''
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => (text += chunk))
      stream.on('end', () => {
        const subject = /^Subject: (.*)$/m.exec(text)?.[1]?.trim()
        mails.push(`${session.envelope.rcptTo.map((r) => r.address).join(' ')} ${subject}`)
        done()
        arrived()
      })
    },
  })
  let server: CliServer

  const listening = (s: { listen(port: number, host: string, done: () => void): unknown }) =>
    new Promise<void>((resolve) => void s.listen(0, '127.0.0.1', resolve))

  before(async () => {
    await listening(sink)
    await listening(mailServer)
    const { port } = sink.address() as AddressInfo
    const mail = (mailServer.server.address() as AddressInfo).port
    server = await startCliServer(`
[teams]
enabled = true
global = true
state-changes-only = true
channel-url = "http://127.0.0.1:${port}/teams"
[victorops]
enabled = true
global = true
url = "http://127.0.0.1:${port}/vo"
[smtp]
enabled = true
host = "127.0.0.1"
port = ${mail}
from = "kap@here.example"
`)
  })
  after(async () => {
    await server.stop()
    sink.closeAllConnections()
    sink.close()
    await new Promise<void>((resolve) => mailServer.close(() => resolve()))
  })

  const post = async (path: string, body: string): Promise<void> => {
    const reply = await fetch(`${server.url}/kapacitor/v1/${path}`, { method: 'POST', body })
    assert.ok(reply.ok, await reply.text())
  }

  it('sends every alert there, and all alerts only when their level changes', async () => {
    const script = `stream|from().measurement('m')
      |alert().warn(lambda: "v" > 1).id('{{ .Name }}').email('ops@x.example')`
    const dbrps = [{ db: 'd', rp: 'rp' }]
    await post('tasks', JSON.stringify({ id: 't', type: 'stream', status: 'enabled', dbrps, script }))
    const all = new Promise<void>((resolve) => {
      arrived = () => requests.length >= 4 && mails.length >= 2 && resolve()
    })
    await post('write?db=d&rp=rp&precision=s', 'm v=2 1\nm v=3 2\nm v=4 3\nm v=0 4\n')
    await all
    const of = (path: string) => requests.filter(([url]) => url.startsWith(path)).map(([, body]) => body)
    assert.deepEqual(
      of('/teams').map((b) => b.title),
      ['WARNING: [m]', 'OK: [m]'],
    )
    assert.deepEqual(
      of('/vo').map((b) => b.entity_id),
      ['m', 'm'],
    )
    assert.deepEqual(mails, ['ops@x.example m is WARNING', 'ops@x.example m is OK'])
  })
})
