// The log of a worker: its lines go to the main thread as messages. What is bounded in rate is bounded here, so that a
// task with a fault in every point sends no message for each.
import type { LogFields, Logger, LogLevel } from '../../base/logger.ts'
import { plainFields } from '../log/field-values.ts'
import { RateLimit } from '../log/rate-limit.ts'
import type { FromWorker } from './messages.ts'

interface Repeat {
  readonly key: string
  readonly perMs: number
}

export class MessageLogger implements Logger {
  readonly #send: (message: FromWorker) => void
  readonly #fields: LogFields
  readonly #limit: RateLimit
  readonly #repeat: Repeat | undefined

  constructor(
    send: (message: FromWorker) => void,
    fields: LogFields = {},
    limit: RateLimit = new RateLimit(),
    repeat?: Repeat,
  ) {
    this.#send = send
    this.#fields = fields
    this.#limit = limit
    this.#repeat = repeat
  }

  debug(msg: string, fields?: LogFields): void {
    this.#write('debug', msg, fields)
  }

  info(msg: string, fields?: LogFields): void {
    this.#write('info', msg, fields)
  }

  warn(msg: string, fields?: LogFields): void {
    this.#write('warn', msg, fields)
  }

  error(msg: string, fields?: LogFields): void {
    this.#write('error', msg, fields)
  }

  /** The main thread decides. */
  enabled(): boolean {
    return true
  }

  with(fields: LogFields): Logger {
    return new MessageLogger(this.#send, { ...this.#fields, ...fields }, this.#limit, this.#repeat)
  }

  limited(key: string, perMs: number): Logger {
    return new MessageLogger(this.#send, this.#fields, this.#limit, { key, perMs })
  }

  #write(level: LogLevel, msg: string, fields: LogFields = {}): void {
    const repeat = this.#repeat
    const suppressed = repeat ? this.#limit.take(repeat.key, repeat.perMs, Date.now()) : 0
    if (suppressed === undefined) return
    const all = plainFields({ ...this.#fields, ...fields, ...(suppressed > 0 && { suppressed }) })
    this.#send({ type: 'log', level, msg, fields: all, limited: repeat !== undefined })
  }
}

/** Writes a line of a worker into the server's log. */
export function logMessage(logger: Logger, m: FromWorker & { readonly type: 'log' }): void {
  const to = m.limited ? logger.limited(m.msg, 0) : logger
  to[m.level](m.msg, m.fields)
}
