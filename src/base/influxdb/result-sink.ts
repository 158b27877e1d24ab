// What a decoder of answers gives, series by series, and what it says of answers that can't be.
import { Fault } from '../fault.ts'

/** A cell of a row; numbers are float64 whatever they were. */
export type Cell = number | string | boolean | null

export interface SeriesHead {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  /** The rest of the series follows as one with the same name and tags. */
  readonly partial: boolean
}

/** Takes the series of an answer one after the other. */
export interface ResultSink {
  /** A series begins. */
  open(): void
  /** Names of the cells of the rows that follow, without the time. */
  columns(names: readonly string[]): void
  /** The array is used again for the next row. */
  row(sec: number, ns: number, cells: readonly Cell[]): void
  /** The series ends; what it is called is known only now. */
  end(head: SeriesHead): void
}

/** Takes an answer as it comes. */
export interface ResultDecoder {
  /** Throws a Fault when the answer is an error, or can't be understood. */
  push(bytes: Uint8Array): void
  /** The answer is over; throws a Fault when it can't be. */
  end(): void
}

export function notUnderstood(why: string): Fault {
  return new Fault('query-result', `failed to understand query result: ${why}`, { retry: true })
}

/** What InfluxDB itself says is wrong. */
export function influxError(message: string): Fault {
  return new Fault('influx-error', message, { retry: true })
}
