// The committed figures of the suite and how new ones are held against them: scaled by the yardstick, since a slower
// machine, or one that is busy, is slower in everything. Knows nothing of how a row is measured.
import { readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A row that takes this much longer than its committed figure is behind. */
export const BEHIND = 1.3

export interface Figure {
  /** Nanoseconds a unit, the median. */
  readonly ns: number
  /** MB/s of JSON.parse beside the row. */
  readonly yardstick: number
}

export interface Figures {
  readonly node: string
  readonly cores: number
  /** The load average of the minute before the first row. */
  readonly load: number
  readonly rows: Readonly<Record<string, Figure>>
}

export interface Compared {
  /** What the committed figure comes to on this machine; undefined when there is none. */
  readonly scaled: number | undefined
  /** Times of that which the row takes now. */
  readonly ratio: number | undefined
  readonly behind: boolean
}

export function compare(now: Figure, committed: Figure | undefined): Compared {
  if (!committed) return { scaled: undefined, ratio: undefined, behind: false }
  const scaled = (committed.ns * committed.yardstick) / now.yardstick
  const ratio = now.ns / scaled
  return { scaled, ratio, behind: ratio > BEHIND }
}

const FILE = path.join(import.meta.dirname, 'figures.json')

export function committedFigures(): Figures {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Figures
}

/** Commits rows, in the order of `names`; those that were not measured now keep their figures. */
export function writeFigures(rows: Readonly<Record<string, Figure>>, names: readonly string[], load: number): void {
  let before: Figures['rows'] = {}
  try {
    before = committedFigures().rows
  } catch {
    // The first figures.
  }
  const kept: Record<string, Figure> = {}
  for (const name of names) {
    const figure = rows[name] ?? before[name]
    if (figure) kept[name] = { ns: Number(figure.ns.toPrecision(4)), yardstick: Math.round(figure.yardstick) }
  }
  const figures: Figures = {
    node: process.version,
    cores: os.availableParallelism(),
    load: Number(load.toFixed(2)),
    rows: kept,
  }
  writeFileSync(FILE, `${JSON.stringify(figures, null, 2)}\n`)
}
