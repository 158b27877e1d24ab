// Sends bytes to a server as they are, well-formed or not, and gives what comes back.
import net from 'node:net'

export interface RawReply {
  /** 0 when the server closed the connection without an answer. */
  readonly status: number
  readonly text: string
}

/** Nothing may take so long: a server that does not answer hangs. */
const GIVE_UP_MS = 20_000

/** Writes the bytes and ends; resolves when the server closes. Rejects when it does not. */
export function sendRaw(port: number, bytes: Uint8Array): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    const done = (): void => {
      const text = Buffer.concat(chunks).toString('latin1')
      const status = /^HTTP\/1\.[01] (\d{3}) /.exec(text)
      resolve({ status: status ? Number(status[1]) : 0, text })
    }
    socket.setTimeout(GIVE_UP_MS, () => {
      socket.destroy()
      reject(new Error(`no answer to ${JSON.stringify(Buffer.from(bytes).toString('latin1').slice(0, 500))}`))
    })
    socket.on('data', (d) => chunks.push(d))
    // A server that has refused a request may reset the connection while the rest is still being sent.
    socket.on('error', done)
    socket.on('close', done)
    socket.end(bytes)
  })
}

export interface RequestParts {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array
}

/** The bytes of a request; nothing in it is checked. The connection is to be closed after it. */
export function requestBytes(r: RequestParts): Buffer {
  const named = new Set(r.headers.map(([name]) => name.toLowerCase()))
  const lines = r.headers.map(([name, value]) => `${name}: ${value}`)
  if (!named.has('host')) lines.push('Host: localhost')
  if (!named.has('connection')) lines.push('Connection: close')
  if (!named.has('content-length') && !named.has('transfer-encoding')) lines.push(`Content-Length: ${r.body.length}`)
  const head = `${r.method} ${r.target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), r.body])
}
