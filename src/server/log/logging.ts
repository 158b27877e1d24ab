// The server's log: one place that knows the level, the format, the target, the secrets, and who listens. pino makes the
// lines; they go to a target of ours, since pino's own waits for ever on a full disk. Knows nothing of what is logged.
import { type Logger as Pino, pino, symbols } from 'pino'
import type { LogFields, Logger, LogLevel } from '../../base/logger.ts'
import { plainFields } from './field-values.ts'
import { formatLine, type LogFormat, logTimes } from './log-format.ts'
import { type LogRecord, type LogThreshold, reaches, readRecord } from './log-record.ts'
import type { LogTarget } from './log-target.ts'
import { RateLimit } from './rate-limit.ts'
import { Redactor } from './redact.ts'

export interface LoggingOptions {
  readonly target: LogTarget
  readonly level: LogThreshold
  readonly format: LogFormat
  /** How often a line of level warn or error may be repeated; without bound when not given. */
  readonly repeats?: RepeatLimit
  /** Milliseconds since 1970; the system's clock when not given. */
  readonly now?: () => number
}

/** Lines that differ in nothing but their time: at most so many in an interval. */
export interface RepeatLimit {
  /** 0 = no limit. */
  readonly most: number
  readonly perMs: number
}

/** Lines since the start. */
export type LogCounts = Readonly<Record<LogLevel | 'suppressed', number>>

/** What pino writes to; it leaves here what the line was made of. */
interface Destination {
  readonly [symbols.needsMetadataGsym]: true
  write(json: string): void
  lastTime?: string
  lastLevel?: number
  lastMsg?: string
  lastObj?: LogFields
  lastLogger?: object
}

export class Logging {
  readonly #target: LogTarget
  readonly #format: LogFormat
  readonly #redactor = new Redactor()
  /** Each with the least level that it wants. */
  readonly #listeners = new Map<(record: LogRecord) => void, LogLevel>()
  readonly #pino: Pino
  readonly #shared: Shared
  readonly #repeats: RepeatLimit | undefined
  readonly #repeated = new RateLimit()
  readonly #counts = { debug: 0, info: 0, warn: 0, error: 0 }
  #level: LogThreshold
  /** The logger without fields, from which all others come. */
  readonly logger: Logger

  constructor(options: LoggingOptions) {
    const now = options.now ?? Date.now
    const time = logTimes()
    const destination: Destination = {
      [symbols.needsMetadataGsym]: true,
      write: (json) => this.#take(json, destination),
    }
    this.#target = options.target
    this.#format = options.format
    this.#level = options.level
    this.#pino = pino(
      { base: null, timestamp: () => `,"ts":"${time(now())}"`, formatters: { level: (lvl) => ({ lvl }) } },
      destination,
    )
    this.#passOn()
    this.#repeats = options.repeats && options.repeats.most > 0 ? options.repeats : undefined
    this.#shared = { now, limit: new RateLimit(), own: new WeakMap(), suppressed: 0, limited: false }
    this.logger = new BoundLogger(this.#pino, this.#shared)
  }

  /** The level of what is written; may change at any time, for all loggers. */
  get level(): LogThreshold {
    return this.#level
  }

  set level(level: LogThreshold) {
    this.#level = level
    this.#passOn()
  }

  /** Takes these values out of every line from now on, wherever they turn up. */
  hide(...secrets: string[]): void {
    this.#redactor.hide(...secrets)
  }

  /** A text without these values, and without the passwords of URLs. */
  redact(text: string): string {
    return this.#redactor.text(text)
  }

  /**
   * Calls `listener` with every line of `from` and above, whatever the level of the log is, secrets taken out. Lines below
   * may come too. Returns a function that ends it. A listener that throws is not called again.
   */
  subscribe(listener: (record: LogRecord) => void, from: LogLevel = 'debug'): () => void {
    this.#listeners.set(listener, from)
    this.#passOn()
    return () => {
      this.#listeners.delete(listener)
      this.#passOn()
    }
  }

