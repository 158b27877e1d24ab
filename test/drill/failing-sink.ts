// A receiver of notifications whose handlers' addresses fail in turn, each in another way, and that writes down what
// arrived and how it answered.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const HANDLERS = ['h0', 'h1', 'h2', 'h3', 'h4'] as const

/** `busy`: 429 with Retry-After; `error`: 500; `garbage`: no HTTP; `silent`: no answer at all. */
const MODES = ['well', 'busy', 'error', 'garbage', 'silent'] as const
type Mode = (typeof MODES)[number]

export interface Arrival {
  readonly handler: string
  readonly id: string
  /** `N/ATTEMPT` of the event. */
  readonly event: string
  readonly key: string
  readonly taken: boolean
}

export class FailingSink {
  readonly arrivals: Arrival[] = []
  taken = 0
  readonly #server: Server
  readonly #answers = new Map<Mode, number>()
  #phase = 0
  #well = false

  private constructor() {
    this.#server = createServer((request, response) => this.#take(request, response))
  }

  static async start(): Promise<FailingSink> {
    const sink = new FailingSink()
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', resolve))
    return sink
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Every handler fails in the next way. */
  next(): void {
    this.#phase++
  }

  /** From now on everything is taken. */
  well(): void {
    this.#well = true
  }

  summary(): string {
    return MODES.map((m) => `${this.#answers.get(m) ?? 0} ${m}`).join(', ')
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #modeOf(handler: string): Mode {
    const at = HANDLERS.indexOf(handler as (typeof HANDLERS)[number])
    return this.#well ? 'well' : MODES[(this.#phase + at) % MODES.length]!
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = []
    request.on('data', (c: Buffer) => chunks.push(c))
    request.on('error', () => {})
    request.on('end', () => {
      const handler = (request.url ?? '').slice(1)
      const alert = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { id: string; message: string }
      const mode = this.#modeOf(handler)
      const key = String(request.headers['idempotency-key'] ?? '')
      this.arrivals.push({ handler, id: alert.id, event: alert.message, key, taken: mode === 'well' })
      this.#answers.set(mode, (this.#answers.get(mode) ?? 0) + 1)
      if (mode === 'well') this.taken++
      answer(mode, response)
    })
  }
}

function answer(mode: Mode, response: ServerResponse): void {
  switch (mode) {
    case 'well':
      response.end('{}')
      return
    case 'busy':
      response.writeHead(429, { 'retry-after': '1' }).end()
      return
    case 'error':
      response.writeHead(500).end('it broke')
      return
    case 'garbage':
      response.socket?.end('this is no HTTP\n')
      return
    case 'silent':
  }
}
