// The server's log: one place that knows the level, the format, the target, the secrets, and who listens. Everything
// else is given a Logger. Knows nothing of what is logged.
import type { LogFields, Logger, LogLevel } from '../../base/logger.ts'
import { formatLine, type LogFormat } from './log-format.ts'
import { type LogRecord, type LogThreshold, reaches } from './log-record.ts'
import type { LogTarget } from './log-target.ts'
import { RateLimit } from './rate-limit.ts'
import { Redactor } from './redact.ts'

export interface LoggingOptions {
  readonly target: LogTarget
  readonly level: LogThreshold
  readonly format: LogFormat
  /** Milliseconds since 1970; the system's clock when not given. */
  readonly now?: () => number
}

export class Logging {
  readonly #target: LogTarget
  readonly #format: LogFormat
  readonly #now: () => number
  readonly #limit = new RateLimit()
  readonly #redactor = new Redactor()
  readonly #listeners = new Set<(record: LogRecord) => void>()
  /** Read at every line, so that it may change at run time. */
  level: LogThreshold
  /** The logger without fields, from which all others come. */
  readonly logger: Logger

  constructor(options: LoggingOptions) {
    this.#target = options.target
    this.#format = options.format
    this.#now = options.now ?? Date.now
    this.level = options.level
    this.logger = new BoundLogger(this, {})
  }

  /** Takes these values out of every line from now on, wherever they turn up. */
  hide(...secrets: string[]): void {
    this.#redactor.hide(...secrets)
  }

  /**
   * Calls `listener` with every line of every level, whatever the level of the log is, secrets taken out. Returns a
   * function that ends it. A listener that throws is not called again.
   */
  subscribe(listener: (record: LogRecord) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Opens the log file anew, for when it was moved away. */
  reopen(): void {
    this.#target.reopen()
  }

  /** Writes out what is buffered before it returns: for the last words of the process. */
  flush(): void {
    this.#target.flush()
  }

  close(): void {
    this.#listeners.clear()
    this.#target.close()
  }

  /** Whether a line of this level would go anywhere. */
  enabled(level: LogLevel): boolean {
    return reaches(level, this.level) || this.#listeners.size > 0
  }

  /** The way in for the loggers; everybody else has a Logger. */
  write(level: LogLevel, msg: string, own: LogFields, fields: LogFields | undefined, repeat: Repeat | undefined): void {
    if (!this.enabled(level)) return
    const at = this.#now()
    const suppressed = repeat ? this.#limit.take(repeat.key, repeat.perMs, at) : 0
    if (suppressed === undefined) return
    const all = { ...own, ...fields, ...(suppressed > 0 ? { suppressed } : {}) }
    const record: LogRecord = { at, level, msg: this.#redactor.text(msg), fields: this.#redactor.fields(all) }
    if (reaches(level, this.level)) this.#target.write(`${formatLine(record, this.#format)}\n`)
    for (const listener of this.#listeners) {
      try {
        listener(record)
      } catch {
        this.#listeners.delete(listener)
      }
    }
  }
}

interface Repeat {
  readonly key: string
  readonly perMs: number
}

class BoundLogger implements Logger {
  readonly #logging: Logging
  readonly #own: LogFields
  readonly #repeat: Repeat | undefined

  constructor(logging: Logging, own: LogFields, repeat?: Repeat) {
    this.#logging = logging
    this.#own = own
    this.#repeat = repeat
  }

  debug(msg: string, fields?: LogFields): void {
    this.#logging.write('debug', msg, this.#own, fields, this.#repeat)
  }

  info(msg: string, fields?: LogFields): void {
    this.#logging.write('info', msg, this.#own, fields, this.#repeat)
  }

  warn(msg: string, fields?: LogFields): void {
    this.#logging.write('warn', msg, this.#own, fields, this.#repeat)
  }

  error(msg: string, fields?: LogFields): void {
    this.#logging.write('error', msg, this.#own, fields, this.#repeat)
  }

  enabled(level: LogLevel): boolean {
    return this.#logging.enabled(level)
  }

  with(fields: LogFields): Logger {
    return new BoundLogger(this.#logging, { ...this.#own, ...fields }, this.#repeat)
  }

  limited(key: string, perMs: number): Logger {
    return new BoundLogger(this.#logging, this.#own, { key, perMs })
  }
}
