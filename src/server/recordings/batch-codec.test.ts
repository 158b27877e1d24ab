// What a batch recording gives back must be what was put in, numbers as floats, whatever the pieces it is read in.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { ZipFile } from 'yazl'
import { type BatchFeed, type FeedPiece, feedOf } from '../../base/batch-feed.ts'
import { Point } from '../../base/point.ts'
import { seriesOf } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import { compareTime, formatTime, type Time } from '../../base/time.ts'
import type { Kind, Value } from '../../base/value.ts'
import { TemporarySpool } from '../influxdb/spool-file.ts'
import { BatchObjects } from './batch-objects.ts'
import { BatchReader } from './batch-reader.ts'
import { batchText } from './batch-text.ts'
import { writeBatches } from './batch-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'batch-codec-'))
after(() => rmSync(folder, { recursive: true }))
let n = 0
const fresh = (): string => join(folder, `${++n}.brpl`)

const text = fc.string({
  maxLength: 12,
  unit: fc.constantFrom('a', '"', '\\', '\n', ' ', '{', ']', ',', '<', '漢', '\u2028'),
})
const name = fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' })
const time: fc.Arbitrary<Time> = fc.record({
  sec: fc.integer({ min: 0, max: 4_000_000_000 }),
  ns: fc.integer({ min: 0, max: 999_999_999 }),
})
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((v): [Kind, Value] => ['float', v === 0 ? 0 : v]),
  fc.boolean().map((v): [Kind, Value] => ['bool', v]),
  text.map((v): [Kind, Value] => ['string', v]),
)
const batch = fc.record({
  name,
  byName: fc.boolean(),
  tmax: time,
  tags: fc.dictionary(name, name, { maxKeys: 2 }),
  rows: fc.array(fc.record({ time, fields: fc.dictionary(name, value, { minKeys: 1, maxKeys: 3 }) }), { maxLength: 6 }),
})
type Batch = typeof batch extends fc.Arbitrary<infer T> ? T : never

function pointOf(b: Batch, row: Batch['rows'][number]): Point {
  const names = Object.keys(row.fields).sort()
  const shape = makeShape(
    names,
    names.map((f) => row.fields[f]![0]),
  )
  const values = names.map((f) => row.fields[f]![1])
  return new Point(seriesOf('', '', b.name, b.tags), shape, values, row.time.sec, row.time.ns)
}

function piecesOf(batches: readonly Batch[]): FeedPiece[] {
  return batches.flatMap((b): FeedPiece[] => [
    { is: 'begin', series: seriesOf('', '', b.name, b.tags), byName: b.byName, tmax: b.tmax, size: b.rows.length },
    ...b.rows.map((r): FeedPiece => ({ is: 'rows', points: [pointOf(b, r)] })),
    { is: 'end' },
  ])
}

/** Without the difference between objects with and without a prototype. */
const plain = (v: unknown): unknown => JSON.parse(JSON.stringify(v))

async function zipOf(path: string, fill: (zip: ZipFile) => void): Promise<void> {
  const zip = new ZipFile()
  fill(zip)
  zip.end()
  await pipeline(zip.outputStream, createWriteStream(path))
}

const shown = (p: Point): unknown => [
  p.series.name,
  { ...p.series.tags },
  p.shape.names,
  p.shape.kinds,
  p.values,
  p.sec,
  p.ns,
]

async function contents(feed: BatchFeed): Promise<unknown[]> {
  const out: unknown[] = []
  let rows: unknown[] = []
  for (let piece = await feed.next(); piece; piece = await feed.next()) {
    if (piece.is === 'begin')
      out.push([
        piece.series.name,
        { ...piece.series.tags },
        piece.byName,
        formatTime(piece.tmax),
        piece.size,
        (rows = []),
      ])
    else if (piece.is === 'rows') rows.push(...piece.points.map(shown))
  }
  feed.close()
  return out
}

const spool = (): TemporarySpool => new TemporarySpool(folder)

async function readAll(path: string, keepEmpty = false): Promise<unknown[][]> {
  const reader = await BatchReader.open(path, { spool, keepEmpty })
  const all: unknown[][] = []
  for (let i = 0; i < reader.sources; i++) {
    const got: unknown[] = []
    for await (const b of reader.batches(i))
      got.push(...(await contents(b.feed)), [formatTime(b.first), formatTime(b.last)])
    all.push(got)
  }
  assert.equal(reader.progress, 1)
  await reader.close()
  return all
}