  /** Lines that were written, by level, and those that were held back because they repeated others. */
  counts(): LogCounts {
    return { ...this.#counts, suppressed: this.#shared.suppressed }
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
    this.#passOn()
    this.#target.close()
  }

  /** pino's level: the least of what is written and what somebody listens for. Its loggers look it up at each line. */
  #passOn(): void {
    let least: LogThreshold = this.#level
    for (const from of this.#listeners.values()) if (least === 'off' || reaches(least, from)) least = from
    this.#pino.level = least === 'off' ? 'silent' : least
  }

  #take(line: string, d: Destination): void {
    const level = pino.levels.labels[d.lastLevel!] as LogLevel
    const suppressed = this.#repeatsBefore(level, line, d.lastTime!)
    if (suppressed === undefined) return
    const json = suppressed > 0 ? `${line.slice(0, -2)},"suppressed":${suppressed}}\n` : line
    const shown = this.#redactor.line(json)
    const fields: LogFields = {
      ...this.#shared.own.get(d.lastLogger!),
      ...d.lastObj,
      ...(suppressed > 0 && { suppressed }),
    }
    // What was logged has exact integers and needs no reading; a line with a secret in it is rare.
    const record =
      shown === json ? { ts: d.lastTime!.slice(1, -1), level, msg: d.lastMsg ?? '', fields, json } : readRecord(shown)
    if (reaches(level, this.#level)) {
      this.#counts[level]++
      this.#target.write(formatLine(record, this.#format))
    }
    for (const listener of this.#listeners.keys()) {
      try {
        listener(record)
      } catch {
        this.#listeners.delete(listener)
        this.#passOn()
      }
    }
  }

  /** How often a line was held back before this time; undefined when it is again. */
  #repeatsBefore(level: LogLevel, json: string, time: string): number | undefined {
    const limit = this.#repeats
    if (!limit || this.#shared.limited || !reaches(level, 'warn')) return 0
    const suppressed = this.#repeated.take(json.replace(time, ''), limit.perMs, this.#shared.now(), limit.most)
    if (suppressed === undefined) this.#shared.suppressed++
    return suppressed
  }
}

/** What the loggers of one log share. */
interface Shared {
  readonly now: () => number
  readonly limit: RateLimit
  /** The fields of pino's loggers, which keep them as text only. */
  readonly own: WeakMap<object, LogFields>
  /** Lines that were held back. */
  suppressed: number
  /** The line that is being written comes from a logger with a limit of its own. */
  limited: boolean
}

interface Repeat {
  readonly key: string
  readonly perMs: number
}

class BoundLogger implements Logger {
  readonly #pino: Pino
  readonly #shared: Shared
  readonly #repeat: Repeat | undefined

  constructor(to: Pino, shared: Shared, repeat?: Repeat) {
    this.#pino = to
    this.#shared = shared
    this.#repeat = repeat
  }

  debug(msg: string, fields?: LogFields): void {
    if (this.enabled('debug')) this.#write('debug', msg, fields)
  }

  info(msg: string, fields?: LogFields): void {
    if (this.enabled('info')) this.#write('info', msg, fields)
  }

  warn(msg: string, fields?: LogFields): void {
    if (this.enabled('warn')) this.#write('warn', msg, fields)
  }

  error(msg: string, fields?: LogFields): void {
    if (this.enabled('error')) this.#write('error', msg, fields)
  }

  enabled(level: LogLevel): boolean {
    return pino.levels.values[level]! >= this.#pino.levelVal
  }

  with(fields: LogFields): Logger {
    const { own } = this.#shared
    const plain = plainFields(fields)
    const child = this.#pino.child(plain)
    own.set(child, { ...own.get(this.#pino), ...plain })
    return new BoundLogger(child, this.#shared, this.#repeat)
  }

  limited(key: string, perMs: number): Logger {
    return new BoundLogger(this.#pino, this.#shared, { key, perMs })
  }

  #write(level: LogLevel, msg: string, fields: LogFields = {}): void {
    const { limit, now } = this.#shared
    const suppressed = this.#repeat ? limit.take(this.#repeat.key, this.#repeat.perMs, now()) : 0
    if (suppressed === undefined) {
      this.#shared.suppressed++
      return
    }
    const plain = plainFields(fields)
    this.#shared.limited = this.#repeat !== undefined
    this.#pino[level](suppressed > 0 ? { ...plain, suppressed } : plain, msg)
  }
}
