// What worker threads give: 100 tasks on one stream with 0, 1 and 2 workers, by one writer and by four. The rate is that of
// the clock, so it needs idle cores; the CPU time of the busiest thread says what the rate could be with enough of them.
// Run: npm run bench:workers [-- ROUNDS]   (about a minute a round)
import assert from 'node:assert/strict'
import os from 'node:os'
import { RunningServer } from './running-server.ts'
import { median } from './timing.ts'

const TASKS = 100
const LINES = 5_000
const WARM_UP_BODIES = 10
/** Enough for some seconds: schedulers of virtual machines put threads that run in short bursts on one core. */
const BODIES = 300
const ALONE_WRITES = 2_000
const T0 = 1_500_000_000

interface Figures {
  /** Points a second, each counted once a task. */
  readonly rate: number
  /** CPU nanoseconds a point and task. */
  readonly cpuNs: number
  /** Of these, those of the busiest thread. */
  readonly busiestNs: number
  readonly peakMb: number
}

/** Lines of one series, a second apart. */
function body(at: number): Uint8Array {
  const lines = Array.from({ length: LINES }, (_, i) => `m1 value=${(at + i) % 1000}i ${T0 + at + i}`)
  return Buffer.from(lines.join('\n'))
}

async function write(server: RunningServer, bodies: readonly Uint8Array[], writers: number): Promise<void> {
  const left = bodies.values()
  const writer = async (): Promise<void> => {
    for (const b of left) await server.send('POST', '/write?db=d&rp=r&precision=s', b)
  }
  await Promise.all(Array.from({ length: writers }, writer))
}

async function measure(workers: number, writers: number): Promise<Figures> {
  const server = await RunningServer.start({ env: { KAPACITOR_TASK_WORKERS: String(workers) } })
  try {
    for (let i = 0; i < TASKS; i++)
      await server.startTask(`t${i}`, `stream|from().measurement('m1')|where(lambda: "value" >= ${i})|httpOut('out')`)
    const bodies = Array.from({ length: WARM_UP_BODIES + BODIES }, (_, i) => body(i * LINES))
    await write(server, bodies.slice(0, WARM_UP_BODIES), writers)
    const before = server.threadCpuMs()
    const began = performance.now()
    await write(server, bodies.slice(WARM_UP_BODIES), writers)
    const ms = performance.now() - began
    const spent = [...server.threadCpuMs()].map(([thread, now]) => now - (before.get(thread) ?? 0))
    const runs = TASKS * BODIES * LINES
    assert.equal(await server.taken('t99', 'where'), (WARM_UP_BODIES + BODIES) * LINES)
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
  const server = await RunningServer.start({ env: { KAPACITOR_TASK_WORKERS: String(workers) } })
  try {
    await server.startTask('t', "stream|from().measurement('m1')|httpOut('out')")
    const took: number[] = []
    for (let i = 0; i < ALONE_WRITES; i++) {
      const line = Buffer.from(`m1 value=1 ${T0 + i}`)
      const began = performance.now()
      await server.send('POST', '/write?db=d&rp=r&precision=s', line)
      took.push((performance.now() - began) * 1000)
    }
    return median(took.slice(ALONE_WRITES / 4))
  } finally {
    await server.stop('SIGKILL')
  }
}

const rounds = Number(process.argv[2] ?? 5)
const cases = [0, 1, 2].flatMap((workers) => [1, 4].map((writers) => ({ workers, writers, found: [] as Figures[] })))
for (let r = 0; r < rounds; r++) for (const c of cases) c.found.push(await measure(c.workers, c.writers))
console.log(
  `${os.availableParallelism()} cores, node ${process.version}, load ${os.loadavg()[0]!.toFixed(1)}, ${rounds} rounds, medians`,
)
console.log(
  '| workers | writers | M points/s | CPU ns | of the busiest thread | peak MB |\n| --- | --- | --- | --- | --- | --- |',
)
for (const { workers, writers, found } of cases) {
  const of = (read: (f: Figures) => number): number => median(found.map(read))
  const cells = [
    workers,
    writers,
    (of((f) => f.rate) / 1e6).toFixed(1),
    of((f) => f.cpuNs).toFixed(0),
    of((f) => f.busiestNs).toFixed(0),
    of((f) => f.peakMb).toFixed(0),
  ]
  console.log(`| ${cells.join(' | ')} |`)
}
const [without, by] = [await alone(0), await alone(1)]
console.log(`a line alone is answered in ${without.toFixed(0)} µs without workers, in ${by.toFixed(0)} µs with one`)
