// What a stream recording gives back must be what was put in, whatever the pieces in which the file is read.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { formatLine } from '../../base/line-protocol/format-line.ts'
import { Point } from '../../base/point.ts'
import { seriesOf } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import type { Kind, Value } from '../../base/value.ts'
import { StreamLines } from './stream-lines.ts'
import { type PointRun, StreamReader } from './stream-reader.ts'
import { StreamWriter } from './stream-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'stream-codec-'))
after(() => rmSync(folder, { recursive: true }))
let n = 0
const fresh = (): string => join(folder, `${++n}.srpl`)

/** Names without what line protocol can't say. */
const name = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }).filter((s) => /^[^\\\n#\t\0"= ,]+$/.test(s))
const text = fc.string({ maxLength: 20, unit: fc.constantFrom('a', '"', '\\', '\n', ' ', ',', '=', 'é', '漢') })
const field: fc.Arbitrary<[Kind, Value]> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((v): [Kind, Value] => ['float', v === 0 ? 0 : v]),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((v): [Kind, Value] => ['int', Number.isSafeInteger(Number(v)) ? Number(v) : v]),
  fc.boolean().map((v): [Kind, Value] => ['bool', v]),
  text.map((v): [Kind, Value] => ['string', v]),
)
const point = fc
  .record({
    db: fc.constantFrom('a', 'b c'),
    rp: fc.constantFrom('', 'autogen'),
    m: name,
    tags: fc.dictionary(name, name, { maxKeys: 3 }),
    fields: fc.dictionary(name, field, { minKeys: 1, maxKeys: 4 }),
    sec: fc.integer({ min: -9_000_000_000, max: 9_000_000_000 }),
    ns: fc.integer({ min: 0, max: 999_999_999 }),
  })
  .map(({ db, rp, m, tags, fields, sec, ns }) => {
    const names = Object.keys(fields).sort()
    const shape = makeShape(
      names,
      names.map((f) => fields[f]![0]),
    )
    const values = names.map((f) => fields[f]![1])
    return new Point(seriesOf(db, rp, m, tags), shape, values, sec, ns)
  })

const shown = (p: Point): unknown => [
  p.series.db,
  p.series.rp,
  p.series.name,
  { ...p.series.tags },
  p.shape.names,
  p.shape.kinds,
  p.values,
  p.sec,
  p.ns,
]

async function record(path: string, points: readonly Point[]): Promise<void> {
  const writer = new StreamWriter(path)
  for (const p of points) await writer.write(p.series.db, p.series.rp, [p])
  await writer.close()
}

async function readAll(path: string): Promise<PointRun[]> {
  const reader = await StreamReader.open(path)
  const runs: PointRun[] = []
  for await (const run of reader.runs()) runs.push(run)
  return runs
}

describe('a stream recording', () => {
  it('gives back every point, its kinds and all digits of its numbers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(point, { minLength: 1, maxLength: 30 }), async (points) => {
        const path = fresh()
        await record(path, points)
        const runs = await readAll(path)
        assert.deepEqual(runs.flatMap((r) => r.points).map(shown), points.map(shown))
        for (const r of runs) for (const p of r.points) assert.deepEqual([p.series.db, p.series.rp], [r.db, r.rp])
        assert.equal(runs.at(-1)!.progress, 1)
      }),
      { numRuns: 60 },
    )
  })

  it('is read the same in whatever pieces it comes', () => {
    fc.assert(
      fc.property(
        fc.array(point, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (points, cuts) => {
          const texts = points.map((p) => `${p.series.db}\n${p.series.rp}\n${formatLine(p)}\n`)
          const whole = Buffer.from(texts.join(''))
          const lines = new StreamLines()
          const got: string[] = []
          const take = (runs: Iterable<{ db: string; rp: string; bytes: Uint8Array }>): void => {
            for (const r of runs) got.push(`${r.db}|${r.rp}|${Buffer.from(r.bytes)}`)
          }
          for (let at = 0, i = 0; at < whole.length; i++) {
            const size = cuts[i % cuts.length]!
            take(lines.take(whole.subarray(at, at + size)))
            at += size
          }
          take(lines.end())
          const want: string[] = []
          let before = ''
          for (const p of points) {
            const head = `${p.series.db}|${p.series.rp}|`
            if (head === before) want.push(`${want.pop()}${formatLine(p)}\n`)
            else want.push(`${head}${formatLine(p)}\n`)
            before = head
          }
          assert.deepEqual(got, want)
          assert.equal(lines.consumed, whole.length)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('is gzip text of three lines a point', async () => {
    const path = fresh()
    const p = new Point(
      seriesOf('db', 'rp', 'm', { b: '2', a: '1' }),
      makeShape(['f', 'i'], ['float', 'int']),
      [1.5, 2n ** 62n],
      1,
      5,
    )
    await record(path, [p])
    assert.equal(
      gunzipSync(readFileSync(path)).toString(),
      'db\nrp\nm,a=1,b=2 f=1.5,i=4611686018427387904i 1000000005\n',
    )
  })

  it('reports how far it is, growing and true', async () => {
    const path = fresh()
    const series = seriesOf('db', 'rp', 'm', {})
    const shape = makeShape(['v'], ['float'])
    const points = Array.from({ length: 60_000 }, (_, i) => new Point(series, shape, [Math.sin(i) * 1e6], i, 0))
    await record(path, points)
    let read = 0
    let runs = 0
    for (const r of await readAll(path)) {
      read += r.points.length
      runs++
      assert.ok(Math.abs(r.progress - read / points.length) < 0.02, `${r.progress} after ${read}`)
    }
    assert.equal(read, points.length)
    assert.ok(runs > 5)
  })

  it('takes files of others: carriage returns, a missing last newline, several gzip members', async () => {
    const path = fresh()
    const half = (s: string): Buffer => gzipSync(Buffer.from(s))
    writeFileSync(path, Buffer.concat([half('db\r\nrp\r\nm v=1 1\r\n'), half('db\nrp\nm v=2i 2')]))
    const runs = await readAll(path)
    assert.deepEqual(
      runs.flatMap((r) => r.points.map((p) => [r.db, r.rp, p.shape.kinds[0], p.values[0], p.ns])),
      [
        ['db', 'rp', 'float', 1, 1],
        ['db', 'rp', 'int', 2, 2],
      ],
    )
  })

  it('can be left in the middle', async () => {
    const path = fresh()
    const series = seriesOf('db', 'rp', 'm', {})
    const shape = makeShape(['v'], ['float'])
    await record(
      path,
      Array.from({ length: 200_000 }, (_, i) => new Point(series, shape, [Math.sin(i) * 1e6], i, 0)),
    )
    const reader = await StreamReader.open(path)
    for await (const run of reader.runs()) {
      assert.ok(run.progress < 0.1)
      break
    }
    await reader.close()
    const never = await StreamReader.open(path)
    await never.close()
  })

  it('an empty one has no points', async () => {
    const path = fresh()
    await record(path, [])
    assert.deepEqual(await readAll(path), [])
  })
})

describe('what is no stream recording', () => {
  const refuses = (path: string, message: RegExp): Promise<void> => assert.rejects(readAll(path), message)
  const file = (bytes: Uint8Array | string): string => {
    const path = fresh()
    writeFileSync(path, bytes)
    return path
  }

  it('is refused with its fault', async () => {
    await refuses(join(folder, 'none.srpl'), /no such file/)
    await refuses(file('PK\u0003\u0004 and more than eighteen bytes'), /gzip: invalid header/)
    await refuses(file(''), /gzip: invalid header/)
    await refuses(file(gzipSync('db\nrp\n')), /expected another line/)
    await refuses(file(gzipSync('db\n')), /expected another line/)
    await refuses(file(gzipSync('db\nrp\nno point\n')), /unable to parse 'no point'/)
  })

  it('a cut one gives what is whole, then its fault', async () => {
    const path = fresh()
    const series = seriesOf('db', 'rp', 'm', {})
    const shape = makeShape(['v'], ['float'])
    await record(
      path,
      Array.from({ length: 50_000 }, (_, i) => new Point(series, shape, [Math.cos(i)], i, 0)),
    )
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.subarray(0, bytes.length >> 1))
    const reader = await StreamReader.open(path)
    let read = 0
    await assert.rejects(async () => {
      for await (const run of reader.runs()) read += run.points.length
    }, /unexpected end of file/)
    assert.ok(read > 10_000 && read < 40_000, `${read}`)
  })
})

describe('the writer', () => {
  it('fails where the folder is not there, and says so when it is closed', async () => {
    const writer = new StreamWriter(join(folder, 'no', 'folder', 'x.srpl'))
    await assert.rejects(writer.close(), /no such file or directory/)
    assert.match(String(writer.fault), /no such file or directory/)
  })

  it('tells of a full disk at once, and takes nothing more', async (t) => {
    if (!existsSync('/dev/full')) return t.skip('there is no device that is always full')
    const writer = new StreamWriter('/dev/full')
    const failed = new Promise((resolve) => {
      writer.whenFailed(resolve)
    })
    const series = seriesOf('db', 'rp', 'm', {})
    const shape = makeShape(['v'], ['string'])
    let random = 1
    const noise = (): string => String((random = (random * 48271) % 2147483647))
    const points = Array.from({ length: 5_000 }, (_, i) => new Point(series, shape, [noise() + noise()], i, 0))
    while (writer.fault === undefined) await writer.write('db', 'rp', points)
    assert.match(String(await failed), /ENOSPC/)
    assert.equal(writer.write('db', 'rp', points), undefined)
    await assert.rejects(writer.close(), /no space left/)
  })

  it('leaves nothing open when it is given up', async () => {
    const path = fresh()
    const writer = new StreamWriter(path)
    writer.write('d', 'r', [new Point(seriesOf('d', 'r', 'm', {}), makeShape(['v'], ['int']), [1], 1, 0)])
    await writer.abort()
    assert.equal(statSync(path).size, 0)
  })

  it('says when there is no room', async () => {
    const path = fresh()
    const writer = new StreamWriter(path)
    const series = seriesOf('db', 'rp', 'm', {})
    const shape = makeShape(['v'], ['string'])
    const points = Array.from({ length: 3_000 }, (_, i) => new Point(series, shape, [`${i}`.repeat(400)], i, 0))
    const room = writer.write('db', 'rp', points)
    assert.ok(room instanceof Promise)
    await room
    await writer.close()
    assert.equal((await readAll(path)).flatMap((r) => r.points).length, 3_000)
  })
})
