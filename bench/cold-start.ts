// How much dearer the first points after a start are than later ones: fresh servers, one task each, and what the first
// 1,000 points take, as one body and as ten, beside the same bodies once everything has been compiled: in time, and as
// CPU time of the server's main thread, which the other work of the machine disturbs less; and beside 1,000 of series that
// are new to a server that has run for long.
// Run: node bench/cold-start.ts [ROUNDS]   (5 servers a line; Linux)
import { tinyBody, wideBody } from './lines.ts'
import { RunningServer } from './running-server.ts'
import { median } from './timing.ts'
import { checkWide, wideScript } from './wide-task.ts'

const ROUNDS = Number(process.argv[2] ?? 5)
const FIRST = 1_000
/** Thousands of points until the rate is steady, and those that it is taken from. */
const WARM_UP = 300
const STEADY = 100
/** The first points may cost so many times the steady ones. */
const LIMIT = 4

const jobs = [
  {
    name: 'tiny, where',
    node: 'where',
    script: `stream|from().measurement('m')|where(lambda: "v" > 4)|httpOut('out')`,
    body: () => tinyBody(4_000),
    others: undefined,
    check: (out: Parameters<typeof checkWide>[0]): void => {
      if (!(out.series![0]!.values[0]![1] > 4)) throw new Error('the last value is wrong')
    },
  },
  {
    name: 'wide, window',
    node: 'from',
    script: wideScript(0),
    body: () => wideBody(5),
    others: () => wideBody(2, 'system'),
    check: checkWide,
  },
]

interface Round {
  /** Milliseconds of 1,000 points, from the first byte sent to the last answer. */
  readonly first: number
  readonly steady: number
  /** Milliseconds of the main thread for them. */
  readonly firstCpu: number
  readonly steadyCpu: number
  /** Milliseconds of 1,000 points of new series, once all is compiled; NaN where a job has but one. */
  readonly fresh: number
  /** Which thousand was the first one within the limit. */
  readonly within: number
}

/** What 1,000 points cost at first and later, in bodies of so many points. */
async function round(job: (typeof jobs)[number], size: number): Promise<Round> {
  const server = await RunningServer.start()
  try {
    await server.startTask('t', job.script)
    const body = job.body()
    let at = 0
    let written = 0
    const others = job.others?.()
    const write = async (piece: Uint8Array): Promise<void> => {
      await server.write(piece)
      written += size
    }
    const thousand = async (): Promise<number> => {
      const began = performance.now()
      for (let sent = 0; sent < FIRST; sent += size) {
        if (at === body.points) {
          body.moveOn()
          at = 0
        }
        await write(body.piece(at, (at += size)))
      }
      return performance.now() - began
    }
    const start = server.mainCpuMs()
    const first = await thousand()
    const firstCpu = server.mainCpuMs() - start
    const early = [first]
    while (early.length < WARM_UP) early.push(await thousand())
    const later: number[] = []
    const warm = server.mainCpuMs()
    for (let i = 0; i < STEADY; i++) later.push(await thousand())
    const steadyCpu = (server.mainCpuMs() - warm) / STEADY
    job.check(await server.shown('t', 'out'))
    let fresh = Number.NaN
    if (others) {
      const began = performance.now()
      for (let sent = 0; sent < FIRST; sent += size) await write(others.piece(sent, sent + size))
      fresh = performance.now() - began
    }
    const taken = await server.taken('t', job.node)
    if (taken !== written) throw new Error(`${taken} of ${written} points have been taken`)
    const steady = median(later)
    return { first, steady, firstCpu, steadyCpu, fresh, within: 1 + early.findIndex((ms) => ms <= LIMIT * steady) }
  } finally {
    await server.stop()
  }
}

// This process has to be warm, too, and its first requests count for nothing.
await round(jobs[0]!, FIRST)
console.log(`first ${FIRST} points after the start, medians of ${ROUNDS} servers; the limit is ${LIMIT}x in time`)
for (const job of jobs)
  for (const size of [FIRST, FIRST / 10]) {
    const found: Round[] = []
    for (let i = 0; i < ROUNDS; i++) found.push(await round(job, size))
    const of = (what: keyof Round): number => median(found.map((f) => f[what]))
    const us = (what: Exclude<keyof Round, 'within'>): string => ((of(what) * 1e3) / FIRST).toFixed(2).padStart(5)
    const times = of('first') / of('steady')
    console.log(
      `${job.name.padEnd(13)} in ${String(FIRST / size).padStart(2)} bodies: ${us('first')} us a point, later ${us('steady')}: ` +
        `${times.toFixed(1)}x; CPU ${us('firstCpu')}, later ${us('steadyCpu')}: ${(of('firstCpu') / of('steadyCpu')).toFixed(1)}x; ` +
        `${job.others ? `new series later ${us('fresh')}; ` : ''}within ${LIMIT}x from thousand ${of('within')} on`,
    )
    if (times > LIMIT) process.exitCode = 1
  }
