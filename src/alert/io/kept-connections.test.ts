import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { inTime, KeptConnections } from './kept-connections.ts'

describe('KeptConnections', () => {
  let opened = 0
  const closed: number[] = []
  let kept: KeptConnections<number>
  const open = async (): Promise<number> => ++opened

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] })
    opened = 0
    closed.length = 0
    kept = new KeptConnections({
      idleMs: 100,
      close: (c) => void closed.push(c),
      spoils: (e) => (e as Error).message !== 'harmless',
    })
  })
  afterEach(() => mock.timers.reset())

  const use = (key = 'k') => kept.use(key, open, async (c) => c)
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  it('opens one for each key and shares it', async () => {
    assert.deepEqual(await Promise.all([use(), use(), use('other')]), [1, 1, 2])
    assert.equal(await use(), 1)
    assert.equal(kept.size, 2)
  })

  it('closes what nobody has used for a while, but not what is in use', async () => {
    await use()
    mock.timers.tick(99)
    await use()
    mock.timers.tick(99)
    await settled()
    assert.deepEqual(closed, [])
    let finish = (): void => {}
    const working = kept.use('k', open, () => new Promise<void>((resolve) => (finish = resolve)))
    await settled()
    mock.timers.tick(1000)
    await settled()
    assert.deepEqual(closed, [])
    finish()
    await working
    mock.timers.tick(100)
    await settled()
    assert.deepEqual([closed, kept.size], [[1], 0])
    assert.equal(await use(), 2)
  })

  it('opens a new one after a failure, and closes the old one when its last user is gone', async () => {
    let finish = (): void => {}
    const working = kept.use('k', open, () => new Promise<void>((resolve) => (finish = resolve)))
    await assert.rejects(
      kept.use('k', open, () => Promise.reject(new Error('broken'))),
      /broken/,
    )
    assert.equal(await use(), 2)
    assert.deepEqual(closed, [])
    finish()
    await working
    await settled()
    assert.deepEqual(closed, [1])
  })

  it('keeps it after a failure that says nothing about the connection', async () => {
    await assert.rejects(kept.use('k', open, () => Promise.reject(new Error('harmless'))))
    assert.equal(await use(), 1)
  })

  it('tries to open again after it could not', async () => {
    await assert.rejects(
      kept.use(
        'k',
        () => Promise.reject(new Error('harmless')),
        async () => {},
      ),
    )
    assert.equal(kept.size, 0)
    assert.equal(await use(), 1)
  })

  it('closes all at the end and opens nothing more', async () => {
    await use()
    await use('other')
    await kept.close()
    assert.deepEqual(closed, [1, 2])
    await assert.rejects(use(), /stopping/)
  })
})

describe('inTime', () => {
  it('gives the result, the error, or a fault worth a retry', async () => {
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      assert.equal(await inTime(Promise.resolve(1), 10, 'it'), 1)
      await assert.rejects(inTime(Promise.reject(new Error('own')), 10, 'it'), /own/)
      const late = inTime(new Promise(() => {}), 10_000, 'it')
      mock.timers.tick(10_000)
      await assert.rejects(late, { message: 'it: no answer within 10 s', retry: true })
    } finally {
      mock.timers.reset()
    }
  })
})
