// The stretch of time that -start, -stop and -past name.
import { parseDuration } from '../base/duration.ts'
import { parseTime } from '../base/time.ts'
import { CommandFailed } from './command.ts'

export interface TimeRange {
  /** RFC 3339. */
  readonly start: string
  readonly stop: string
}

/** `now` in milliseconds. Throws CommandFailed. */
export function timeRange(
  flags: { readonly start: string | undefined; readonly stop: string | undefined; readonly past: string | undefined },
  now: number,
): TimeRange {
  if (flags.start === undefined && flags.past === undefined)
    throw new CommandFailed('must set one of start or past flags.')
  if (flags.start !== undefined && flags.past !== undefined)
    throw new CommandFailed('cannot set both start and past flags.')
  const stop = flags.stop === undefined ? new Date(now).toISOString() : checkedTime(flags.stop)
  if (flags.start !== undefined) return { start: checkedTime(flags.start), stop }
  return { start: new Date(Date.parse(stop) - durationMs(flags.past!)).toISOString(), stop }
}

function checkedTime(text: string): string {
  if (!parseTime(text))
    throw new CommandFailed(`${JSON.stringify(text)} is no time: write it like 2006-01-02T15:04:05Z`)
  return text
}

/** Milliseconds of an InfluxQL duration. Throws CommandFailed. */
export function durationMs(text: string): number {
  const d = parseDuration(text)
  if (d === undefined) throw new CommandFailed(`${JSON.stringify(text)} is no duration: write it like 10m, 1h or 1d`)
  return Number(d) / 1e6
}
