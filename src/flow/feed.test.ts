// Batches that are fed to a task: whole, in one entry, with nothing in between.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type BatchFeed, type FeedPiece, feedOf } from '../base/batch-feed.ts'
import { Point } from '../base/point.ts'
import { makeSeries } from '../base/series.ts'
import { makeShape } from '../base/shape.ts'
import { Sandbox, type SandboxOptions } from '../nodes/run-script.ts'
import { givenText } from '../nodes/testdata-given.ts'
import { scriptEnvironment } from '../server/script-environment.ts'
import type { Task } from './task.ts'

const DBRPS = [{ db: 'd', rp: 'r' }]
const SHAPE = makeShape(['v'], ['float'])
const START = 1_000

function pieces(host: string, values: readonly number[], per = 2): FeedPiece[] {
  const series = makeSeries('', '', 'm', ['host'], [host])
  const points = values.map((v, i) => new Point(series, SHAPE, [v], i, 0))
  const all: FeedPiece[] = [
    { is: 'begin', series, byName: false, tmax: { sec: values.length, ns: 0 }, size: values.length },
  ]
  for (let i = 0; i < points.length; i += per) all.push({ is: 'rows', points: points.slice(i, i + per) })
  return [...all, { is: 'end' }]
}

/** A feed whose pieces have to be fetched: each comes when `step` is called. */
class SlowFeed implements BatchFeed {
  readonly batches = 1
  readonly points = 1
  closed = 0
  readonly #pieces: readonly FeedPiece[]
  #at = 0
  #give: ((p: FeedPiece | undefined) => void) | undefined
  #refuse: ((e: Error) => void) | undefined

