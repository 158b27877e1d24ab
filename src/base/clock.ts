// Where the engine's time comes from. Nodes never see a clock: their time is that of the log entry.
import type { Time } from './time.ts'

export interface Clock {
  now(): Time
  /** Calls `run` once at or after `due`; returns a function that calls it off. */
  at(due: Time, run: () => void): () => void
}
