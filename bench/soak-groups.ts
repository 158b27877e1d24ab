// A million groups that come and go, with expiry on: prints the curve of resident memory, which has to level off.
//   node --expose-gc bench/soak-groups.ts [GROUPS]
import { NO_LIMITS } from '../src/flow/task-limits.ts'
import { Sandbox } from '../src/nodes/run-script.ts'
import { scriptEnvironment } from '../src/server/script-environment.ts'

const GROUPS = Number(process.argv[2] ?? 1_000_000)
const PER_STEP = 10_000
const EXPIRY_SEC = 60
const STEP_SEC = 10
const T0 = 1_700_000_000

const box = new Sandbox(scriptEnvironment, {
  start: { sec: T0, ns: 0 },
  limits: { ...NO_LIMITS, groupExpiryNs: EXPIRY_SEC * 1e9 },
})
const task = box.start('soak', {
  dbrps: [{ db: 'd', rp: 'r' }],
  script: `stream|from().measurement('m').groupBy('device')|derivative('v')|window().period(30s).every(10s)|mean('v')|where(lambda: "mean" > 0.0)|log()`,
})
console.log('groups seen   groups kept   resident MB   heap MB')
for (let step = 0; step * PER_STEP < GROUPS; step++) {
  const now = T0 + step * STEP_SEC
  await box.advance({ sec: now, ns: 0 })
  let text = ''
  for (let i = 0; i < PER_STEP; i++) {
    const id = step * PER_STEP + i
    text += `m,device=d${id} v=${id % 100} ${now}\nm,device=d${id} v=${(id % 100) + 1} ${now + 1}\n`
  }
  await box.write('d', 'r', text, 's')
  box.logs.length = 0
  if (step % 10 === 9) {
    globalThis.gc?.()
    const m = process.memoryUsage()
    const cells = [
      String((step + 1) * PER_STEP).padStart(11),
      String(task.groups.size).padStart(13),
      (m.rss / 1e6).toFixed(0).padStart(13),
      (m.heapUsed / 1e6).toFixed(0).padStart(9),
    ]
    console.log(cells.join(' '))
  }
}
if (task.error) throw new Error(task.error)
await box.close()
