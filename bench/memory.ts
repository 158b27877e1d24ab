// What things cost that stay in memory: a point that a window retains, a series, a group, a task, each for growing numbers
// of them: the bytes a thing must not grow. Heap and buffers after a collection, each figure from a process of its own.
// Run: node bench/memory.ts [PART OF A NAME…]   (about a minute; the last row needs Linux)
import { type Body, deviceBody, tinyBody, wideBody } from './lines.ts'
import { answer, inOwnProcess, part } from './own-process.ts'
import { RunningServer } from './running-server.ts'
import { wideScript } from './wide-task.ts'
import { expect, pointsOf, Workbench } from './workbench.ts'

interface Thing {
  readonly name: string
  readonly sizes: readonly number[]
  /** Bytes for each of so many. */
  readonly measured: (size: number) => Promise<number>
}

const BODY = 5_000
/** Things that are there before, so that what is made once is not counted. */
const BEFORE = 100

function heap(): number {
  for (let i = 0; i < 3; i++) globalThis.gc!()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Bytes that stay once `more` has run. */
async function growth(more: () => void | Promise<void>): Promise<number> {
  const before = heap()
  await more()
  return heap() - before
}

/** Points in a window that keeps all of them. */
async function retained(body: Body, measurement: string, size: number): Promise<number> {
  const bench = new Workbench([`stream|from().measurement('${measurement}')|window().period(10000w).every(10000w)`])
  await bench.takeOn(body, 1)
  const times = Math.ceil(size / body.points)
  const bytes = await growth(async () => {
    await bench.takeOn(body, times)
  })
  expect('points', bench.tasks[0]!.heldPoints, body.points * (times + 1))
  await bench.close()
  return bytes / (body.points * times)
}

function* devices(from: number, to: number): Generator<Body> {
  for (let at = from; at < to; at += BODY) yield deviceBody(Math.min(BODY, to - at), at)
}

/** Series, as the parser and the table of all series keep them. */
async function series(size: number): Promise<number> {
  pointsOf(deviceBody(BEFORE))
  const bytes = await growth(() => {
    for (const body of devices(BEFORE, BEFORE + size)) expect('points', pointsOf(body).length, body.points)
  })
  return bytes / size
}

/** Groups with what the nodes of this pipeline keep for each; their series are there before. */
async function groups(pipeline: string, size: number): Promise<number> {
  const bench = new Workbench([`stream|from().measurement('m').groupBy('device')${pipeline}`])
  for (const body of devices(0, BEFORE + size)) pointsOf(body)
  await bench.take(deviceBody(BEFORE))
  const bytes = await growth(async () => {
    for (const body of devices(BEFORE, BEFORE + size)) await bench.take(body)
  })
  expect('groups', bench.tasks[0]!.groups.size, BEFORE + size)
  await bench.close()
  return bytes / size
}

/** Running tasks that have been given points of one layout. */
async function tasks(script: (i: number) => string, body: Body, size: number): Promise<number> {
  const before = new Workbench(Array.from({ length: BEFORE }, (_, i) => script(i)))
  await before.take(body)
  const made: Workbench[] = []
  const bytes = await growth(async () => {
    const bench = new Workbench(Array.from({ length: size }, (_, i) => script(BEFORE + i)))
    await bench.take(body)
    made.push(bench)
  })
  const node = made[0]!.counts('where', size - 1)
  expect('points', node.taken, body.points)
  return bytes / size
}

const whereScript = (i: number): string => `stream|from().measurement('m')|where(lambda: "v" > ${i}.5)|httpOut('out')`

/** Resident memory of a server for each task, with its record and its routes. */
async function serverTasks(size: number): Promise<number> {
  const server = await RunningServer.start()
  try {
    for (let i = 0; i < BEFORE; i++) await server.startTask(`before${i}`, whereScript(i))
    const before = server.memory('VmRSS')
    for (let i = 0; i < size; i++) await server.startTask(`t${i}`, whereScript(BEFORE + i))
    await server.write(tinyBody(10).bytes)
    expect('points', await server.taken(`t${size - 1}`, 'where'), 10)
    return ((server.memory('VmRSS') - before) * 2 ** 20) / size
  } finally {
    await server.stop()
  }
}

const THINGS: readonly Thing[] = [
  {
    name: 'point of one field in a window',
    sizes: [10_000, 100_000, 1_000_000],
    measured: (size) => retained(tinyBody(BODY), 'm', size),
  },
  {
    name: 'point of ten fields in a window',
    sizes: [10_000, 100_000, 400_000],
    measured: (size) => retained(wideBody(5), 'cpu', size),
  },
  { name: 'series with one tag', sizes: [1_000, 10_000, 100_000], measured: series },
  {
    name: 'group, derivative',
    sizes: [1_000, 10_000, 100_000],
    measured: (size) => groups(`|derivative('v')`, size),
  },
  {
    name: 'group, window with its point',
    sizes: [1_000, 10_000, 100_000],
    measured: (size) => groups(`|window().period(1m).every(1m)|mean('v')`, size),
  },
  {
    name: 'group, alert',
    sizes: [1_000, 10_000, 100_000],
    measured: (size) => groups(`|alert().crit(lambda: "v" > 1000.0)`, size),
  },
  { name: 'task, where', sizes: [10, 100, 1_000], measured: (size) => tasks(whereScript, tinyBody(10), size) },
  {
    name: 'task, where and window of 100 groups',
    sizes: [10, 100, 400],
    measured: (size) => tasks(wideScript, wideBody(1), size),
  },
  { name: 'task, where, in a server, resident', sizes: [100, 1_000, 3_000], measured: serverTasks },
]

const own = part()
if (own) answer(await THINGS.find((t) => t.name === own[0])!.measured(Number(own[1])))
else {
  const chosen = process.argv.slice(2)
  for (const t of THINGS.filter((x) => chosen.length === 0 || chosen.some((c) => x.name.includes(c)))) {
    console.log(`${t.name}: bytes each`)
    for (const size of t.sizes) {
      const bytes = await inOwnProcess<number>(import.meta.filename, [t.name, String(size)])
      console.log(`  ${size.toLocaleString('en').padStart(9)}  ${Math.round(bytes).toLocaleString('en').padStart(9)}`)
    }
  }
}
