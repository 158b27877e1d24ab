// What worker threads give, and cost: workloads with 0, 1 and 2 workers. The rate is that of the clock, so it needs idle
// cores; the CPU time of the busiest thread says what the rate could be with enough of them.
// Run: npm run bench:workers [-- ROUNDS]   (about a minute and a half a round)
import assert from 'node:assert/strict'
import os from 'node:os'
import { type Body, tinyBody, wideBody } from './lines.ts'
import { RunningServer } from './running-server.ts'
import { median } from './timing.ts'
import { wideScript } from './wide-task.ts'

const WORKERS = [0, 1, 2]
const WARM_UP_BODIES = 10
const ALONE_WRITES = 2_000

interface Workload {
  readonly name: string
  readonly tasks: number
  readonly writers: number
  readonly script: (n: number) => string
  /** The kind of the node that is to have seen every point. */
  readonly sees: string
  readonly body: () => Body
  /** Enough for some seconds: schedulers of virtual machines put threads that run in short bursts on one core. */
  readonly bodies: number
}

const short = {
  tasks: 100,
  script: (n: number) =>
    `stream|from().measurement('m')|where(lambda: "v" >= 0.${String(n).padStart(3, '0')}1)|httpOut('out')`,
  sees: 'where',
  body: () => tinyBody(5_000),
  bodies: 300,
}
const wide = { writers: 1, script: wideScript, sees: 'where', body: () => wideBody(5) }

const WORKLOADS: readonly Workload[] = [
  { name: 'short lines, 100 tasks', writers: 1, ...short },
  { name: 'short lines, 100 tasks, 4 writers', writers: 4, ...short },
  { name: 'wide lines, 10 tasks', tasks: 10, bodies: 150, ...wide },
  { name: 'wide lines, 1 task', tasks: 1, bodies: 150, ...wide },
]

interface Figures {
  /** Points a second, each counted once a task. */
  readonly rate: number
  /** CPU nanoseconds a point and task. */
  readonly cpuNs: number
  /** Of these, those of the busiest thread. */
  readonly busiestNs: number
  readonly peakMb: number
}

/** So many bodies, each later than the one before. */
function bodiesOf(body: Body, count: number): Uint8Array[] {
  return Array.from({ length: count }, () => {
    const bytes = Buffer.from(body.bytes)
    body.moveOn()
    return bytes
  })
}

async function write(server: RunningServer, bodies: readonly Uint8Array[], writers: number): Promise<void> {
  const left = bodies.values()
  const writer = async (): Promise<void> => {
    for (const b of left) await server.write(b)
  }
  await Promise.all(Array.from({ length: writers }, writer))
}

const start = (workers: number): Promise<RunningServer> =>
  RunningServer.start({ env: { KAPACITOR_TASK_WORKERS: String(workers) } })

async function measure(w: Workload, workers: number): Promise<Figures> {
  const server = await start(workers)
  try {
    for (let i = 0; i < w.tasks; i++) await server.startTask(`t${i}`, w.script(i))
    const body = w.body()
    const bodies = bodiesOf(body, WARM_UP_BODIES + w.bodies)
    await write(server, bodies.slice(0, WARM_UP_BODIES), w.writers)
    const before = server.threadCpuMs()
    const began = performance.now()
    await write(server, bodies.slice(WARM_UP_BODIES), w.writers)
    const ms = performance.now() - began
    const spent = [...server.threadCpuMs()].map(([thread, now]) => now - (before.get(thread) ?? 0))
    assert.equal(await server.taken(`t${w.tasks - 1}`, w.sees), bodies.length * body.points)
    const runs = w.tasks * w.bodies * body.points
    return {
      rate: (runs / ms) * 1000,
      cpuNs: (spent.reduce((sum, x) => sum + x) * 1e6) / runs,
      busiestNs: (Math.max(...spent) * 1e6) / runs,
      peakMb: server.memory('VmHWM'),
    }
  } finally {
    await server.stop('SIGKILL')
  }
}

/** Microseconds of a write of one line to one task, each on its own: the median. */
async function alone(workers: number): Promise<number> {
  const server = await start(workers)
  try {
    await server.startTask('t', "stream|from().measurement('m')|httpOut('out')")
    const took: number[] = []
    for (const line of bodiesOf(tinyBody(1), ALONE_WRITES)) {
      const began = performance.now()
      await server.write(line)
      took.push((performance.now() - began) * 1000)
    }
    return median(took.slice(ALONE_WRITES / 4))
  } finally {
    await server.stop('SIGKILL')
  }
}

const rounds = Number(process.argv[2] ?? 3)
console.log(
  `${os.availableParallelism()} cores, node ${process.version}, load ${os.loadavg()[0]!.toFixed(1)}, ${rounds} rounds, medians`,
)
console.log('| | workers | M points/s | CPU ns | of the busiest thread | peak MB |')
console.log('| --- | --- | --- | --- | --- | --- |')
for (const w of WORKLOADS) {
  const found = new Map<number, Figures[]>(WORKERS.map((n) => [n, []]))
  for (let r = 0; r < rounds; r++) for (const [n, figures] of found) figures.push(await measure(w, n))
  for (const [n, figures] of found) {
    const of = (read: (f: Figures) => number): number => median(figures.map(read))
    const rate = (of((f) => f.rate) / 1e6).toFixed(2)
    const cells = [
      w.name,
      n,
      rate,
      of((f) => f.cpuNs).toFixed(0),
      of((f) => f.busiestNs).toFixed(0),
      of((f) => f.peakMb).toFixed(0),
    ]
    console.log(`| ${cells.join(' | ')} |`)
  }
}
const times: string[] = []
for (const n of WORKERS.slice(0, 2)) times.push(`${(await alone(n)).toFixed(0)} µs with ${n}`)
console.log(`a line alone is answered in ${times.join(', ')} worker`)
