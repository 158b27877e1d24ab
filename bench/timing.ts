// How benchmarks measure: CPU time, which a busy machine disturbs least, medians over rounds, and the speed of JSON.parse
// as the yardstick of the machine. Knows nothing of what is measured.

/** What some work took. */
export interface Work {
  /** CPU milliseconds, of the counted part alone. */
  readonly ms: number
  /** Points, or whatever it is that costs. */
  readonly units: number
}

export interface Measured {
  /** Nanoseconds a unit: the median of the rounds. */
  readonly ns: number
  /** That of the fastest round. */
  readonly least: number
}

export interface MeasureOptions {
  readonly rounds?: number
  /** Work is repeated until a round has counted so much. */
  readonly roundMs?: number
  /** Wall milliseconds of work before the first round. */
  readonly warmUpMs?: number
  /** Wall milliseconds after which no further round begins. */
  readonly budgetMs?: number
}

/**
 * CPU milliseconds of this process so far, with what its threads collect and compile beside the main one: Linux counts
 * those of a single thread in steps of 4 ms. The sum of both is exact; how it is divided is not.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The CPU milliseconds of a synchronous piece of work. */
export function timed(work: () => void): number {
  const began = cpuMs()
  work()
  return cpuMs() - began
}

export function median(of: readonly number[]): number {
  return of.toSorted((a, b) => a - b)[of.length >> 1]!
}

/** Repeats the work in rounds. Counting stops early when the budget is used up, but not before one round. */
export async function measure(once: () => Work | Promise<Work>, o: MeasureOptions = {}): Promise<Measured> {
  const { rounds = 9, roundMs = 40, warmUpMs = 500, budgetMs = 2_200 } = o
  const began = performance.now()
  do await once()
  while (performance.now() - began < warmUpMs)
  const found: number[] = []
  while (found.length < rounds && (found.length === 0 || performance.now() - began < budgetMs)) {
    let ms = 0
    let units = 0
    do {
      const w = await once()
      ms += w.ms
      units += w.units
    } while (ms < roundMs && performance.now() - began < budgetMs)
    found.push((ms * 1e6) / units)
  }
  return { ns: median(found), least: Math.min(...found) }
}

const YARDSTICK_ROWS = 1_000
const YARDSTICK_TIMES = 10
const YARDSTICK_ROUNDS = 15

/** MB of JSON that JSON.parse reads in a second of CPU time: the median of several times. */
export function yardstick(): number {
  const text = JSON.stringify(
    Array.from({ length: YARDSTICK_ROWS }, (_, i) => ({ time: i, host: `server-${i}`, value: i / 7, ok: i % 3 === 0 })),
  )
  const once = (): void => {
    for (let i = 0; i < YARDSTICK_TIMES; i++)
      if ((JSON.parse(text) as unknown[]).length !== YARDSTICK_ROWS) throw new Error('JSON.parse has not read it all')
  }
  for (let i = 0; i < 3; i++) once()
  const ms = Array.from({ length: YARDSTICK_ROUNDS }, () => timed(once))
  return (text.length * YARDSTICK_TIMES) / 1e3 / median(ms)
}
