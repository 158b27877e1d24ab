// The longest pause of garbage collection in a server under a steady load: ten tasks with windows over what 100 hosts
// send, so many points a second by HTTP from this process. Says what rate came about and how late answers were.
// Run: node bench/gc-pauses.ts [SECONDS] [POINTS A SECOND] [WORKERS]   (300 s, 200,000, no worker threads; Linux)
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Pauses } from './gc-observer.ts'
import { T0, wideBody } from './lines.ts'
import { RunningServer } from './running-server.ts'
import { checkWide, wideScript } from './wide-task.ts'

const SECONDS = Number(process.argv[2] ?? 300)
const RATE = Number(process.argv[3] ?? 200_000)
const WORKERS = Number(process.argv[4] ?? 0)
const TASKS = 10
const LIMIT_MS = 50
/** One on its way, and the next one made ready meanwhile. */
const bodies = [wideBody(5), wideBody(5)] as const
const { points: SIZE, spanSec: SPAN_SEC } = bodies[0]

const folder = mkdtempSync(path.join(tmpdir(), 'gc-pauses-'))
const observer = pathToFileURL(path.join(import.meta.dirname, 'gc-observer.ts')).href
const server = await RunningServer.start({
  config: `[task]\n  workers = ${WORKERS}\n`,
  env: { NODE_OPTIONS: `--import=${observer}`, GC_PAUSES: folder },
})
try {
  for (let i = 0; i < TASKS; i++) await server.startTask(`t${i}`, wideScript(i))
  const began = performance.now()
  const dueMs = (n: number): number => (n * SIZE * 1000) / RATE
  const delays: number[] = []
  let sent = 0
  for (; dueMs(sent) < SECONDS * 1000; sent++) {
    const early = dueMs(sent) - (performance.now() - began)
    if (early > 1) await sleep(early)
    const answered = server.write(bodies[sent % 2 === 0 ? 0 : 1].bytes)
    bodies[sent % 2 === 0 ? 1 : 0].moveTo(T0 + (sent + 1) * SPAN_SEC)
    await answered
    // From when it was due, so that nothing is hidden by what had to wait for the one before.
    delays.push(performance.now() - began - dueMs(sent))
  }
  const sec = (performance.now() - began) / 1000
  const cpu = server.mainCpuMs() / 1000 / sec
  const written = sent * SIZE
  for (let i = 0; i < TASKS; i++) {
    // Workers tell of their figures now and then.
    let taken = 0
    for (let tries = 0; tries < 100 && taken !== written; tries++) {
      if (tries > 0) await sleep(100)
      taken = await server.taken(`t${i}`, 'from')
    }
    if (taken !== written) throw new Error(`task ${i} has taken ${taken} of ${written} points`)
    checkWide(await server.shown(`t${i}`, 'out'))
  }
  const peak = server.memory('VmHWM')
  await server.stop()
  delays.sort((a, b) => a - b)
  const late = (share: number): string =>
    delays[Math.min(delays.length - 1, Math.floor(delays.length * share))]!.toFixed(1)
  console.log(
    `${written} points in ${sec.toFixed(0)} s, ${Math.round(written / sec)} a second (${RATE} wanted), each through ${TASKS} tasks; ` +
      `main thread ${(cpu * 100).toFixed(0)} % busy, ${peak.toFixed(0)} MB at most`,
  )
  console.log(
    `from when a body was due to its answer: median ${late(0.5)} ms, 99 % ${late(0.99)} ms, longest ${late(1)} ms`,
  )
  let longest = 0
  for (const name of readdirSync(folder).toSorted()) {
    const pauses = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Record<string, Pauses>
    for (const [kind, p] of Object.entries(pauses)) {
      const thread = name === '0.json' ? 'main' : `worker ${path.parse(name).name}`
      console.log(
        `${thread.padEnd(8)} ${kind.padEnd(19)} ${String(p.count).padStart(6)} pauses, ` +
          `${(p.total / p.count).toFixed(2)} ms on average, longest ${p.longest.toFixed(1)} ms (at ${p.at.toFixed(0)} s)`,
      )
      longest = Math.max(longest, p.longest)
    }
  }
  console.log(`longest pause ${longest.toFixed(1)} ms; the limit is ${LIMIT_MS} ms`)
  if (longest > LIMIT_MS) process.exitCode = 1
} finally {
  await server.stop()
  rmSync(folder, { recursive: true })
}
