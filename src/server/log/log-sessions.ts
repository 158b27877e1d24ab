// Those who follow the log while it is written. Each gets the lines of its filter from the moment it came, whatever the
// level of the log is. Bounded: so many sessions, and so much that waits for a slow reader, who is told what it missed.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { Fault } from '../../base/fault.ts'
import { type LogFilter, logFilter } from './log-filter.ts'
import { formatLine, type LogFormat } from './log-format.ts'
import type { LogRecord } from './log-record.ts'
import type { Logging } from './logging.ts'

const MAX_SESSIONS = 32
/** Bytes of lines that wait for one reader. */
const MAX_WAITING = 1024 * 1024

export interface LogSessionsOptions {
  readonly maxSessions?: number
  readonly maxWaiting?: number
}

export class LogSessions {
  readonly #logging: Logging
  readonly #maxSessions: number
  readonly #maxWaiting: number
  readonly #open = new Set<LogSession>()
  #closed = false

  constructor(logging: Logging, { maxSessions = MAX_SESSIONS, maxWaiting = MAX_WAITING }: LogSessionsOptions = {}) {
    this.#logging = logging
    this.#maxSessions = maxSessions
    this.#maxWaiting = maxWaiting
  }

  get size(): number {
    return this.#open.size
  }

  /**
   * The lines from now on, as text; destroying the stream ends the session. Throws a Fault: 400 for a filter that is
   * none, 503 when there are too many sessions or the server stops.
   */
  open(pairs: ReadonlyMap<string, string>, format: LogFormat): Readable {
    const filter = logFilter(pairs)
    if (this.#closed) throw new Fault('closed', 'the server is shutting down', { status: 503, retry: true })
    if (this.#open.size >= this.#maxSessions) {
      const why = `${this.#maxSessions} sessions follow the log already: end one of them`
      throw new Fault('too-many-log-sessions', why, { status: 503, retry: true })
    }
    const session = new LogSession(filter, format, this.#maxWaiting)
    const leave = this.#logging.subscribe((record) => session.offer(record), filter.from)
    this.#open.add(session)
    session.once('close', () => {
      leave()
      this.#open.delete(session)
    })
    const tags = pairs.size === 0 ? undefined : Object.fromEntries(pairs)
    this.#logging.logger
      .with({ service: 'sessions' })
      .info('created log session', { id: randomUUID(), 'content-type': `application/${format}`, tags })
    return session
  }

  /** Ends all sessions, after what already waits for their readers. */
  close(): void {
    this.#closed = true
    for (const session of this.#open) session.finish()
  }
}

class LogSession extends Readable {
  readonly #filter: LogFilter
  readonly #format: LogFormat
  readonly #maxWaiting: number
  #leftOut = 0
  #lastTs = ''
  #finished = false

  constructor(filter: LogFilter, format: LogFormat, maxWaiting: number) {
    super()
    this.#filter = filter
    this.#format = format
    this.#maxWaiting = maxWaiting
  }

  offer(record: LogRecord): void {
    if (this.#finished || !this.#filter.matches(record)) return
    this.#lastTs = record.ts
    if (this.readableLength > this.#maxWaiting) this.#leftOut++
    else {
      this.#tellLeftOut()
      this.push(formatLine(record, this.#format))
    }
  }

  override _read(): void {
    this.#tellLeftOut()
  }

  finish(): void {
    if (this.#finished) return
    this.#tellLeftOut()
    this.#finished = true
    this.push(null)
  }

  /** Where lines are missing, a line says how many. */
  #tellLeftOut(): void {
    if (this.#leftOut === 0 || this.#finished) return
    const msg = `${this.#leftOut} lines left out`
    const fields = { service: 'sessions', lines: this.#leftOut }
    const ts = this.#lastTs
    const json = `${JSON.stringify({ lvl: 'warn', ts, ...fields, msg })}\n`
    this.#leftOut = 0
    this.push(formatLine({ ts, level: 'warn', msg, fields, json }, this.#format))
  }
}
