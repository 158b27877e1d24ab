// Lets V8 see and compile what the first points need, before they come: made-up points are written over HTTP to an API of
// their own, with tasks of their own in a sandbox. Nothing of it is the server's, so nothing of it can be seen there: no
// count, no log line, no series of a task, nothing in the store.
import type { AddressInfo } from 'node:net'
import { LineParser } from '../../base/line-protocol/line-parser.ts'
import type { Logger } from '../../base/logger.ts'
import type { Task } from '../../flow/task.ts'
import { Sandbox } from '../../nodes/run-script.ts'
import { createApp } from '../api/app.ts'
import { defineRoute, json } from '../api/route.ts'
import { writePoints } from '../api/routes/write.ts'
import type { Services } from '../api/services.ts'
import { WriteService } from '../http/write-service.ts'
import { scriptEnvironment } from '../script-environment.ts'
import { systemClock } from '../system-clock.ts'
import { LocalClient } from './local-client.ts'
import { WIDE, warmUpBody } from './warm-up-lines.ts'

const DB = 'warm'
const RP = 'up'
const MAX_BODY_BYTES = 1_048_576
/** What begins as the real server does, with empty tables and caches, is seen twice: after the first time V8 knows how they grow. */
const SERVERS = 2
/** Of a server. More of them would have more of a request compiled, and the server start later. */
const BODIES = 30
const LINES = 16
/** A body that arrives in several pieces. */
const LARGE_LINES = 300

/** No two tasks have the same script: code that V8 compiles for one task alone is thrown away when there is another. */
const script = (n: number): string => `
stream|from().measurement('cpu')|groupBy('host')|where(lambda: "idle" < 9${n}.5 AND "cpu" != 'cpu7')
  |window().period(60s).every(10s)|mean('user')|httpOut('mean')
stream|from().measurement('m').where(lambda: "v" >= ${n})|window().period(2s).every(1s)|count('v')|httpOut('count')
stream|from().measurement('m')|where(lambda: "v" > ${n})|httpOut('out')
stream|from().measurement('i')|alert().id('i').warn(lambda: "value" > 5${n}0).crit(lambda: "value" > 9${n}0)
stream|from().measurement('n').groupBy('host')|eval(lambda: "level" + ${n}.0).as('e').keep()|derivative('level')|httpOut('rate')
`
const TASKS = 2

const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  enabled: () => false,
  with: () => silent,
  limited: () => silent,
}

/** Answers with a text, as writes do not. */
const readText = defineRoute({
  method: 'GET',
  path: '/text',
  summary: 'A text.',
  tag: 'warm-up',
  replies: {},
  handle: () => json(200, { text: 'text' }),
})

/** What has happened, for who doubts it. */
export interface WarmUp {
  /** Lines that were written. */
  readonly lines: number
  /** Points that each of the tasks has seen. */
  readonly collected: readonly number[]
  /** Why tasks ended, and what they logged. */
  readonly complaints: readonly string[]
}

/** Takes about a tenth of a second, or less when `isOver` says so. Rejects where a process can't reach itself over loopback. */
export async function warmUp(isOver: () => boolean = () => false): Promise<WarmUp> {
  let lines = 0
  const collected: number[] = []
  const complaints: string[] = []
  for (let k = 0; k < SERVERS && !isOver(); k++) {
    const box = new Sandbox(scriptEnvironment)
    const tasks = Array.from({ length: TASKS }, (_, n) =>
      box.start(`warm-up-${n}`, { script: script(k + n), dbrps: [{ db: DB, rp: RP }] }),
    )
    lines += await writeTo(box, lines, isOver)
    collected.push(...tasks.map(pointsOf))
    complaints.push(...tasks.map((t) => t.error).filter((e) => e !== ''), ...box.logs.map((l) => l.msg))
    await box.close()
  }
  return { lines, collected, complaints }
}

function pointsOf(task: Task): number {
  return task.stats()['node-stats']['stream0']?.['collected'] as number
}

/** Writes to an API in front of the sandbox; gives how many lines. The first one has the number `first`. */
async function writeTo(box: Sandbox, first: number, isOver: () => boolean): Promise<number> {
  const writes = new WriteService({
    parser: new LineParser(),
    intake: box.engine,
    clock: systemClock,
    logger: silent,
    defaultRetentionPolicy: '',
    maxBodyBytes: MAX_BODY_BYTES,
    tracing: false,
  })
  const app = await createApp({
    routes: [writePoints, readText],
    services: { writes } as Pick<Services, 'writes'> as Services,
    apiVersion: '',
    version: '',
    logger: silent,
    limits: { maxBodyBytes: MAX_BODY_BYTES, maxPendingBytes: MAX_BODY_BYTES },
    accessLog: undefined,
    answered() {},
  })
  let client: LocalClient | undefined
  try {
    await app.listen({ host: '127.0.0.1', port: 0 })
    client = new LocalClient((app.server.address() as AddressInfo).port)
    let lines = 0
    const write = async (body: number, count: number): Promise<void> => {
      const at = `/kapacitor/v1/write?db=${DB}&rp=${RP}&precision=ns`
      const status = await client?.send('POST', at, warmUpBody(body, first + lines, count))
      if (status !== 204) throw new Error(`a body was answered with ${status}`)
      lines += count
    }
    for (let body = 0; body < BODIES && !isOver(); body++) {
      await write(body, LINES)
      if (body % 4 === 0) await client.send('GET', '/text')
    }
    if (!isOver()) await write(WIDE, LARGE_LINES)
    return lines
  } finally {
    client?.close()
    await app.close()
  }
}
