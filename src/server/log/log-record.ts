// One line of the log before it has a format: what the outputs and the subscribers are given.
import type { LogFields, LogLevel } from '../../base/logger.ts'

export interface LogRecord {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly level: LogLevel
  readonly msg: string
  /** The logger's own fields, then those of the line; a later one with the same key wins but keeps the first's place. */
  readonly fields: LogFields
}

/** The level from which on lines are written. */
export type LogThreshold = LogLevel | 'off'

const RANKS: Readonly<Record<LogThreshold, number>> = { debug: 0, info: 1, warn: 2, error: 3, off: 4 }

export function reaches(level: LogLevel, threshold: LogThreshold): boolean {
  return RANKS[level] >= RANKS[threshold]
}

/** A level's name in any letter case; undefined when it is none. */
export function parseLevel(text: string): LogThreshold | undefined {
  const name = text.toLowerCase()
  return Object.hasOwn(RANKS, name) ? (name as LogThreshold) : undefined
}
