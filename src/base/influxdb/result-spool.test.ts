import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { FeedPiece } from '../batch-feed.ts'
import type { Cell } from './result-sink.ts'
import { ResultSpool, type SpoolFile, type SpoolOptions } from './result-spool.ts'

const OPTIONS: SpoolOptions = { byName: false, stop: { sec: 99, ns: 9 }, rowTimes: true }

/** A file in memory that answers a little later. */
class SlowFile implements SpoolFile {
  bytes = new Uint8Array(0)
  closed = 0
  reads = 0
  async append(more: Uint8Array): Promise<void> {
    await Promise.resolve()
    const joined = new Uint8Array(this.bytes.length + more.length)
    joined.set(this.bytes)
    joined.set(more, this.bytes.length)
    this.bytes = joined
  }
  async read(offset: number, length: number): Promise<Uint8Array> {
    await Promise.resolve()
    this.reads++
    return this.bytes.slice(offset, offset + length)
  }
  close(): void {
    this.closed++
  }
}

interface Series {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly [number, number, readonly Cell[]])[]
  readonly partial?: boolean
}

function fill(spool: ResultSpool, s: Series): void {
  spool.open()
  spool.columns(s.columns)
  for (const [sec, ns, cells] of s.rows) spool.row(sec, ns, cells)
  spool.end({ name: s.name, tags: { t: s.name }, partial: s.partial ?? false })
}

async function pieces(spool: ResultSpool): Promise<FeedPiece[]> {
  const all: FeedPiece[] = []
  for (let p = await spool.next(); p; p = await spool.next()) all.push(p)
  return all
}

/** Batches as `[name, tmax, rows as [sec, ns, fields]]`. */
async function read(spool: ResultSpool): Promise<unknown[]> {
  const batches: unknown[][] = []
  for (const p of await pieces(spool)) {
    if (p.is === 'begin') batches.push([p.series.name, p.tmax, []])
    if (p.is === 'rows') {
      assert.ok(p.points.length > 0 && p.points.length <= 1_024)
      for (const x of p.points) {
        const fields = Object.fromEntries(x.shape.names.map((n, i) => [n, x.values[i]!]))
        ;(batches.at(-1)![2] as unknown[]).push([x.sec, x.ns, fields])
      }
    }
  }
  return batches
}

