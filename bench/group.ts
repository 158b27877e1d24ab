// What groups cost a point: finding the group and the state of each point's series, and making them when they are new.
// Rows of the suite.
import { CPUS, deviceBody, HOSTS, wideBody } from './lines.ts'
import type { Row } from './row.ts'
import { expect, Workbench } from './workbench.ts'

const NEW = 20_000

export const GROUP_ROWS: readonly Row[] = [
  {
    name: 'group, 800 known',
    per: 'point',
    start() {
      const body = wideBody(6)
      const bench = new Workbench([
        `stream|from().measurement('cpu').groupBy('host', 'cpu')|derivative('usage_user').unit(10s)|httpOut('out')`,
      ])
      let points = 0
      return {
        async once() {
          const work = await bench.takeOn(body, 10)
          points += work.units
          // The first point of a series has nothing to be held against.
          expect('derivatives', bench.counts('derivative').given, points - HOSTS * CPUS)
          return work
        },
        async end() {
          expect('groups', bench.shown().length, HOSTS * CPUS)
          await bench.close()
        },
      }
    },
  },
  {
    name: 'group, each point a new one',
    per: 'point',
    start() {
      const body = deviceBody(NEW)
      return {
        async once() {
          const bench = new Workbench([`stream|from().measurement('m').groupBy('device')|derivative('v')`])
          const work = await bench.take(body)
          expect('groups', bench.tasks[0]!.groups.size, NEW)
          expect('points', bench.counts('derivative').taken, NEW)
          await bench.close()
          return work
        },
      }
    },
  },
]
