import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '../base/fault.ts'
import { Batch } from './batch.ts'
import { exactJson, typed } from './codec.ts'
import { encodeKey, type Key } from './key.ts'
import type { Kv, KvWriter } from './kv.ts'
import { MemoryKv } from './memory-kv.ts'
import { openMemoryStore } from './memory-store.ts'
import { type Migration, Store } from './store.ts'

/** A medium that counts transactions and can be made to fail after the writes, as a full disk does. */
class FlakyKv extends MemoryKv {
  transactions = 0
  fault: Fault | undefined

  override write<T>(action: (writer: KvWriter) => T): T {
    return super.write((writer) => {
      const result = action(writer)
      if (this.fault) throw this.fault
      this.transactions++
      return result
    })
  }
}

const flaky = (): { kv: FlakyKv; store: Store } => {
  const kv = new FlakyKv()
  return { kv, store: new Store(kv) }
}

describe('collections', () => {
  test('keep values apart, in key order', async () => {
    const store = openMemoryStore()
    const tasks = store.collection<{ n: number }>('tasks')
    const task = store.collection<string>('task')
    await store.commit((w) => {
      for (const id of ['b', 'a', 'é', 'z', 'a!', 'B']) w.put(tasks, [id], { n: id.length })
      w.put(task, ['s'], 'other')
    })
    assert.deepEqual(tasks.ids(), ['B', 'a', 'a!', 'b', 'z', 'é'])
    assert.deepEqual(tasks.get(['a!']), { n: 2 })
    assert.equal(tasks.get(['s']), undefined)
    assert.equal(tasks.has(['z']), true)
    assert.equal(tasks.count(), 6)
    assert.equal(tasks.count({ startsWith: 'a' }), 2)
    assert.deepEqual(tasks.ids({ startsWith: 'a' }), ['a', 'a!'])
    assert.deepEqual(tasks.keys({ offset: 1, limit: 2 }), [['a'], ['a!']])
    assert.deepEqual(tasks.keys({ reverse: true, limit: 1 }), [['é']])
    assert.deepEqual(tasks.keys({ after: ['a'], limit: 2 }), [['a!'], ['b']])
    assert.deepEqual(tasks.keys({ from: ['a'], to: ['b'] }), [['a'], ['a!']])
    store.transact((w) => assert.equal(tasks.removeRange(w, { startsWith: 'a' }), 2))
    assert.deepEqual(tasks.ids(), ['B', 'b', 'z', 'é'])
  })

  test('ids are the first parts, each once; a prefix selects the rest', () => {
    const store = openMemoryStore()
    const events = store.collection<number>('events')
    store.transact((w) => {
      for (const [i, key] of ([['t2', 'x'], ['t1', 'b'], ['t1', 'a'], ['t1', 'a', 3], ['t']] as Key[]).entries())
        w.put(events, key, i)
    })
    assert.deepEqual(events.ids(), ['t', 't1', 't2'])
    assert.deepEqual(events.entries({ prefix: ['t1'] }), [
      [['t1', 'a'], 2],
      [['t1', 'a', 3], 3],
      [['t1', 'b'], 1],
    ])
    assert.deepEqual(events.values({ prefix: ['t1'], startsWith: 'a' }), [2, 3])
  })

  test('a scan sees everything once, in order, over several pages', () => {
    const store = openMemoryStore()
    const c = store.collection<number>('c')
    store.transact((w) => {
      for (let i = 0; i < 2500; i++) w.put(c, [i], i)
    })
    assert.deepEqual(
      [...c.scan({ from: [10] })].map(([, v]) => v),
      Array.from({ length: 2490 }, (_, i) => i + 10),
    )
  })

  test('keys that are too long for the file work like others', () => {
    const head = 'h'.repeat(3000)
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\0'), maxLength: 3 })
    const key = fc.tuple(fc.constantFrom('short', head), text)
    fc.assert(
      fc.property(fc.array(key, { maxLength: 6 }), key, text, (keys, other, start) => {
        const store = openMemoryStore()
        const c = store.collection<string>('c')
        store.transact((w) => {
          for (const k of keys) w.put(c, k, k.join('|'))
        })
        const all = new Set(keys.map((k) => k.join('|')))
        assert.deepEqual(new Set(c.values()), all)
        assert.equal(c.get(other) ?? null, all.has(other.join('|')) ? other.join('|') : null)
        assert.deepEqual(
          new Set(c.keys({ prefix: [other[0]], startsWith: start }).map((k) => k.join('|'))),
          new Set([...all].filter((k) => k.startsWith(`${other[0]}|${start}`))),
        )
        const inside = [...all].filter((k) => {
          const bytes = encodeKey(k.split('|'))
          return (
            Buffer.compare(bytes, encodeKey(other)) > 0 && Buffer.compare(bytes, encodeKey([other[0], `${start}c`])) < 0
          )
        })
        const range = { after: other, to: [other[0], `${start}c`] }
        assert.deepEqual(new Set(c.keys(range).map((k) => k.join('|'))), new Set(inside))
        assert.equal(c.count(range), inside.length)
        const below = [...all].filter((k) => Buffer.compare(encodeKey(k.split('|')), encodeKey([head, start])) < 0)
        assert.equal(c.count({ to: [head, start] }), below.length)
        assert.equal(c.entries({ ...range, offset: 1, limit: 1 }).length, inside.length > 1 ? 1 : 0)
        assert.equal(c.count({ prefix: [other[0]] }), [...all].filter((k) => k.startsWith(`${other[0]}|`)).length)
        assert.equal(
          c.entries({ prefix: [other[0]], limit: 1, offset: 1 }).length,
          c.count({ prefix: [other[0]] }) > 1 ? 1 : 0,
        )
      }),
    )
  })

  test('a codec of its own', () => {
    const store = openMemoryStore()
    const cells = store.collection<{ sum: number; n: bigint }>('cells', typed(exactJson))
    store.transact((w) => w.put(cells, ['g'], { sum: Number.NaN, n: 2n ** 60n }))
    assert.deepEqual(cells.get(['g']), { sum: Number.NaN, n: 2n ** 60n })
  })

  test('a name is declared once', () => {
    const store = openMemoryStore()
    store.collection('a')
    assert.throws(() => store.collection('a'))
    assert.throws(() => store.queue('a'))
    assert.throws(() => store.collection('$schema'))
  })
})