/** What has to come back: batches with points, their times never before their last point. */
function wanted(batches: readonly Batch[]): unknown[] {
  return batches.flatMap((b) => {
    if (b.rows.length === 0) return []
    const first = b.rows[0]!.time
    const last = b.rows.at(-1)!.time
    const tmax = compareTime(b.tmax, last) < 0 ? last : b.tmax
    const points = b.rows.map((r) => shown(pointOf(b, r)))
    return [
      [b.name, b.tags, b.byName, formatTime(tmax), b.rows.length, points],
      [formatTime(first), formatTime(last)],
    ]
  })
}

const record = (path: string, sources: readonly (readonly Batch[])[]): Promise<void> =>
  writeBatches(
    path,
    sources.map((s) => () => batchText(feedOf(piecesOf(s)))),
  )

describe('a batch recording', () => {
  it('gives back every batch of every source', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(batch, { maxLength: 4 }), { minLength: 1, maxLength: 3 }), async (sources) => {
        const path = fresh()
        await record(path, sources)
        assert.deepEqual(plain(await readAll(path)), plain(sources.map(wanted)))
      }),
      { numRuns: 60 },
    )
  })

  it('keeps batches without points where they are asked for, not older than what was before them', async () => {
    const path = fresh()
    const row = { time: { sec: 30, ns: 0 }, fields: { v: ['float', 1] as [Kind, Value] } }
    const b = (sec: number, rows: Batch['rows']): Batch => ({
      name: 'm',
      byName: false,
      tmax: { sec, ns: 0 },
      tags: {},
      rows,
    })
    await record(path, [[b(10, []), b(20, [row]), b(25, []), b(40, [])]])
    const seen = (await readAll(path, true))[0]!.filter((_, i) => i % 2 === 0) as unknown[][]
    assert.deepEqual(
      seen.map((x) => [x[3], x[4]]),
      [
        ['1970-01-01T00:00:10Z', 0],
        ['1970-01-01T00:00:30Z', 1],
        ['1970-01-01T00:00:30Z', 0],
        ['1970-01-01T00:00:40Z', 0],
      ],
    )
    assert.equal((await readAll(path))[0]!.length, 2)
  })

  it('is cut the same in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        async (batches, cuts) => {
          let whole = ''
          for await (const t of batchText(feedOf(piecesOf(batches)))) whole += t
          const bytes = Buffer.from(whole)
          const once = [...new BatchObjects().take(bytes)]
          const objects = new BatchObjects()
          const pieces: unknown[] = []
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = cuts[i % cuts.length]!
            pieces.push(...objects.take(bytes.subarray(at, at + size)))
            at += size
          }
          objects.end()
          assert.deepEqual(pieces, once)
          const lines = whole.split('\n').filter((l) => l !== '')
          const heads = lines.map((l) => JSON.parse(l) as { points?: unknown[] })
          assert.deepEqual(
            once.filter((p) => p.is === 'end').map((p) => JSON.parse(p.text)),
            heads.map((h) => (h.points ? { ...h, points: [] } : h)),
          )
          assert.deepEqual(
            once.filter((p) => p.is === 'point').map((p) => JSON.parse(p.text)),
            heads.flatMap((h) => h.points ?? []),
          )
        },
      ),
      { numRuns: 150 },
    )
  })

  it('is a zip archive that others read, one JSON object a line', async (t) => {
    if (spawnSync('python3', ['-c', 'import zipfile']).status !== 0) return t.skip('there is no Python to read it')
    const path = fresh()
    const row = (sec: number, v: number) => ({ time: { sec, ns: 0 }, fields: { v: ['float', v] as [Kind, Value] } })
    const one: Batch = {
      name: 'm',
      byName: false,
      tmax: { sec: 9, ns: 5 },
      tags: { host: 'a' },
      rows: [row(1, 4), row(2, 1.5)],
    }
    const two: Batch = { name: 'n', byName: true, tmax: { sec: 1, ns: 0 }, tags: {}, rows: [row(1, 2)] }
    await record(path, [[one], [two, { ...two, rows: [] }]])
    const script =
      'import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nfor i in z.namelist(): print(i, z.read(i).decode(), end="")'
    assert.equal(
      execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }),
      '0 {"name":"m","tmax":"1970-01-01T00:00:09.000000005Z","group":"host=a","tags":{"host":"a"},"points":[' +
        '{"fields":{"v":4},"time":"1970-01-01T00:00:01Z"},{"fields":{"v":1.5},"time":"1970-01-01T00:00:02Z"}]}\n' +
        '1 {"name":"n","tmax":"1970-01-01T00:00:01Z","group":"n","byname":true,"points":[{"fields":{"v":2},"time":"1970-01-01T00:00:01Z"}]}\n' +
        '{"name":"n","tmax":"1970-01-01T00:00:01Z","group":"n","byname":true}\n',
    )
  })

  it('takes files of others: stored entries, members in any order, tags on points, integers as floats', async () => {
    const path = fresh()
    const lines =
      '{"points":[{"time":"1970-01-01T00:00:01Z","tags":{"host":"a"},"fields":{"v":1,"w":null}},' +
      '{"time":"1970-01-01T00:00:02.5Z","fields":{"v":9007199254740993,"s":"x"}}],"tags":{"host":"a"},"tmax":"1970-01-01T00:00:02Z",' +
      '"other":[1,{"points":[2]}],"name":"m","byname":true}\n{"name":"m","tmax":"1970-01-01T00:00:03Z","points":[]}'
    const script =
      'import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1],"w")\nz.writestr("queries/",b"")\nz.writestr("q1",sys.argv[2])'
    execFileSync('python3', ['-c', script, path, lines])
    const points = [
      ['m', { host: 'a' }, ['v'], ['float'], [1], 1, 0],
      ['m', { host: 'a' }, ['s', 'v'], ['string', 'float'], ['x', 9007199254740992], 2, 500_000_000],
    ]
    assert.deepEqual(await readAll(path), [
      [
        ['m', { host: 'a' }, true, '1970-01-01T00:00:02.5Z', 2, points],
        ['1970-01-01T00:00:01Z', '1970-01-01T00:00:02.5Z'],
      ],
    ])
  })
})