  constructor(p: readonly FeedPiece[]) {
    this.#pieces = p
  }
  next(): Promise<FeedPiece | undefined> {
    assert.equal(this.#give, undefined, 'asked again before it had answered')
    return new Promise((resolve, reject) => {
      this.#give = resolve
      this.#refuse = reject
    })
  }
  async step(): Promise<void> {
    const give = this.#give!
    this.#give = undefined
    give(this.#pieces[this.#at++])
    await settled()
  }
  async fail(message: string): Promise<void> {
    this.#refuse!(new Error(message))
    await settled()
  }
  close(): void {
    this.closed++
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

function rig(script: string, watched: string, o: Partial<SandboxOptions> = {}) {
  const box = new Sandbox(scriptEnvironment, { start: { sec: START, ns: 0 }, ...o })
  const gave: string[] = []
  const source = `batch|query('SELECT v FROM d.r.m').period(1d).every(1d)`
  const task: Task = box.start('t', { script: source + script, type: 'batch', dbrps: DBRPS }, (node, g) => {
    if (node === watched) gave.push(g.is === 'barrier' ? `barrier ${g.time?.sec}` : givenText(g))
  })
  return { box, task, gave }
}

describe('a feed', () => {
  test('runs as batches of the source, and counts there', async () => {
    const { box, task, gave } = rig(`|sum('v')`, 'sum2')
    const done = box.engine.feed('t', 0, feedOf([...pieces('a', [1, 2, 3]), ...pieces('b', []), ...pieces('b', [5])]))
    assert.equal(done, undefined)
    assert.deepEqual(gave, ['[host=a] m,host=a sum=6 3', '[host=b] m,host=b sum=0 0', '[host=b] m,host=b sum=5 1'])
    const stats = task.stats()['node-stats']
    assert.deepEqual(
      [stats['batch0']!['emitted'], stats['query1']!['collected'], stats['query1']!['emitted']],
      [3, 3, 3],
    )
    assert.equal(stats['query1']!['batches_queried'], 0)
  })

  test('that has to be fetched lets other tasks run, and nothing of its own task between its parts', async () => {
    const { box, gave } = rig('|barrier().period(10s)', 'barrier2')
    const other: string[] = []
    box.start('o', { script: `stream|from()|log()`, dbrps: DBRPS }, (node, g) => {
      if (node === 'from1') other.push(givenText(g))
    })
    box.engine.feed('t', 0, feedOf(pieces('a', [0])))
    gave.length = 0
    const feed = new SlowFeed(pieces('a', [1, 2, 3]))
    let done = false
    void box.engine.feed('t', 0, feed)!.then(() => (done = true))
    await feed.step()
    await feed.step()
    await box.write('d', 'r', 'x v=1 1', 's')
    assert.deepEqual(other, ['[] x v=1 1'])
    await box.advance({ sec: START + 25, ns: 0 })
    await feed.step()
    assert.deepEqual([gave, done], [[], false])
    await feed.step()
    await feed.step()
    await settled()
    assert.equal(done, true)
    assert.equal(feed.closed, 1)
    // The rows are older than the barriers that came in the meantime, but were in the log before them.
    assert.equal(gave[0], '[host=a] m@3: m,host=a v=1 0; m,host=a v=2 1; m,host=a v=3 2')
    assert.match(gave[1]!, /^barrier/)
  })

  test('whose task ends goes with it', async () => {
    const { box, task, gave } = rig(`|sum('v')`, 'sum2')
    const feed = new SlowFeed(pieces('a', [1]))
    const waiting = new SlowFeed(pieces('a', [2]))
    const done = Promise.all([box.engine.feed('t', 0, feed), box.engine.feed('t', 0, waiting)])
    await feed.step()
    task.fail(new Error('enough'))
    await done
    assert.deepEqual([feed.closed, waiting.closed, gave], [1, 1, []])
  })

  test('that can not be read back stops its task', async () => {
    const { box, task } = rig(`|sum('v')`, 'sum2')
    const feed = new SlowFeed(pieces('a', [1]))
    const done = box.engine.feed('t', 0, feed)
    await feed.step()
    await feed.fail('disk gone')
    await done
    assert.equal(task.error, 'disk gone')
    assert.equal(feed.closed, 1)
  })

  test('goes on over answers that its own nodes wait for', async () => {
    const many = Array.from({ length: 1_500 }, (_, i) => i)
    const { box, gave } = rig(`|trickle()|httpPost('http://x').codeField('code')`, 'http_post3')
    // More rows than the node may hold: the task waits for answers in the middle of the feed.
    await box.engine.feed('t', 0, feedOf(pieces('a', many, 100)))
    for (let i = 0; i < 200; i++) await box.settle()
    assert.equal(gave.length, many.length)
    assert.equal(gave.at(-1), '[host=a] m,host=a code=200i,v=1499 1499')
  })

  test('owes what each of its turns owes', async () => {
    const { box } = rig(`|trickle()|httpPost('http://x')`, '')
    const feed = new SlowFeed(pieces('a', [1, 2, 3, 4], 1))
    const done = box.engine.feed('t', 0, feed)
    for (let i = 0; i < 7; i++) await feed.step()
    await done
    await box.settle()
    assert.equal(box.requests.length, 4)
  })

  test('counts what nodes gather of a batch against the limit of held points', async () => {
    const limits = { maxGroups: 0, maxHeldPoints: 3, maxPending: 0, groupExpiryNs: 0 }
    const { box, task } = rig(`|httpOut('x')`, '', { limits })
    await box.engine.feed('t', 0, feedOf([...pieces('a', [1, 2, 3]), ...pieces('b', [1, 2, 3])]))
    assert.deepEqual([task.error, task.heldPoints], ['', 0])
    await box.engine.feed('t', 0, feedOf(pieces('a', [1, 2, 3, 4])))
    assert.match(task.error, /^http_out2: the task holds more than 3 points/)
  })

  test('is written down as a whole or not at all', async () => {
    const { box, task } = rig(`|sum('v')`, 'sum2')
    const feed = new SlowFeed(pieces('a', [1]))
    const done = box.engine.feed('t', 0, feed)
    await feed.step()
    assert.throws(() => task.snapshot(), { code: 'in-turn', retry: true })
    for (let i = 0; i < 3; i++) await feed.step()
    await done
    assert.ok(task.snapshot())
  })

  test('needs a source that is there', () => {
    const { box } = rig(`|log()`, '')
    assert.throws(() => box.engine.feed('t', 1, feedOf([])), { code: 'no-source' })
    assert.throws(() => box.engine.feed('u', 0, feedOf([])), { code: 'no-task' })
  })

  test('finds each source of a task by its number', () => {
    const { box, gave } = rig(`|log()\nbatch|query('SELECT v FROM d.r.n').every(1h)|sum('v')`, 'sum4')
    box.engine.feed('t', 0, feedOf(pieces('a', [1])))
    assert.deepEqual(gave, [])
    box.engine.feed('t', 1, feedOf(pieces('a', [1])))
    assert.deepEqual(gave, ['[host=a] m,host=a sum=1 1'])
  })
})
