// Sorts points by time, any number of them: what is more than a bound goes to files of their own, which are merged at
// the end. Points of the same time keep the order they came in.
import { rm } from 'node:fs/promises'
import type { Point } from '../../base/point.ts'
import { compareTime } from '../../base/time.ts'
import { StreamReader } from './stream-reader.ts'
import { StreamWriter } from './stream-writer.ts'

/** Points in memory before they go to a file. */
const MAX_POINTS = 250_000
/** Points of one piece that is given back. */
const PIECE = 4_096

interface Cursor {
  points: readonly Point[]
  at: number
  next(): Promise<readonly Point[] | undefined>
}

export class PointSort {
  readonly #path: string
  readonly #max: number
  #points: Point[] = []
  readonly #files: string[] = []
  readonly #readers: StreamReader[] = []

  /** Files are called as the path, with a number behind it. */
  constructor(path: string, maxPoints = MAX_POINTS) {
    this.#path = path
    this.#max = maxPoints
  }

  async add(points: readonly Point[]): Promise<void> {
    for (const p of points) this.#points.push(p)
    if (this.#points.length >= this.#max) await this.#spill()
  }

  async #spill(): Promise<void> {
    const file = `${this.#path}.${this.#files.length}.part`
    this.#files.push(file)
    const writer = new StreamWriter(file)
    const points = this.#take()
    for (let i = 0; i < points.length; i += PIECE) await writer.write('', '', points.slice(i, i + PIECE))
    await writer.close()
  }

  #take(): Point[] {
    const points = this.#points.sort(compareTime)
    this.#points = []
    return points
  }

  /** All points in the order of their times, once. */
  async *sorted(): AsyncGenerator<readonly Point[]> {
    const rest = this.#take()
    if (this.#files.length === 0) {
      for (let i = 0; i < rest.length; i += PIECE) yield rest.slice(i, i + PIECE)
      return
    }
    const cursors: Cursor[] = []
    for (const file of this.#files) {
      const reader = await StreamReader.open(file)
      this.#readers.push(reader)
      const runs = reader.runs()
      const next = async (): Promise<readonly Point[] | undefined> => {
        const run = await runs.next()
        return run.done ? undefined : run.value.points
      }
      cursors.push({ points: (await next()) ?? [], at: 0, next })
    }
    cursors.push({ points: rest, at: 0, next: async () => undefined })
    yield* merged(cursors.filter((c) => c.points.length > 0))
  }

  /** Removes the files. */
  async close(): Promise<void> {
    await Promise.all(this.#readers.map((r) => r.close()))
    await Promise.all(this.#files.map((f) => rm(f, { force: true })))
  }
}

async function* merged(cursors: Cursor[]): AsyncGenerator<readonly Point[]> {
  let out: Point[] = []
  while (cursors.length > 0) {
    // A handful of files: a search among them costs less than what the points do.
    let least = cursors[0]!
    for (const c of cursors) if (compareTime(c.points[c.at]!, least.points[least.at]!) < 0) least = c
    out.push(least.points[least.at++]!)
    if (out.length >= PIECE) {
      yield out
      out = []
    }
    if (least.at < least.points.length) continue
    const points = await least.next()
    if (points && points.length > 0) {
      least.points = points
      least.at = 0
    } else cursors.splice(cursors.indexOf(least), 1)
  }
  if (out.length > 0) yield out
}
