// The command as users start it: a process of its own over the start script.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, describe, test } from 'node:test'

const command = join(import.meta.dirname, '../../bin/supercapd')
const root = mkdtempSync(join(tmpdir(), 'supercapd-'))
const running = new Set<ChildProcess>()
let folders = 0

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})
after(() => rmSync(root, { recursive: true, force: true }))

function configure(more = '', port = 0): string {
  const folder = join(root, String(folders++))
  const file = `${folder}.conf`
  writeFileSync(
    file,
    `data_dir = "${folder}"
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
[storage]
boltdb = "${folder}/kapacitor.db"
[replay]
dir = "${folder}/replay"
${more}`,
  )
  return file
}

interface Started {
  readonly child: ChildProcess
  readonly port: number
  readonly log: () => string
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
}

/** Resolves when the server says that it listens, or has ended. */
function start(args: readonly string[]): Promise<Started> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  running.add(child)
  let log = ''
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child)
      resolve({ code, signal })
    })
  })
  return new Promise((resolve) => {
    const done = (port: number): void => resolve({ child, port, log: () => log, ended })
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      log += text
      const m = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(log)
      if (m) done(Number(m[1]))
    })
    void ended.then(() => done(0))
  })
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

const define = (port: number, id: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/kapacitor/v1/tasks`, {
    method: 'POST',
    body: JSON.stringify({
      id,
      status: 'enabled',
      dbrps: [{ db: 'd', rp: 'r' }],
      script: "stream|from().measurement('m')|httpOut('out')",
    }),
  })

describe('config', () => {
  const print = (args: readonly string[], env = {}) =>
    spawnSync(command, ['config', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: root, ...env },
    })

  test('prints what the file and the environment say; the result gives the same again', () => {
    const file = configure('[logging]\nlevel = "ERROR"')
    const first = print(['-config', file, '-hostname', 'box'], { KAPACITOR_ALERT_TOPIC_BUFFER_LENGTH: '7000' })
    assert.equal(first.status, 0)
    assert.equal(first.stderr, `Merging with configuration at: ${file}\n`)
    for (const line of ['hostname = "box"', 'level = "ERROR"', 'topic-buffer-length = 7000'])
      assert.ok(first.stdout.includes(`  ${line}\n`), line)
    const again = join(root, 'again.conf')
    writeFileSync(again, first.stdout)
    assert.equal(print(['-config', again]).stdout, first.stdout)
  })

  test('without a file it prints the defaults, with one that is wrong what is wrong', () => {
    const defaults = print([])
    assert.equal(defaults.stderr, 'No configuration provided, using default settings\n')
    assert.match(defaults.stdout, /# The HTTP API\.\n\[http\]/)
    const wrong = print(['-config', configure('[alert]\ntopic-buffer-length = "x"')])
    assert.equal(wrong.status, 1)
    assert.equal(wrong.stdout, '')
  })
})

describe('life', () => {
  test('SIGTERM ends it cleanly, and the log says where it listened', async () => {
    const pid = join(root, 'deep/er/pid')
    const server = await start(['-config', configure(), '-pidfile', pid])
    assert.match(server.log(), /listening on http:\/\/127\.0\.0\.1:\d+.*bind-address/)
    assert.equal(readFileSync(pid, 'utf8'), String(server.child.pid))
    server.child.kill('SIGTERM')
    assert.deepEqual(await server.ended, { code: 0, signal: null })
    assert.equal(existsSync(pid), false)
    assert.equal(await isTaken(server.port), false)
  })

  test('profiles are written at the end, or it does not start', async () => {
    const [cpu, memory] = [join(root, 'cpu.cpuprofile'), join(root, 'memory.heapprofile')]
    const server = await start(['-config', configure(), '-cpuprofile', cpu, '-memprofile', memory])
    server.child.kill('SIGTERM')
    assert.equal((await server.ended).code, 0)
    assert.ok(JSON.parse(readFileSync(cpu, 'utf8')).nodes.length > 1)
    assert.ok(JSON.parse(readFileSync(memory, 'utf8')).head)
    const refused = await start(['-config', configure(), '-cpuprofile', join(root, 'none/at/all')])
    assert.equal((await refused.ended).code, 1)
    assert.match(refused.log(), /can't write the profile/)
  })

  test('SIGINT too, also while a client keeps its connection', async () => {
    const server = await start(['run', `--config=${configure()}`])
    const socket = connect(server.port, '127.0.0.1')
    socket.write('GET /ping HTTP/1.1\r\nHost: x\r\n\r\n')
    await new Promise((resolve) => socket.once('data', resolve))
    server.child.kill('SIGINT')
    assert.equal((await server.ended).code, 0)
    socket.destroy()
  })

  test('SIGKILL kills the server itself, and its tasks run again after the next start', async () => {
    const config = configure()
    const server = await start(['-config', config])
    for (let i = 0; i < 20; i++) assert.equal((await define(server.port, `t${i}`)).status, 200)
    server.child.kill('SIGKILL')
    assert.equal((await server.ended).signal, 'SIGKILL')
    assert.equal(await isTaken(server.port), false)
    const again = await start(['-config', config])
    const answer = await fetch(`http://127.0.0.1:${again.port}/kapacitor/v1/tasks?fields=executing`)
    const { tasks } = (await answer.json()) as { tasks: { executing: boolean }[] }
    assert.equal(tasks.length, 20)
    assert.ok(tasks.every((t) => t.executing))
    again.child.kill('SIGTERM')
    assert.equal((await again.ended).code, 0)
  })

  test('nothing that was answered is lost when it is killed in mid-work', async () => {
    const config = configure()
    const server = await start(['-config', config])
    const answered: string[] = []
    const define20 = async (writer: number): Promise<void> => {
      for (let i = 0; i < 20; i++) {
        const id = `w${writer}-${i}`
        const ok = await define(server.port, id).then(
          (r) => r.status === 200,
          () => false,
        )
        if (!ok) return
        answered.push(id)
        if (answered.length === 30) server.child.kill('SIGKILL')
      }
    }
    await Promise.all([0, 1, 2, 3].map(define20))
    await server.ended
    const again = await start(['-config', config])
    const answer = await fetch(`http://127.0.0.1:${again.port}/kapacitor/v1/tasks?fields=id&limit=-1`)
    const ids = ((await answer.json()) as { tasks: { id: string }[] }).tasks.map((t) => t.id)
    assert.deepEqual(
      answered.filter((id) => !ids.includes(id)),
      [],
    )
  })
})

