// One line of the log before it has its format, and the levels. Knows how a line is read back from JSON; who writes it
// is not its affair.
import type { LogFields, LogLevel } from '../../base/logger.ts'

export interface LogRecord {
  /** `2006-01-02T15:04:05.000-07:00`, in the local zone. */
  readonly ts: string
  readonly level: LogLevel
  readonly msg: string
  /** The logger's own fields, then those of the line; a later one with the same key wins but keeps the first's place. */
  readonly fields: LogFields
  /** The whole line as JSON, with its end. */
  readonly json: string
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

/** Reads a line of JSON as the log makes it. */
export function readRecord(json: string): LogRecord {
  const { ts, lvl, msg, ...fields } = JSON.parse(json) as { ts: string; lvl: LogLevel; msg: string }
  return { ts, level: lvl, msg, fields, json }
}