describe('what is no batch recording', () => {
  const zipped = async (content: string): Promise<string> => {
    const path = fresh()
    await zipOf(path, (zip) => zip.addBuffer(Buffer.from(content), '0'))
    return path
  }

  it('is refused with its fault', async () => {
    await assert.rejects(readAll(join(folder, 'none.brpl')), /no such file/)
    const path = fresh()
    writeFileSync(path, 'db\nrp\nm v=1 1\n')
    await assert.rejects(readAll(path), /zip: not a valid zip file/)
    for (const [content, message] of [
      ['{"points":[{"fields":{},"time":"1970-01-01T00:00:01Z"}', /unexpected EOF/],
      ['{"points":[{"fields":{"v":1}}]}', /a point has no time/],
      ['{"points":[1]}', /a point is no object/],
      ['[]', /a batch is no object/],
      ['{"points":[{"fields":{"v":}}]}', /invalid batch recording/],
    ] as const)
      await assert.rejects(readAll(await zipped(content)), message, content)
  })

  it('a cut one is none', async () => {
    const path = await zipped('{"points":[]}')
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.subarray(0, bytes.length - 10))
    await assert.rejects(readAll(path), /zip: not a valid zip file/)
  })
})

describe('the writer', () => {
  it('fails with what fails, and begins a source only when it is its turn', async () => {
    const order: string[] = []
    const source = (id: string, fails: boolean) =>
      async function* () {
        order.push(`begin ${id}`)
        yield '{}\n'
        if (fails) throw new Error(`no answer for ${id}`)
        order.push(`end ${id}`)
      }
    await assert.rejects(
      writeBatches(fresh(), [source('a', false), source('b', true), source('c', false)]),
      /no answer for b/,
    )
    assert.deepEqual(order, ['begin a', 'end a', 'begin b'])
    await assert.rejects(
      writeBatches(join(folder, 'no', 'such.brpl'), [source('d', false)]),
      /no such file or directory/,
    )
  })

  it('stops when it is told to', async () => {
    const abort = new AbortController()
    const endless = async function* () {
      for (;;) {
        yield '{"name":"m","points":[]}\n'.repeat(1000)
        abort.abort(new Error('enough'))
        await new Promise((r) => setImmediate(r))
      }
    }
    await assert.rejects(writeBatches(fresh(), [endless], abort.signal), /enough/)
  })
})