describe('commit', () => {
  test('concurrent callers share one transaction, in the order of their calls', async () => {
    const { kv, store } = flaky()
    const c = store.collection<number>('c')
    const before = kv.transactions
    const order: number[] = []
    await Promise.all([1, 2, 3, 4].map((n) => store.commit((w) => w.put(c, ['k'], n)).then(() => order.push(n))))
    assert.equal(kv.transactions - before, 1)
    assert.equal(c.get(['k']), 4)
    assert.deepEqual(order, [1, 2, 3, 4])
  })

  test('nothing is seen before it is committed, and values are taken when staged', async () => {
    const store = openMemoryStore()
    const c = store.collection<{ n: number }>('c')
    const value = { n: 1 }
    const done = store.commit((w) => w.put(c, ['k'], value))
    value.n = 2
    assert.equal(c.get(['k']), undefined)
    await done
    assert.deepEqual(c.get(['k']), { n: 1 })
  })

  test('a failed commit rejects all that shared it, writes nothing, and can be tried again', async () => {
    const { kv, store } = flaky()
    const c = store.collection<number>('c')
    const batch = new Batch()
    batch.put(c, ['a'], 1)
    batch.remove(c, ['zero'])
    kv.fault = new Fault('store-disk-full', 'the disk is full', { status: 503, retry: true })
    const results = await Promise.allSettled([store.commit(batch), store.commit((w) => w.put(c, ['b'], 2))])
    assert.deepEqual(
      results.map((r) => r.status === 'rejected' && (r.reason as Fault).code),
      ['store-disk-full', 'store-disk-full'],
    )
    assert.deepEqual(c.keys(), [])
    kv.fault = undefined
    await store.commit(batch)
    assert.deepEqual(c.keys(), [['a']])
  })

  test('a synchronous transaction comes after what was handed in before it', async () => {
    const { store } = flaky()
    const c = store.collection<string>('c')
    const first = store.commit((w) => w.put(c, ['k'], 'commit'))
    const seen = store.transact((w) => {
      const before = c.get(['k'])
      w.put(c, ['k'], 'transaction')
      return [before, c.get(['k'])]
    })
    assert.deepEqual(seen, ['commit', 'transaction'])
    await first
    assert.equal(c.get(['k']), 'transaction')
  })

  test('a transaction that throws leaves nothing', () => {
    const store = openMemoryStore()
    const c = store.collection<number>('c')
    assert.throws(
      () =>
        store.transact((w) => {
          w.put(c, ['k'], 1)
          throw new Error('no')
        }),
      { message: 'no' },
    )
    assert.equal(c.count(), 0)
  })

  test('closing writes what waits; later use is a fault', async () => {
    const kv = new MemoryKv()
    const store = new Store(kv)
    const c = store.collection<number>('c')
    const done = store.commit((w) => w.put(c, ['k'], 1))
    const seen = new Store(kv).collection<number>('c')
    store.transact(() => {})
    assert.equal(seen.get(['k']), 1)
    await store.close()
    await done
    await assert.rejects(
      store.commit((w) => w.put(c, ['k'], 2)),
      { code: 'store-closed' },
    )
    assert.throws(() => c.get(['k']), { code: 'store-closed' })
    await store.close()
  })
})

