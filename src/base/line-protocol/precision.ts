// Timestamp precisions of the write API and what they do to times.
import { type Time, truncateTime } from '../time.ts'

const UNITS: Readonly<Record<string, number>> = { u: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }

/** Nanoseconds of one timestamp unit; anything but `u ms s m h` counts nanoseconds. */
export function precisionUnit(precision: string): number {
  return Object.hasOwn(UNITS, precision) ? UNITS[precision]! : 1
}

/** The time that points without a timestamp get. */
export function arrivalTime(now: Time, unit: number): Time {
  return unit === 1 ? now : truncateTime(now, unit)
}
