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
    this.logger = this.#make({}, undefined)
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

  close(): Promise<void> {
    this.#listeners.clear()
    return this.#target.close()
  }

  #enabled(level: LogLevel): boolean {
    return reaches(level, this.level) || this.#listeners.size > 0
  }

  #make(own: LogFields, limit: { key: string; perMs: number } | undefined): Logger {
    const write = (level: LogLevel, msg: string, fields: LogFields | undefined): void => {
      if (!this.#enabled(level)) return
      const at = this.#now()
      let all = fields ? { ...own, ...fields } : own
      if (limit) {
        const suppressed = this.#limit.take(limit.key, limit.perMs, at)
        if (suppressed === undefined) return
        if (suppressed > 0) all = { ...all, suppressed }
      }
      this.#write({ at, level, msg: this.#redactor.text(msg), fields: this.#redactor.fields(all) })
    }
    return {
      debug: (msg, fields) => write('debug', msg, fields),
      info: (msg, fields) => write('info', msg, fields),
      warn: (msg, fields) => write('warn', msg, fields),
      error: (msg, fields) => write('error', msg, fields),
      enabled: (level) => this.#enabled(level),
      with: (fields) => this.#make({ ...own, ...fields }, limit),
      limited: (key, perMs) => this.#make(own, { key, perMs }),
    }
  }

  #write(record: LogRecord): void {
    if (reaches(record.level, this.level)) this.#target.write(`${formatLine(record, this.#format)}\n`)
    for (const listener of this.#listeners) {
      try {
        listener(record)
      } catch {
        this.#listeners.delete(listener)
      }
    }
  }
}