describe('queues', () => {
  test('count on, whatever is removed, and over a restart', () => {
    const kv: Kv = new MemoryKv()
    const store = new Store(kv)
    const outbox = store.queue<string>('outbox')
    store.transact((w) => {
      assert.deepEqual(
        ['a', 'b', 'c'].map((v) => outbox.append(w, v)),
        [1, 2, 3],
      )
    })
    assert.deepEqual(outbox.read(2), [
      [2, 'b'],
      [3, 'c'],
    ])
    assert.deepEqual(outbox.read(1, 1), [[1, 'a']])
    store.transact((w) => outbox.replace(w, 2, 'B'))
    store.transact((w) => assert.equal(outbox.removeBelow(w, 3), 2))
    store.transact((w) => assert.equal(outbox.removeBelow(w, 4), 1))
    assert.equal(new Store(kv).queue<string>('outbox').nextSeq, 4)
    store.transact((w) => outbox.replace(w, 3, 'c'))
    assert.equal(outbox.get(2), undefined)
    store.transact((w) => outbox.remove(w, 3))
    assert.equal(outbox.count(), 0)

    const again = new Store(kv).queue<string>('outbox')
    assert.equal(again.nextSeq, 4)
    again.skipTo(10)
    again.skipTo(5)
    store.transact((w) => assert.equal(again.append(w, 'd'), 10))
    assert.equal(new Store(kv).queue<string>('outbox').nextSeq, 11)
  })
})

describe('versions', () => {
  const rename: Migration = {
    to: 1,
    about: 'jobs are called tasks',
    run: (open, w) => {
      const jobs = open<number>('jobs')
      const tasks = open<number>('tasks')
      for (const [key, value] of jobs.scan()) {
        w.put(tasks, key, value)
        w.remove(jobs, key)
      }
    },
  }
  const double: Migration = {
    to: 2,
    about: 'values are doubled',
    run: (open, w) => {
      const tasks = open<number>('tasks')
      for (const [key, value] of tasks.entries()) w.put(tasks, key, value * 2)
    },
  }

  test('a new store has the newest version and runs nothing', () => {
    const kv = new MemoryKv()
    const failing: Migration = { to: 1, about: '', run: () => assert.fail() }
    assert.equal(new Store(kv, [failing]).version, 1)
    assert.equal(new Store(kv, [failing]).version, 1)
  })

  test('an old one is brought up step by step, once', () => {
    const kv = new MemoryKv()
    const old = new Store(kv)
    const jobs = old.collection<number>('jobs')
    old.transact((w) => w.put(jobs, ['a'], 21))
    for (let i = 0; i < 2; i++) {
      const store = new Store(kv, [rename, double])
      assert.equal(store.version, 2)
      assert.deepEqual(store.collection<number>('tasks').entries(), [[['a'], 42]])
    }
  })

  test('a migration that fails leaves the version before it', () => {
    const kv = new MemoryKv()
    new Store(kv, [])
    const bad: Migration = {
      to: 2,
      about: '',
      run: (open, w) => {
        w.put(open<number>('tasks'), ['half'], 1)
        throw new Error('broken')
      },
    }
    assert.throws(() => new Store(kv, [rename, bad]), { message: 'broken' })
    const store = new Store(kv, [rename])
    assert.equal(store.version, 1)
    assert.equal(store.collection('tasks').count(), 0)
  })

  test('a newer one is refused', () => {
    const kv = new MemoryKv()
    new Store(kv, [rename, double])
    assert.throws(() => new Store(kv, [rename]), { code: 'store-too-new' })
  })
})