describe('the spool', () => {
  test('gives batches with kinds, without nulls and rows of nulls', async () => {
    const spool = new ResultSpool(OPTIONS)
    fill(spool, {
      name: 'm',
      columns: ['b', 'a'],
      rows: [
        [2, 5, [1, 'x']],
        [3, 0, [null, null]],
        [1, 0, [null, true]],
        [-1, 999999999, [Number.NaN, '']],
      ],
    })
    assert.equal(spool.batches, 1)
    assert.equal(spool.points, 3)
    const all = await pieces(spool)
    assert.deepEqual(
      all.map((p) => p.is),
      ['begin', 'rows', 'end'],
    )
    const [begin, rows] = all as [Extract<FeedPiece, { is: 'begin' }>, Extract<FeedPiece, { is: 'rows' }>]
    assert.deepEqual([begin.tmax, begin.size, begin.byName], [{ sec: 2, ns: 5 }, 3, false])
    assert.deepEqual(begin.series.tags, Object.assign(Object.create(null), { t: 'm' }))
    assert.deepEqual(
      rows.points.map((p) => [p.sec, p.ns, p.shape.names, p.shape.kinds, p.values]),
      [
        [2, 5, ['a', 'b'], ['string', 'float'], ['x', 1]],
        [1, 0, ['a'], ['bool'], [true]],
        [-1, 999999999, ['a', 'b'], ['string', 'float'], ['', Number.NaN]],
      ],
    )
    assert.ok(rows.points.every((p) => p.series === begin.series))
  })

  test('an empty series is an empty batch at the end of the span', async () => {
    const spool = new ResultSpool(OPTIONS)
    fill(spool, { name: 'm', columns: ['v'], rows: [] })
    assert.deepEqual(await read(spool), [['m', { sec: 99, ns: 9 }, []]])
  })

  test('the time of a batch is the end of the span when rows do not stand for times', async () => {
    const spool = new ResultSpool({ ...OPTIONS, rowTimes: false })
    fill(spool, { name: 'm', columns: ['v'], rows: [[5, 0, [1]]] })
    assert.deepEqual(await read(spool), [['m', { sec: 99, ns: 9 }, [[5, 0, { v: 1 }]]]])
  })

  test('parts of a series become one batch, unless another one comes between', async () => {
    const spool = new ResultSpool(OPTIONS)
    fill(spool, { name: 'm', columns: ['v'], rows: [[2, 0, [1]]], partial: true })
    fill(spool, { name: 'm', columns: ['v', 'w'], rows: [[1, 0, [2, 3]]], partial: true })
    fill(spool, { name: 'n', columns: ['v'], rows: [[4, 0, [4]]], partial: true })
    fill(spool, { name: 'm', columns: ['v'], rows: [[3, 0, [5]]] })
    assert.equal(spool.batches, 3)
    assert.deepEqual(await read(spool), [
      [
        'm',
        { sec: 2, ns: 0 },
        [
          [2, 0, { v: 1 }],
          [1, 0, { v: 2, w: 3 }],
        ],
      ],
      ['n', { sec: 4, ns: 0 }, [[4, 0, { v: 4 }]]],
      ['m', { sec: 3, ns: 0 }, [[3, 0, { v: 5 }]]],
    ])
  })

  test('of two columns with one name the last one with a value counts', async () => {
    const spool = new ResultSpool(OPTIONS)
    fill(spool, {
      name: 'm',
      columns: ['v', 'v'],
      rows: [
        [1, 0, [1, 2]],
        [2, 0, [3, null]],
      ],
    })
    assert.deepEqual(await read(spool), [
      [
        'm',
        { sec: 2, ns: 0 },
        [
          [1, 0, { v: 2 }],
          [2, 0, { v: 3 }],
        ],
      ],
    ])
  })

  test('the file is opened when it gets too much, and closed once', async () => {
    const files: SlowFile[] = []
    const file = (): SpoolFile => {
      files.push(new SlowFile())
      return files.at(-1)!
    }
    const spool = new ResultSpool({ ...OPTIONS, file, maxBytes: 100_000 })
    await spool.settle()
    const rows = Array.from({ length: 40_000 }, (_, i) => [i, 0, [i, `text ${i}`]] as const)
    spool.open()
    spool.columns(['v', 's'])
    assert.equal(files.length, 0)
    for (const [i, r] of rows.entries()) {
      spool.row(...r)
      if (i % 1_000 === 0) await spool.settle()
    }
    spool.end({ name: 'm', tags: {}, partial: false })
    assert.equal(files.length, 1)
    assert.ok(files[0]!.bytes.length > 500_000)
    assert.deepEqual(await read(spool), [
      ['m', { sec: 39_999, ns: 0 }, rows.map(([s, n, [v, t]]) => [s, n, { v, s: t }])],
    ])
    spool.close()
    spool.close()
    assert.equal(files[0]!.closed, 1)
  })

  test('a file that can not be read back is told', async () => {
    const file = new SlowFile()
    file.read = () => Promise.reject(new Error('gone'))
    const spool = new ResultSpool({ ...OPTIONS, file: () => file, maxBytes: 0 })
    fill(spool, { name: 'm', columns: ['v'], rows: Array.from({ length: 20_000 }, (_, i) => [i, 0, [i]] as const) })
    await spool.settle()
    await assert.rejects(read(spool), { message: 'gone' })
  })

  test('gives what it was given, in memory and from a file', async () => {
    const cell = fc.oneof(fc.double(), fc.string({ maxLength: 100, unit: 'grapheme' }), fc.boolean(), fc.constant(null))
    const series = fc
      .record({
        name: fc.constantFrom('a', 'b'),
        columns: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 3 }),
      })
      .chain(({ name, columns }) => {
        const cells = fc.array(cell, { minLength: columns.length, maxLength: columns.length })
        const row = fc.tuple(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), fc.nat(999_999_999), cells)
        return fc.array(row, { maxLength: 6 }).map((rows) => ({ name, columns, rows }))
      })
    await fc.assert(
      fc.asyncProperty(fc.array(series, { maxLength: 4 }), fc.boolean(), async (all, filed) => {
        const spool = new ResultSpool({ ...OPTIONS, ...(filed ? { file: () => new SlowFile(), maxBytes: 0 } : {}) })
        for (const s of all) {
          fill(spool, s)
          await spool.settle()
        }
        const expected = all.map((s) => {
          const kept = s.rows.filter(([, , cells]) => cells.some((c) => c !== null))
          const fields = kept.map(([sec, ns, cells]) => [
            sec,
            ns,
            Object.fromEntries(
              s.columns
                .map((c, i) => [c, cells[i]!] as const)
                .filter(([, v]) => v !== null)
                .sort(([a], [b]) => (a < b ? -1 : 1)),
            ),
          ])
          const newest = kept.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]).at(-1)
          return [s.name, newest ? { sec: newest[0], ns: newest[1] } : OPTIONS.stop, fields]
        })
        assert.deepEqual(await read(spool), expected)
      }),
      { numRuns: 200 },
    )
  })
})
