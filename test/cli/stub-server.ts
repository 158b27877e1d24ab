// An HTTP server with prepared answers, for what the real one gives only after a while, or never.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StubAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly text?: string
  /** Breaks the connection after the text. */
  readonly broken?: boolean
}

export interface StubRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Stub {
  readonly url: string
  readonly requests: StubRequest[]
  stop(): Promise<void>
}

/** Answers by `METHOD /path`; of several the next one each time, the last one for ever. Anything else is 404. */
export async function startStub(answers: Readonly<Record<string, StubAnswer | readonly StubAnswer[]>>): Promise<Stub> {
  const requests: StubRequest[] = []
  const given = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk as Uint8Array)
    const url = new URL(request.url ?? '/', 'http://stub')
    const key = `${request.method} ${decodeURIComponent(url.pathname)}`
    const { headers } = request
    const body = Buffer.concat(chunks).toString('utf8')
    requests.push({ method: request.method ?? '', path: url.pathname, query: url.search, headers, body })
    const found = answers[key]
    const n = given.get(key) ?? 0
    given.set(key, n + 1)
    const answer: StubAnswer | undefined = Array.isArray(found) ? (found[n] ?? found.at(-1)) : (found as StubAnswer)
    const {
      status = 200,
      json,
      text = json === undefined ? '' : JSON.stringify(json),
    } = answer ?? {
      status: 404,
      json: { error: 'Not Found' },
    }
    response.writeHead(status, answer?.headers ?? {})
    response.write(text)
    if (answer?.broken) setImmediate(() => response.destroy())
    else response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