describe('what is in the way', () => {
  test('a port in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const server = await start(['-config', configure('', port)])
    assert.equal((await server.ended).code, 1)
    assert.match(server.log(), /can't listen on 127\.0\.0\.1:\d+: the port is in use.*bind-address/)
    other.close()
  })

  test('a store in use', async () => {
    const config = configure()
    await start(['-config', config])
    const second = await start(['-config', config])
    assert.equal((await second.ended).code, 1)
    assert.match(second.log(), /supercapd: .*in use/)
  })

  test('a configuration that can not be', async () => {
    const server = await start(['-config', configure('[logging]\nlevel = 7\n')])
    assert.equal((await server.ended).code, 1)
    assert.match(server.log(), /supercapd: .*line \d+/)
  })
})

describe('the command line', () => {
  const call = (...args: string[]) => spawnSync(command, args, { encoding: 'utf8' })

  test('version and help', () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
    assert.equal(call('version').stdout, `Supercap OSS version ${version} (git: unknown unknown)\n`)
    for (const args of [['help'], ['-h'], ['--help']]) {
      const { stdout, status } = call(...args)
      assert.match(stdout, /^Usage: supercapd \[COMMAND\]/)
      assert.equal(status, 0)
    }
    for (const args of [
      ['help', 'run'],
      ['run', '-h'],
    ])
      assert.match(call(...args).stdout, /-pidfile PATH/)
  })

  test('what it does not know', () => {
    for (const [args, text] of [
      [['-blacklist-cidrs', '10.0.0.1', '-config', '/dev/null'], `"10.0.0.1" is no CIDR`],
      [['dance'], `unknown command "dance"\nRun 'supercapd help' for usage\n`],
      [['help', 'dance'], `unknown command "dance"`],
      [['-config', '/dev/null', 'dance'], `unknown command "dance"`],
      [['-colour', 'red'], 'flag provided but not defined: -colour'],
      [['-config'], 'flag needs an argument: -config'],
      [['-config', '/none/at/all'], `can't read the configuration file /none/at/all`],
    ] as const) {
      const { stderr, status } = call(...args)
      assert.ok(stderr.includes(text), stderr)
      assert.equal(status, 1)
    }
  })
})
