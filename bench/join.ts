// What a join costs a point, in step and with one side far behind: a side that lags must not cost more than one in step,
// but for the memory of what waits. Two rows of the suite; by itself: node bench/join.ts [points behind…]

import { pairBody } from './lines.ts'
import { printRows, type Row } from './row.ts'
import { expect, Workbench } from './workbench.ts'

/**
 * Pairs of one body, if no more are behind. In larger ones the points that wait for their turn outlive the nursery, and
 * what it costs to keep them counts or not, as the collection falls into the work or into the parsing.
 */
const PAIRS = 2_000
const SCRIPT = `var a = stream|from().measurement('m1')
var b = stream|from().measurement('m2')
a|join(b).as('a', 'b')|eval(lambda: "a.value" + "b.value").as('sum')|httpOut('out')`

/** Pairs in bodies, the second of each so many points behind the first. */
function joinRow(behind: number): Row {
  return {
    name: behind === 0 ? 'join in step' : `join ${behind} behind`,
    per: 'point',
    start() {
      const pairs = Math.max(PAIRS, behind)
      const times = Math.ceil(20_000 / pairs)
      const body = pairBody(pairs, behind)
      const bench = new Workbench([SCRIPT])
      let bodies = 0
      return {
        async once() {
          const work = await bench.takeOn(body, times)
          bodies += times
          expect('pairs', bench.counts('eval').given, bodies * pairs)
          return work
        },
        async end() {
          expect('the last sum', bench.shown()[0]!.values[0]![1], 2 * ((pairs - 1) % 1000))
          await bench.close()
        },
      }
    },
  }
}

export const JOIN_ROWS: readonly Row[] = [joinRow(0), joinRow(500)]

if (import.meta.main) {
  const behind = process.argv.slice(2).map(Number)
  await printRows((behind.length > 0 ? behind : [0, 500, 20_000]).map(joinRow))
}
