// What windows cost a point: overlapping ones by time over 100 groups, adjoining ones, and overlapping ones by number.
// Rows of the suite.
import { HOSTS, STEP_SEC, tinyBody, wideBody } from './lines.ts'
import type { Row } from './row.ts'
import { expect, pointsOf, Workbench } from './workbench.ts'

const STEPS = 6

export const WINDOW_ROWS: readonly Row[] = [
  {
    name: 'window 60s every 10s, mean',
    per: 'point',
    start() {
      const body = wideBody(STEPS)
      const bench = new Workbench([
        `stream|from().measurement('cpu').groupBy('host')|window().period(60s).every(10s)|mean('usage_user')|httpOut('out')`,
      ])
      let steps = 0
      return {
        async once() {
          const work = await bench.takeOn(body, 10)
          steps += 10 * STEPS
          // The last step's batch goes out with the point that comes after it.
          expect('means', bench.counts('mean').given, HOSTS * (steps - 1))
          return work
        },
        async end() {
          // A window of 60 s holds the whole body once, in whatever order of its steps.
          const ofHost = pointsOf(body).filter((p) => p.series.tag('host') === 'server07.example.com')
          const mean = ofHost.reduce((sum, p) => sum + (p.field('usage_user') as number), 0) / ofHost.length
          const shown = bench.shown().find((s) => s.tags?.['host'] === 'server07.example.com')
          expect('seconds of a window', STEPS * STEP_SEC, 60)
          expect('the last mean', shown?.values[0]?.[1], mean)
          await bench.close()
        },
      }
    },
  },
  {
    name: 'window 100s, count',
    per: 'point',
    start: () => tinyWindows('period(100s).every(100s)', (points) => Math.floor((points - 1) / 100)),
  },
  {
    name: 'window 100 every 10, count',
    per: 'point',
    start: () => tinyWindows('periodCount(100).everyCount(10)', (points) => points / 10),
  },
]

function tinyWindows(settings: string, batches: (points: number) => number): ReturnType<Row['start']> {
  const body = tinyBody(5_000)
  const bench = new Workbench([`stream|from().measurement('m')|window().${settings}|count('v')|httpOut('out')`])
  let points = 0
  return {
    async once() {
      const work = await bench.takeOn(body, 10)
      points += work.units
      expect('batches', bench.counts('count').given, batches(points))
      return work
    },
    async end() {
      expect('the last count', bench.shown()[0]!.values[0]![1], 100)
      await bench.close()
    },
  }
}
