// Which lines somebody who follows the log wants: pairs of key and value that all must hold. Knows the names of a line's
// own parts; where the pairs come from is not its affair.
import { Fault } from '../../base/fault.ts'
import type { LogLevel } from '../../base/logger.ts'
import { fieldText } from './log-format.ts'
import { type LogRecord, parseLevel, reaches } from './log-record.ts'

export interface LogFilter {
  /** Lines below this level are never wanted. */
  readonly from: LogLevel
  matches(record: LogRecord): boolean
}

/**
 * `msg` and fields by their text, `lvl` by its name, or with a `+` behind it as that level and above. Throws a Fault
 * (400) for a level that there is none of.
 */
export function logFilter(pairs: ReadonlyMap<string, string>): LogFilter {
  const { only, from } = levelsOf(pairs.get('lvl'))
  const msg = pairs.get('msg')
  const fields = [...pairs].filter(([key]) => key !== 'lvl' && key !== 'msg')
  return {
    from,
    matches: (r) =>
      (only ? r.level === from : reaches(r.level, from)) &&
      (msg === undefined || r.msg === msg) &&
      fields.every(([key, value]) => Object.hasOwn(r.fields, key) && fieldText(r.fields[key]) === value),
  }
}

function levelsOf(text: string | undefined): { only: boolean; from: LogLevel } {
  if (text === undefined) return { only: false, from: 'debug' }
  // A plus that was not escaped in a URL arrives as a space.
  const above = /[+ ]$/.test(text)
  const level = parseLevel(above ? text.slice(0, -1) : text)
  if (level === undefined || level === 'off') {
    const why = `invalid log level ${JSON.stringify(text)}: must be debug, info, warn or error, with a + for it and above`
    throw new Fault('bad-level', why, { status: 400 })
  }
  return { only: !above, from: level }
}
