// The logger that the rooms are given. Only its shape stands here: where lines go, in which format and
// from which level on is the server's affair, and a test hands in one that remembers.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/**
 * The keys of one line. Values are printed as text: strings and numbers as they are, an Error by its message,
 * anything else as JSON. A key whose value is undefined is left out.
 */
export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  debug(msg: string, fields?: LogFields): void
  info(msg: string, fields?: LogFields): void
  warn(msg: string, fields?: LogFields): void
  error(msg: string, fields?: LogFields): void
  /** Whether a line of this level would go anywhere: ask before building something costly to log. */
  enabled(level: LogLevel): boolean
  /** A logger whose every line carries these fields too, e.g. `{ service: 'http' }` or `{ task, node }`. */
  with(fields: LogFields): Logger
  /**
   * A logger that writes at most one line per `key` in `perMs` milliseconds, whatever loggers ask for it. The lines
   * held back are counted and the next one written carries the count as `suppressed`. Cheap enough for every point.
   */
  limited(key: string, perMs: number): Logger
}
