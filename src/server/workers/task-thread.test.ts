import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { FromWorker, TaskFigures, TaskText, ToWorker } from './messages.ts'
import { TaskThread } from './task-thread.ts'
import { limits, scripts, settle } from './testdata-threads.ts'

function rig() {
  const sent: FromWorker[] = []
  const thread = new TaskThread({
    limits,
    server: { hostname: 'h', clusterId: 'c', serverId: 's' },
    compile: (source, vars, dbrps) => scripts.compile(source, 'stream', vars, dbrps),
    send: (m) => sent.push(m),
  })
  return { thread, sent, types: () => sent.map((m) => m.type) }
}

const task = (id: string, script = "stream|from().measurement('m')|httpOut('out')"): TaskText => ({
  id,
  script,
  vars: {},
  dbrps: [{ db: 'db', rp: 'rp' }],
  groupExpiry: undefined,
})

const lines = (body: number, text: string): ToWorker => ({
  type: 'lines',
  body,
  db: 'db',
  rp: 'rp',
  bytes: new Uint8Array(Buffer.from(text)),
  precision: 's',
  now: { sec: 1, ns: 0 },
})

const many = (n: number): string => Array.from({ length: n }, (_, i) => `m v=${i}i ${i}`).join('\n')

it('answers questions though bodies wait, and each body once', async () => {
  const { thread, sent } = rig()
  const done = (): number[] => sent.flatMap((m) => (m.type === 'done' ? [m.body] : []))
  for (let i = 0; i < 5; i++) thread.take({ type: 'start', task: task(`t${i}`) })
  // A task is never started before the one that it takes the place of has ended, and what follows waits with it.
  thread.take({ type: 'stop', call: 1, id: 't0', why: 'drain' })
  thread.take({ type: 'start', task: task('t0') })
  for (let i = 0; i < 10; i++) thread.take(lines(i, many(2_000)))
  thread.take({ type: 'figures', call: 2, ids: ['t1', 'nobody'] })
  assert.ok(sent.some((m) => m.type === 'answer' && m.call === 2))
  assert.deepEqual(done(), [])
  while (done().length < 10) await settle()
  assert.deepEqual(done(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

it('starts a task in place of one that still runs what it has been given', async () => {
  const { thread, sent, types } = rig()
  // Further tasks, so that it has not run all of the body when it is to end.
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 't']) thread.take({ type: 'start', task: task(id) })
  thread.take(lines(1, many(50_000)))
  thread.take({ type: 'stop', call: 2, id: 't', why: 'drain' })
  thread.take({ type: 'start', task: task('t') })
  thread.take(lines(3, 'm v=7i 7'))
  while (types().filter((t) => t === 'done').length < 2) await settle()
  thread.take({ type: 'figures', call: 4, ids: ['t'] })
  assert.ok(!types().includes('failed'))
  const figures = sent.at(-1) as FromWorker & { type: 'answer' }
  assert.deepEqual(
    (figures.answer as readonly TaskFigures[]).map((f) => f.edges[0]),
    [1],
  )
})

it('says what is wrong with a task that it can not compile, and with lines that it can not read', () => {
  const { thread, sent, types } = rig()
  thread.take({ type: 'start', task: task('bad', 'stream|nothing()') })
  assert.deepEqual([sent[0]!.type, (sent[0] as { id: string }).id], ['failed', 'bad'])
  thread.take(lines(1, 'm v='))
  assert.deepEqual(types().slice(1), ['log', 'done'])
})

it('logs at a bounded rate, with the count of what was held back', async () => {
  const { thread, sent } = rig()
  thread.take({ type: 'start', task: task('t', "stream|from().measurement('m')|eval(lambda: \"v\" / 0).as('x')") })
  thread.take(lines(1, many(1_000)))
  await settle()
  const logs = sent.flatMap((m) => (m.type === 'log' ? [m] : []))
  assert.equal(logs.length, 1)
  assert.deepEqual([logs[0]!.limited, logs[0]!.fields['task'], logs[0]!.fields['node']], [true, 't', 'eval2'])
})
