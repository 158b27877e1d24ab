// The main job on real input: starts a server, defines the tasks of this folder, feeds it this machine's CPU, memory and
// load figures every second, and prints alerts and live results as they come. Enter makes the machine busy for a while.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createProbe } from 'node:net'
import { cpus, freemem, hostname, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'

const { values: options } = parseArgs({
  options: {
    /** Ends by itself after so many seconds. */
    seconds: { type: 'string' },
    /** Makes the machine busy right after the start, as Enter does. */
    burst: { type: 'boolean', default: false },
  },
})

const BURST_SECONDS = 8
const TASKS = ['cpu-alert', 'memory', 'load']
const HOST = hostname().replace(/[^\w.-]/g, '_')
const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'supercap-demo-'))
const say = (text: string): void => console.log(`${new Date().toTimeString().slice(0, 8)}  ${text}`)

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createProbe()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

async function freePort(from: number): Promise<number> {
  for (let port = from; port < from + 100; port++) if (await isFree(port)) return port
  throw new Error(`no port is free from ${from} on`)
}

async function startServer(port: number): Promise<ChildProcess> {
  const file = join(folder, 'supercap.conf')
  const data = JSON.stringify(folder)
  const below = (name: string): string => JSON.stringify(join(folder, name))
  writeFileSync(
    file,
    `data_dir = ${data}
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
[storage]
boltdb = ${below('kapacitor.db')}
[replay]
dir = ${below('replay')}
[logging]
level = "ERROR"
`,
  )
  const server = spawn(join(root, 'bin/supercapd'), ['-config', file], { stdio: ['ignore', 'inherit', 'inherit'] })
  server.once('exit', (code) => {
    if (!ending) void end(`the server has ended with ${code}`, 1)
  })
  for (let tries = 0; tries < 100; tries++) {
    const up = await fetch(`http://127.0.0.1:${port}/ping`).then(
      (r) => r.status === 204,
      () => false,
    )
    if (up) return server
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the server does not answer')
}

/** Prints what the alerts post. */
function startReceiver(port: number): Promise<Server> {
  const receiver = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (d) => {
      body += d
    })
    request.on('end', () => {
      const { message, previousLevel, level } = JSON.parse(body) as Record<string, string>
      say(`ALERT  ${previousLevel} -> ${level}: ${message}`)
      response.end()
    })
  })
  return new Promise((resolve) => receiver.listen(port, '127.0.0.1', () => resolve(receiver)))
}

async function defineTasks(api: string, receiver: string): Promise<void> {
  for (const id of TASKS) {
    const script = readFileSync(join(import.meta.dirname, `${id}.tick`), 'utf8')
    const body = JSON.stringify({
      id,
      status: 'enabled',
      dbrps: [{ db: 'demo', rp: 'autogen' }],
      script,
      ...(script.includes('var receiver') ? { vars: { receiver: { type: 'string', value: receiver } } } : {}),
    })
    const answer = await fetch(`${api}/tasks`, { method: 'POST', body })
    if (answer.status !== 200) throw new Error(`${id}: ${await answer.text()}`)
    say(`task ${id} runs (examples/${id}.tick)`)
  }
}

/** Gives the line of each core since the call before. */
function coreLines(): () => string[] {
  let before = cpus()
  return () => {
    const now = cpus()
    const lines = now.flatMap((core, i) => {
      const old = before[i]
      if (!old) return []
      const sum = (t: typeof core.times): number => t.user + t.nice + t.sys + t.idle + t.irq
      const all = sum(core.times) - sum(old.times)
      if (all <= 0) return []
      const busy = 100 * (1 - (core.times.idle - old.times.idle) / all)
      return [`cpu,host=${HOST},core=cpu${i} busy=${busy.toFixed(2)}`]
    })
    before = now
    return lines
  }
}

function otherLines(): string[] {
  const [load1, load5, load15] = loadavg() as [number, number, number]
  return [
    `mem,host=${HOST} used=${totalmem() - freemem()}i,total=${totalmem()}i`,
    `load,host=${HOST} load1=${load1.toFixed(2)},load5=${load5.toFixed(2)},load15=${load15.toFixed(2)}`,
  ]
}

async function latest(api: string, task: string, endpoint: string, field: string): Promise<string> {
  const answer = await fetch(`${api}/tasks/${task}/${endpoint}`)
  const { series } = (await answer.json()) as { series: { columns: string[]; values: number[][] }[] | null }
  const row = series?.[0]
  const value = row?.values.at(-1)?.[row.columns.indexOf(field)]
  return value === undefined ? '-' : value.toFixed(1)
}

function burst(): void {
  say(`BURST  all cores are busy for ${BURST_SECONDS} s`)
  for (const _ of cpus()) {
    const worker = new Worker(`const end = Date.now() + ${BURST_SECONDS * 1000}; while (Date.now() < end);`, {
      eval: true,
    })
    worker.unref()
  }
}

let ending = false
let server: ChildProcess | undefined
let receiver: Server | undefined

async function end(why: string, code: number): Promise<never> {
  ending = true
  say(why)
  receiver?.closeAllConnections()
  receiver?.close()
  if (server && server.exitCode === null && server.signalCode === null) {
    const gone = new Promise((resolve) => server?.once('exit', resolve))
    server.kill('SIGTERM')
    await gone
  }
  rmSync(folder, { recursive: true, force: true })
  process.exit(code)
}

async function main(): Promise<void> {
  const port = await freePort(9092)
  const receiverPort = await freePort(port + 1)
  const api = `http://127.0.0.1:${port}/kapacitor/v1`
  process.on('SIGINT', () => void end('the demo ends', 0)).on('SIGTERM', () => void end('the demo ends', 0))
  server = await startServer(port)
  say(`the server listens on http://127.0.0.1:${port}, its data is in ${folder}`)
  receiver = await startReceiver(receiverPort)
  await defineTasks(api, `http://127.0.0.1:${receiverPort}/alerts`)
  console.log(`
In another terminal:
  curl ${api}/tasks?fields=status\\&fields=executing
  curl ${api}/tasks/cpu-alert
  curl ${api}/tasks/memory/latest
  curl -i '${api}/write?db=demo&rp=autogen' -d 'cpu,host=other,core=cpu0 busy=99'
  curl -X PATCH ${api}/tasks/load -d '{"status": "disabled"}'

Enter makes all cores busy for ${BURST_SECONDS} s, Ctrl-C ends the demo.
`)
  process.stdin.on('data', burst).on('error', () => {})
  if (options.burst) setTimeout(burst, 3_000)
  if (options.seconds !== undefined) setTimeout(() => void end('the demo ends', 0), Number(options.seconds) * 1000)
  const cores = coreLines()
  setInterval(async () => {
    if (ending) return
    try {
      const body = [...cores(), ...otherLines()].join('\n')
      const written = await fetch(`${api}/write?db=demo&rp=autogen`, { method: 'POST', body })
      if (written.status !== 204) say(`WRITE  ${written.status} ${await written.text()}`)
      const [cpu, mem, load] = await Promise.all([
        latest(api, 'cpu-alert', 'latest', 'busy'),
        latest(api, 'memory', 'latest', 'used_percent'),
        latest(api, 'load', 'highest', 'load1'),
      ])
      say(`live   cpu ${cpu} % busy over 5 s, memory ${mem} % in use, load ${load} at most in 10 s`)
    } catch (e) {
      if (!ending) say(`WRITE  ${(e as Error).message}`)
    }
  }, 1_000)
}

main().catch((e: unknown) => end(`the demo can not go on: ${(e as Error).message}`, 1))
