// Runs a handful of points through small tasks when the server starts, so that V8 does not take the first real task for
// the only one there will ever be: code compiled for one task alone is thrown away when a second one comes. The chains get
// their points in runs, the script with branches gets them one by one, and of each task the time of a point is taken.
// Everything happens in a sandbox: no store, no log, nothing of the server's.
import { Sandbox } from '../nodes/run-script.ts'
import { scriptEnvironment } from './script-environment.ts'

const DB = 'first'
const RP = 'tasks'

const SCRIPTS: readonly ((n: number) => string)[] = [
  (n) =>
    `stream|from().measurement('m').where(lambda: "v" >= ${n}.0)|groupBy('t')|where(lambda: "v" < 9${n}.5)|window().period(2s).every(1s)|mean('v')|httpOut('o')`,
  (n) =>
    `stream|from().measurement('m')|where(lambda: "w" >= ${n})|window().period(2s).every(2s)|count('v')|httpOut('o')`,
  (n) =>
    `stream|from().measurement('m').groupBy('t')|eval(lambda: "v" + ${n}.0, lambda: sigma("v")).as('e', 's').keep()|where(lambda: "s" > ${n}.5)|httpOut('o')`,
  () => `stream|from().measurement('m').groupBy('t')|derivative('v')|httpOut('o')`,
  (n) => `
var all = stream|from().measurement('m').where(lambda: "v" >= ${n}.0)
all|groupBy('t')|where(lambda: "v" < 9${n}.5)|window().period(2s).every(1s)|mean('v')|httpOut('mean')
all|window().period(2s).every(1s)|count('v')|httpOut('count')
stream|from().measurement('m').groupBy('t')|eval(lambda: "v" + ${n}.0).as('e').keep()|derivative('v')|httpOut('rate')
`,
]
/** Writes of four points each: enough for one point of each task to be timed, as one in some is. */
const WRITES = 16

/** What a task says of itself: its error, how many points it has been given, and whether a node's time has been taken. */
export interface FirstTask {
  readonly error: string
  readonly given: number
  readonly timed: boolean
}

/** Takes some milliseconds. */
export async function runFirstTasks(): Promise<FirstTask[]> {
  const box = new Sandbox(scriptEnvironment)
  const tasks = [0, 1].flatMap((n) =>
    SCRIPTS.map((script, i) => box.start(`first-${n}-${i}`, { script: script(n), dbrps: [{ db: DB, rp: RP }] })),
  )
  for (let i = 0; i < WRITES; i++) {
    const lines = [0, 1, 2, 3].map((k) => `m,t=${k % 2} v=${i}.5,w=${k}i ${1_500_000_000 + i}`)
    await box.write(DB, RP, lines.join('\n'), 's')
  }
  const found = tasks.map((t) => {
    const nodes = t.stats()['node-stats']
    return {
      error: t.error,
      given: nodes.stream0?.collected as number,
      timed: Object.values(nodes).some((n) => (n.avg_exec_time_ns as number) > 0),
    }
  })
  await box.close()
  return found
}
