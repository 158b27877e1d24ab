// What a join costs per point, in step and with one side far behind: CPU time of the main thread, parsing apart. A side
// that lags must not cost more than one in step, but for the memory of what waits.
// Run: node bench/join.ts [points behind…]   (0, 500 and 20,000)
import { LineParser } from '../src/base/line-protocol/line-parser.ts'
import type { Point } from '../src/base/point.ts'
import { Sandbox } from '../src/nodes/run-script.ts'
import { scriptEnvironment } from '../src/server/script-environment.ts'

const T0 = 1_500_000_000
const PAIRS = 20_000
const ROUNDS = 25
const SCRIPT = `var a = stream|from().measurement('m1')
var b = stream|from().measurement('m2')
a|join(b).as('a', 'b')|eval(lambda: "a.value" + "b.value").as('sum')|httpOut('out')`

const lags = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [0, 500, 20_000]

function lines(name: string, from: number, n: number): string {
  let text = ''
  for (let i = from; i < from + n; i++) text += `${name} value=${i % 1000}i ${T0 + i}\n`
  return text
}

/** All pairs as one body, the second of each pair so many points behind the first. */
function body(lag: number): Buffer {
  const step = Math.max(1, lag)
  let text = ''
  for (let i = 0; i < PAIRS; i += step) {
    const n = Math.min(step, PAIRS - i)
    text += lines('m1', i, n) + lines('m2', i, n)
  }
  return Buffer.from(text)
}

const cpuMs = (): number => process.threadCpuUsage().user / 1000

for (const lag of lags) {
  const bytes = body(lag)
  const parser = new LineParser()
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const box = new Sandbox(scriptEnvironment, { start: { sec: T0, ns: 0 } })
    const task = box.start('join', { script: SCRIPT, dbrps: [{ db: 'd', rp: 'r' }] })
    const parsed = parser.parse(bytes, 'd', 'r', 's', { sec: T0, ns: 0 })
    if (!parsed.ok) throw new Error('the lines can not be read')
    const points: readonly Point[] = parsed.points
    const began = cpuMs()
    await box.engine.write('d', 'r', points, bytes.length)
    times.push(((cpuMs() - began) * 1e6) / points.length)
    const given = Object.entries(task.stats()['node-stats']).find(([node]) => node.startsWith('eval'))![1].collected
    if (given !== PAIRS) throw new Error(`${given} pairs came out, not ${PAIRS}`)
    await box.close()
  }
  times.sort((a, b) => a - b)
  const [least, median] = [times[0]!, times[ROUNDS >> 1]!]
  console.log(
    `${String(lag).padStart(6)} behind: ${median.toFixed(0)} ns a point (median), ${least.toFixed(0)} (least)`,
  )
}
