// A client for requests to this very process: one connection, one request after the other, no more of HTTP than that needs.
import { connect, type Socket } from 'node:net'

/** Milliseconds without an answer after which the connection is given up. */
const PATIENCE_MS = 2_000

export class LocalClient {
  readonly #socket: Socket
  readonly #gone: Promise<never>
  #answered: ((head: string) => void) | undefined

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true })
    this.#socket.setTimeout(PATIENCE_MS, () => this.#socket.destroy(new Error('no answer')))
    this.#socket.on('data', (bytes) => this.#answered?.(bytes.toString('latin1')))
    this.#gone = new Promise((_resolve, reject) => {
      this.#socket.once('error', reject).once('close', () => reject(new Error('the connection is closed')))
    })
    // Whoever waits for an answer hears of it.
    this.#gone.catch(() => {})
  }

  /** Sends a request; resolves with the status of its answer, which has to come in one piece. Rejects when there is none. */
  send(method: string, path: string, body = ''): Promise<number> {
    const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\nContent-Length: ${body.length}`
    const answer = new Promise<number>((resolve) => {
      this.#answered = (text) => resolve(Number(text.slice(9, 12)))
    })
    this.#socket.write(`${head}\r\n\r\n${body}`, 'latin1')
    return Promise.race([answer, this.#gone])
  }

  close(): void {
    this.#socket.destroy()
  }
}
