// How long an alert takes: one point is written, its task alerts, the handler posts, the receiver has it.
// Run: node bench/delay.ts [ALERTS]
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RunningServer } from './running-server.ts'

const ALERTS = Number(process.argv[2] ?? 1_000)
/** Alerts before the first that counts. */
const WARM_UP = 200
/** Milliseconds between an alert and the next point. */
const PAUSE_MS = 2
const GIVE_UP_MS = 5_000

let received: (() => void) | undefined
const receiver = createServer((request, response) => {
  request.resume().once('end', () => {
    response.end()
    received?.()
  })
})
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
const { port } = receiver.address() as AddressInfo
const server = await RunningServer.start()
try {
  await server.startTask(
    't',
    `stream|from().measurement('m')|alert().crit(lambda: "v" > 0).post('http://127.0.0.1:${port}/')`,
  )
  const times: number[] = []
  const cpu = server.mainCpuMs()
  for (let i = 0; i < WARM_UP + ALERTS; i++) {
    const began = performance.now()
    const arrived = new Promise<number>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`alert ${i} did not come in ${GIVE_UP_MS} ms`)), GIVE_UP_MS)
      received = () => {
        clearTimeout(late)
        resolve(performance.now() - began)
      }
    })
    await server.write(Buffer.from(`m v=1 ${1_500_000_000 + i}000000000`))
    const took = await arrived
    if (i >= WARM_UP) times.push(took)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  times.sort((a, b) => a - b)
  const at = (part: number): string => times[Math.floor(times.length * part)]!.toFixed(2)
  const each = (server.mainCpuMs() - cpu) / (WARM_UP + ALERTS)
  console.log(`p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms; CPU ${each.toFixed(2)} ms an alert`)
} finally {
  await server.stop()
  receiver.closeAllConnections()
  receiver.close()
}
