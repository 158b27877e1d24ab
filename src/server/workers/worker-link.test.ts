// Real threads: that they start, and what is seen of their end.
import assert from 'node:assert/strict'
import { afterEach, it } from 'node:test'
import { ZERO_TIME } from '../../base/time.ts'
import { Entry } from '../../flow/entry.ts'
import { points } from '../../flow/testdata-rig.ts'
import type { ToWorker } from './messages.ts'
import { limits } from './testdata-threads.ts'
import { spawnThread, type Thread, WorkerLink } from './worker-link.ts'

interface Rig {
  readonly link: WorkerLink
  readonly threads: Thread[]
  readonly settled: Entry[]
  /** Resolves with the reason of the next end. */
  died(): Promise<string>
}

const links: WorkerLink[] = []
afterEach(() => Promise.all(links.splice(0).map((l) => l.close())))

function rig(): Rig {
  const threads: Thread[] = []
  const settled: Entry[] = []
  let told: (reason: string) => void = () => {}
  const link = new WorkerLink({
    spawn() {
      const thread = spawnThread({ limits, server: { hostname: 'h', clusterId: 'c', serverId: 's' } }, 'test')
      threads.push(thread)
      return thread
    },
    heard: () => {},
    settled: (e) => settled.push(e),
    died: (reason) => told(reason),
  })
  links.push(link)
  const died = (): Promise<string> =>
    new Promise((resolve) => {
      told = resolve
    })
  return { link, threads, settled, died }
}

const START: ToWorker = {
  type: 'start',
  task: {
    id: 't',
    script: "stream|from().measurement('m')|httpOut('out')",
    vars: {},
    dbrps: [{ db: 'db', rp: 'rp' }],
    groupExpiry: undefined,
  },
}
const ROUTE = (call: number) => ({ type: 'route', call, id: 't', endpoint: 'out' }) as const

function give(r: Rig): Entry {
  const entry = new Entry(1, ZERO_TIME, 0, undefined, undefined)
  r.link.give(entry, { db: 'db', rp: 'rp', points: points('m', [1, 2]), raw: undefined })
  return entry
}

it('runs a task, and answers', async () => {
  const r = rig()
  r.link.post(START)
  const entry = give(r)
  assert.equal(entry.pending, 2)
  r.link.give(entry, { db: 'db', rp: 'rp', points: [], raw: undefined })
  assert.equal(entry.pending, 2)
  assert.equal(r.link.behind, 1)
  await r.link.stop('nobody', 'drain')
  assert.deepEqual(r.settled, [entry])
  assert.match(String(await r.link.call(ROUTE)), /"values":\[\["1970-01-01T00:16:41Z",2\]\]/)
  assert.equal((await r.link.figures('t'))!.stats['node-stats']['from1']!['collected'], 2)
  assert.equal(await r.link.figures('nobody'), undefined)
})

it('settles everything when the thread throws, says why, and makes a new one for what comes next', async () => {
  const r = rig()
  r.link.post(START)
  await r.link.figures('t')
  const died = r.died()
  r.threads[0]!.postMessage(null as unknown as ToWorker)
  const entry = give(r)
  const asked = r.link.call(ROUTE)
  assert.match(await died, /null/)
  assert.equal(await asked, undefined)
  assert.deepEqual([r.settled, r.link.behind], [[entry], 0])
  assert.equal(await r.link.call(ROUTE), null)
  assert.equal(r.threads.length, 2)
})

it('does the same when the thread is ended from outside', async () => {
  const r = rig()
  r.link.post(START)
  await r.link.figures('t')
  const died = r.died()
  await r.threads[0]!.terminate()
  assert.equal(await died, 'it ended with code 1')
})
