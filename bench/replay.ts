// How fast a recording runs through a task, and how much memory that takes: points a second and the highest resident
// memory for recordings of growing length, which this script makes itself. The memory must not grow with the length.
// Run: node bench/replay.ts [millions of points…]. Figures mean something on a quiet machine only.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HandlerSet } from '../src/alert/handler-set.ts'
import { Topics } from '../src/alert/topics.ts'
import type { Logger } from '../src/base/logger.ts'
import { Point } from '../src/base/point.ts'
import { type Series, seriesOf } from '../src/base/series.ts'
import { makeShape } from '../src/base/shape.ts'
import { DEADMAN_DEFAULTS } from '../src/nodes/deadman.ts'
import { StreamReader } from '../src/server/recordings/stream-reader.ts'
import { StreamWriter } from '../src/server/recordings/stream-writer.ts'
import { ReplayRun } from '../src/server/replays/replay-run.ts'
import { serverScripts } from '../src/server/script-environment.ts'
import { systemClock } from '../src/server/system-clock.ts'

const HOSTS = 100
const MILLION = 1_000_000
const START_SEC = 1_700_000_000

const SCRIPTS: Readonly<Record<string, string>> = {
  where: "stream|from().measurement('cpu')|where(lambda: \"usage\" > 95.0)|httpOut('high')",
  window:
    "stream|from().measurement('cpu').groupBy('host')|window().period(1m).every(1m)|mean('usage')|alert().crit(lambda: \"mean\" > 99.0).stateChangesOnly()",
}

const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  enabled: () => false,
  with: () => silent,
  limited: () => silent,
}

/** One point a second for each host, with a float and an int, as a collector would write them. */
async function make(path: string, points: number): Promise<void> {
  const series = Array.from({ length: HOSTS }, (_, i) =>
    seriesOf('telegraf', 'autogen', 'cpu', { host: `server${i}`, dc: 'eu' }),
  )
  const shape = makeShape(['count', 'usage'], ['int', 'float'])
  const writer = new StreamWriter(path)
  let random = 7
  for (let made = 0; made < points; ) {
    const run: Point[] = []
    for (; run.length < 10_000 && made < points; made++) {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0
      const usage = Math.round((random / 2 ** 32) * 10_000) / 100
      const s = series[made % HOSTS] as Series
      run.push(new Point(s, shape, [made, usage], START_SEC + Math.floor(made / HOSTS), 0))
    }
    await writer.write('telegraf', 'autogen', run)
  }
  await writer.close()
}

async function replay(path: string, points: number, script: string): Promise<void> {
  const scripts = serverScripts(DEADMAN_DEFAULTS)
  const dbrps = [{ db: 'telegraf', rp: 'autogen' }]
  const compiled = scripts.compile(SCRIPTS[script]!, 'stream', {}, dbrps)
  const topics = new Topics({ handlers: new HandlerSet(scripts.environment.handlers), logger: silent })
  const run = new ReplayRun(
    { id: 'bench', task: 'bench', dbrps, compiled, clock: 'fast', recordingTime: true },
    {
      wall: systemClock,
      logger: silent,
      outbox: { commit: async () => {} },
      world: {
        logger: silent,
        server: { hostname: 'localhost', clusterId: '', serverId: '' },
        alerts: topics,
        http: async () => ({ status: 200, headers: {}, body: '' }),
        httpEndpoint: () => undefined,
      },
    },
  )
  let highest = 0
  const look = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss())
  }, 20)
  const began = performance.now()
  const stats = await run.run(async () => {
    const reader = await StreamReader.open(path)
    return { type: 'stream', runs: () => reader.runs(), close: () => reader.close() }
  })
  const seconds = (performance.now() - began) / 1000
  clearInterval(look)
  const taken = stats['node-stats']['from1']!['collected']
  if (taken !== points) throw new Error(`the task took ${taken} of ${points} points`)
  const mib = (n: number): string => `${(n / 2 ** 20).toFixed(0)} MiB`
  console.log(
    `${script.padEnd(7)} ${(points / MILLION).toFixed(2).padStart(6)} M points, file ${mib(statSync(path).size).padStart(8)}: ` +
      `${Math.round(points / seconds)
        .toLocaleString('en')
        .padStart(10)} points/s, at most ${mib(highest)} resident`,
  )
}

const [word, ...rest] = process.argv.slice(2)
if (word === 'replay') {
  // Each measurement has a process of its own, so that none inherits the memory of another.
  await replay(rest[0]!, Number(rest[1]), rest[2]!)
} else {
  const lengths = process.argv.slice(2).map(Number)
  const folder = mkdtempSync(join(tmpdir(), 'bench-replay-'))
  try {
    for (const millions of lengths.length > 0 ? lengths : [1.25, 5]) {
      const path = join(folder, `${millions}.srpl`)
      const points = Math.round(millions * MILLION)
      await make(path, points)
      for (const script of Object.keys(SCRIPTS))
        spawnSync(process.execPath, [import.meta.filename, 'replay', path, String(points), script], {
          stdio: 'inherit',
        })
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
