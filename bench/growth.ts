// How the cost of a point grows with the number of tasks, of groups, and of points in a window: none may grow faster than
// its theory says. Each figure comes from a process of its own.
// Run: node bench/growth.ts [PART OF A TABLE'S NAME…]   (about two minutes)
import { type Body, deviceBody, mixedBody, tinyBody } from './lines.ts'
import { answer, inOwnProcess, part } from './own-process.ts'
import { type MeasureOptions, measure, type Work } from './timing.ts'
import { expect, Workbench } from './workbench.ts'

interface Table {
  readonly name: string
  /** What must hold, and why. */
  readonly theory: string
  readonly sizes: readonly number[]
  /** What a unit of the figure is. */
  readonly per: string
  readonly measured: (size: number) => Promise<number>
}

const BODY = 5_000

async function nsOf(once: () => Promise<Work>, o: MeasureOptions = {}): Promise<number> {
  const { ns } = await measure(once, { warmUpMs: 600, rounds: 7, roundMs: 50, budgetMs: 3_000, ...o })
  return ns
}

/** Tasks that all want the points. */
async function tasks(size: number): Promise<number> {
  const scripts = Array.from({ length: size }, (_, i) => {
    const limit = (i % 10) + i / 1_000_000
    return `stream|from().measurement('m')|where(lambda: "v" > ${limit.toFixed(6)})|httpOut('out')`
  })
  const bench = new Workbench(scripts)
  const body = tinyBody(BODY)
  let points = 0
  const ns = await nsOf(async () => {
    const { ms } = await bench.takeOn(body, 1)
    points += BODY
    return { ms, units: BODY * size }
  })
  for (const at of [0, size - 1]) expect('points', bench.counts('where', at).taken, points)
  await bench.close()
  return ns
}

/** One task wants the points; all others want measurements that do not come. */
async function otherTasks(size: number): Promise<number> {
  const bench = new Workbench(
    Array.from({ length: size }, (_, i) => `stream|from().measurement('m${i === 0 ? '' : i}')|httpOut('out')`),
  )
  const body = tinyBody(BODY)
  let points = 0
  const ns = await nsOf(async () => {
    points += BODY
    return bench.takeOn(body, 1)
  })
  expect('points', bench.counts('from').taken, points)
  await bench.close()
  return ns
}

/** So many tasks, each of which wants one of as many measurements, and bodies in which all of them come. */
async function ownMeasurements(size: number): Promise<number> {
  const bench = new Workbench(
    Array.from({ length: size }, (_, i) => `stream|from().measurement('m${i}')|httpOut('out')`),
  )
  const body = mixedBody(BODY, size)
  let points = 0
  const ns = await nsOf(async () => {
    points += BODY
    return bench.takeOn(body, 1)
  })
  for (const at of [0, size - 1]) expect('points', bench.counts('from', at).taken, points / size)
  await bench.close()
  return ns
}

/** So many groups, all known, whose points come in turn. */
async function groups(size: number): Promise<number> {
  const bench = new Workbench([`stream|from().measurement('m').groupBy('device')|derivative('v').unit(1s)`])
  const bodies: Body[] = []
  for (let from = 0; from < size; from += BODY)
    bodies.push(deviceBody(Math.min(BODY, size - from), from, Math.max(1, BODY / size)))
  let points = 0
  const ns = await nsOf(
    async () => {
      let ms = 0
      let units = 0
      for (const body of bodies) {
        const w = await bench.takeOn(body, 1)
        ms += w.ms
        units += w.units
      }
      points += units
      return { ms, units }
    },
    { budgetMs: 5_000 },
  )
  expect('groups', bench.tasks[0]!.groups.size, size)
  expect('points', bench.counts('derivative').taken, points)
  await bench.close()
  return ns
}

/** Windows of so many points, of which one goes out whenever so many have come. */
async function windows(size: number, every: number): Promise<number> {
  const bench = new Workbench([
    `stream|from().measurement('m')|window().period(${size}s).every(${every}s)|mean('v')|httpOut('out')`,
  ])
  const body = tinyBody(BODY)
  let points = 0
  const more = async (): Promise<Work> => {
    const w = await bench.takeOn(body, Math.max(1, Math.ceil(every / BODY)))
    points += w.units
    return w
  }
  while (points < size) await more()
  const ns = await nsOf(more, { budgetMs: 5_000 })
  expect('batches', bench.counts('mean').given, Math.floor((points - 1) / every))
  expect('the mean', bench.shown()[0]!.values[0]![1], 4.5)
  await bench.close()
  return ns
}

const WINDOW_SIZES = [10, 100, 1_000, 10_000, 100_000, 1_000_000]

const TABLES: readonly Table[] = [
  {
    name: 'tasks that want every point',
    theory: 'constant: each task does the same work for a point, whatever other tasks there are',
    sizes: [1, 10, 100, 1_000],
    per: 'point and task',
    measured: tasks,
  },
  {
    name: 'tasks that want other points',
    theory: 'constant: who wants a point is looked up by its measurement',
    sizes: [1, 10, 100, 1_000],
    per: 'point',
    measured: otherTasks,
  },
  {
    name: 'tasks with a measurement each',
    theory: `constant for a point, beside what a body of ${BODY} points costs each task once: that grows with tasks per body`,
    sizes: [1, 10, 100, 1_000],
    per: 'point',
    measured: ownMeasurements,
  },
  {
    name: 'groups',
    theory: 'constant, as looking up in a hash table is, but for what no longer fits into the caches of the processor',
    sizes: [1, 10, 100, 1_000, 10_000, 100_000],
    per: 'point',
    measured: groups,
  },
  {
    name: 'adjoining windows',
    theory:
      'constant: a point goes in once, is aggregated once and goes out once; what outlives the nursery is copied twice more',
    sizes: WINDOW_SIZES,
    per: 'point',
    measured: (size) => windows(size, size),
  },
  {
    name: 'overlapping windows, ten a period',
    theory: 'constant: a point is aggregated ten times, but for what no longer fits into the caches of the processor',
    sizes: WINDOW_SIZES,
    per: 'point',
    measured: (size) => windows(size, size / 10),
  },
]

const own = part()
if (own) answer(await TABLES.find((t) => t.name === own[0])!.measured(Number(own[1])))
else {
  const chosen = process.argv.slice(2)
  for (const t of TABLES.filter((x) => chosen.length === 0 || chosen.some((c) => x.name.includes(c)))) {
    console.log(`${t.name}: ns a ${t.per}\n  theory: ${t.theory}`)
    for (const size of t.sizes) {
      const ns = await inOwnProcess<number>(import.meta.filename, [t.name, String(size)])
      console.log(`  ${size.toLocaleString('en').padStart(9)}  ${ns.toFixed(ns < 100 ? 1 : 0).padStart(7)}`)
    }
  }
}
