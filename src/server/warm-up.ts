// Runs made-up points through made-up tasks after the start, so that the first real ones meet code that is compiled
// and not interpreted. In slices, between which requests are served; nothing of it can be seen from outside.
import { Sandbox } from '../nodes/run-script.ts'
import { scriptEnvironment } from './script-environment.ts'

const DB = 'warm'
const RP = 'up'
/** Milliseconds of work in all: where it has not done by then, it stops. */
const BUDGET_MS = 600
const ROUNDS = 24

const SCRIPTS: readonly string[] = [
  `stream|from().measurement('w')|groupBy('host')|where(lambda: "cpu" != 'cpu7' AND "a" < 90.5)|window().period(60s).every(10s)|mean('b')|httpOut('out')`,
  `stream|from().measurement('w').groupBy('host','cpu')|eval(lambda: sigma("a" + "b")).as('s').keep()|where(lambda: "s" > 1.5)|httpOut('out')`,
  `stream|from().measurement('t')|window().period(10s).every(10s)|count('value')|httpOut('out')`,
  `stream|from().measurement('t')|where(lambda: "value" >= 10)|httpOut('out')`,
  `stream|from().measurement('t')|alert().id('warm').info(lambda: "value" > 100).warn(lambda: "value" > 500).crit(lambda: "value" > 900).stateChangesOnly()`,
  `stream|from().measurement('w').groupBy('host')|derivative('a').unit(1s)|httpOut('out')`,
  `var a = stream|from().measurement('t')
var b = stream|from().measurement('u')
a|join(b).as('a', 'b')|eval(lambda: "a.value" + "b.value").as('sum')|httpOut('out')`,
]

function wideLines(round: number): string {
  let text = ''
  for (let i = 0; i < 80; i++) {
    const v = (round * 80 + i) / 7
    text += `w,cpu=cpu${i % 8},host=warm${i % 10},region=r a=${v},b=${(v * 3).toPrecision(4)},c=${v / 3},d=${100 - v},e=0.5,f=${i}i,g=t ${1500000000 + round * 10}000000000\n`
  }
  return text
}

function tinyLines(measurement: string, round: number): string {
  let text = ''
  for (let i = 0; i < 200; i++)
    text += `${measurement} value=${(round * 200 + i) % 1000}i ${1500000000 + round * 200 + i}\n`
  return text
}

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Resolves when done; never rejects. `stop` ends it early. */
export async function warmUp(stop: AbortSignal): Promise<void> {
  const box = new Sandbox(scriptEnvironment, { start: { sec: 1500000000, ns: 0 } })
  const dbrps = [{ db: DB, rp: RP }]
  const began = performance.now()
  try {
    for (const [i, script] of SCRIPTS.entries()) {
      await pause()
      box.start(`warm${i}`, { script, dbrps })
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const [lines, precision] of [
        [wideLines(round), 'ns'],
        [tinyLines('t', round), 's'],
        [tinyLines('u', round), 's'],
      ] as const) {
        await pause()
        if (stop.aborted || performance.now() - began > BUDGET_MS) return
        await box.write(DB, RP, lines, precision)
      }
    }
  } catch {
    // A warm-up that can't be finished costs speed at first and nothing else.
  } finally {
    await box.close()
  }
}
