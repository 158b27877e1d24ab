// The life of recordings over a store in memory and a folder of their own: live streams, files that are dropped in, what
// a crash leaves, folders that can't be written.
import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Logger } from '../../base/logger.ts'
import { Point } from '../../base/point.ts'
import { seriesOf } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import type { Time } from '../../base/time.ts'
import { offer, type Subscription } from '../../flow/subscription.ts'
import { VirtualClock } from '../../flow/virtual-clock.ts'
import { MemoryKv } from '../../store/memory-kv.ts'
import { Store } from '../../store/store.ts'
import { silentLogger } from '../api/test-app.ts'
import { DatedStore } from './dated-store.ts'
import { recordStream } from './record-stream.ts'
import { RecordingFiles } from './recording-files.ts'
import { type RecordingRecord, SHUTDOWN } from './recording-record.ts'
import { RecordingService, type RecordingWork } from './recording-service.ts'

const root = mkdtempSync(join(tmpdir(), 'recordings-'))
after(() => rmSync(root, { recursive: true }))
let folders = 0
let folder = ''
let kv = new MemoryKv()
let clock = new VirtualClock({ sec: 1000, ns: 0 })
const complaints: unknown[] = []
const logger: Logger = {
  ...silentLogger,
  error: (message, fields) => void complaints.push([message, fields]),
  limited: () => logger,
}
let service: RecordingService
let all: DatedStore<RecordingRecord>

/** A server over the same disk as before, as after a crash. */
function boot(): void {
  all = new DatedStore<RecordingRecord>(new Store(kv), 'recordings')
  service = new RecordingService({ store: all, files: new RecordingFiles(folder), clock, logger })
  service.resume()
}

beforeEach(() => {
  folder = join(root, String(++folders), 'replay')
  kv = new MemoryKv()
  clock = new VirtualClock({ sec: 1000, ns: 0 })
  live.clear()
  boot()
})

const live = new Set<Subscription>()
const engine = {
  subscribe(s: Subscription): () => void {
    live.add(s)
    return () => live.delete(s)
  },
}
const shape = makeShape(['v'], ['int'])
const point = (m: string, sec: number): Point => new Point(seriesOf('d', 'r', m, {}), shape, [sec], sec, 0)
const write = (db: string, ...points: Point[]): void => {
  for (const s of [...live]) void offer(s, db, 'r', points)
}
const streaming = (stop: Time, measurements: readonly string[] = ['m']): RecordingWork => {
  const wanted = { measurements: new Set(measurements), all: false }
  return (path, { signal }) =>
    recordStream(engine, clock, { dbrps: [{ db: 'd', rp: 'r' }], wanted, stop }, path, signal)
}

async function ended(id: string): Promise<RecordingRecord> {
  await service.whenEnded(id)
  return service.get(id)!
}

const linesOf = (id: string): string[] =>
  gunzipSync(readFileSync(join(folder, `${id}.srpl`)))
    .toString()
    .split('\n')
    .filter((_, i) => i % 3 === 2)
const ids = (): string[] => service.list(() => true).map((r) => r.id)

describe('a live recording', () => {
  it('takes the points of its measurements up to the stop, and ends with the first later one', async () => {
    const begun = service.start('r', 'stream', streaming({ sec: 10, ns: 0 }))
    assert.deepEqual([begun.status, begun.progress, begun.size, begun.error], ['running', 0, 0, ''])
    // In the same turn: nothing that is written after the answer may be missed.
    write('d', point('m', 5), point('other', 6), point('m', 10))
    write('other', point('m', 7))
    write('d', point('other', 99))
    assert.equal(service.get('r')!.status, 'running')
    write('d', point('m', 9), point('m', 11), point('m', 4))
    const r = await ended('r')
    assert.deepEqual([r.status, r.progress, r.error], ['finished', 1, ''])
    assert.deepEqual(linesOf('r'), ['m v=5i 5000000000', 'm v=10i 10000000000', 'm v=9i 9000000000'])
    assert.equal(r.size, readFileSync(join(folder, 'r.srpl')).length)
    assert.equal(live.size, 0)
  })

  it('ends by the clock when its stop lies ahead', async () => {
    service.start('r', 'stream', streaming({ sec: 1010, ns: 0 }))
    write('d', point('m', 1005))
    clock.advance({ sec: 1009, ns: 999_999_999 })
    assert.equal(service.get('r')!.status, 'running')
    clock.advance({ sec: 1010, ns: 0 })
    assert.equal((await ended('r')).status, 'finished')
    assert.deepEqual(linesOf('r'), ['m v=1005i 1005000000000'])
  })

  it('does not end by the clock when its stop has passed', async () => {
    service.start('r', 'stream', streaming({ sec: 999, ns: 0 }))
    clock.advance({ sec: 5000, ns: 0 })
    assert.equal(service.get('r')!.status, 'running')
    write('d', point('m', 1000))
    assert.equal((await ended('r')).status, 'finished')
    assert.deepEqual(linesOf('r'), [])
  })

  it('is one of its id', () => {
    service.start('r', 'stream', streaming({ sec: 10, ns: 0 }))
    assert.throws(() => service.start('r', 'batch', streaming({ sec: 10, ns: 0 })), /recording already exists/)
    assert.throws(() => service.checkId('a b'), /recording ID must contain only letters/)
    assert.match(service.checkId(undefined), /^[0-9a-f-]{36}$/)
    assert.equal(service.checkId('é-1._'), 'é-1._')
  })

  it('that is deleted stops, and leaves nothing', async () => {
    service.start('r', 'stream', streaming({ sec: 10, ns: 0 }))
    write('d', point('m', 5))
    await service.delete('r')
    assert.equal(service.get('r'), undefined)
    assert.deepEqual(readdirSync(folder), [])
    assert.equal(live.size, 0)
    await service.delete('r')
  })
})

describe('what fails', () => {
  it('has its error, and nothing of it is left', async () => {
    service.start('r', 'batch', async (path, job) => {
      writeFileSync(await path, 'half')
      job.progress(0.5)
      assert.equal(service.get('r')!.progress, 0.5)
      throw new Error('the disk is full')
    })
    const r = await ended('r')
    assert.deepEqual([r.status, r.progress, r.error, r.size], ['failed', 1, 'the disk is full', 0])
    assert.deepEqual(readdirSync(folder), [])
  })

  it('a folder that is none ends the recording, not the server', async () => {
    rmSync(folder, { recursive: true })
    writeFileSync(folder, '')
    service.start('r', 'stream', streaming({ sec: 10, ns: 0 }))
    const r = await ended('r')
    assert.equal(r.status, 'failed')
    assert.match(r.error, /EEXIST|ENOTDIR|not a directory/)
    assert.equal(live.size, 0)
    boot()
    assert.deepEqual(ids(), ['r'])
  })

  it('a work that fails at once is no unseen rejection', async () => {
    rmSync(folder, { recursive: true })
    writeFileSync(folder, '')
    service.start('r', 'stream', async () => {
      throw new Error('no such cluster')
    })
    assert.equal((await ended('r')).error, 'no such cluster')
  })
})

describe('the folder', () => {
  it('shows recordings that were dropped into it, at the start and later', async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'early.srpl'), gzipSync('d\nr\nm v=1 1\n'))
    utimesSync(join(folder, 'early.srpl'), 1_500_000_000, 1_500_000_000)
    writeFileSync(join(folder, 'notes.txt'), 'no recording')
    writeFileSync(join(folder, 'my tank.srpl'), '')
    complaints.length = 0
    boot()
    assert.deepEqual(complaints, [
      ['a file in the folder of the recordings is none: its name must end in .srpl or .brpl', { file: 'notes.txt' }],
      [
        'a file in the folder of the recordings is not taken up: its name without the ending is no id',
        { id: 'my tank' },
      ],
    ])
    const early = service.get('early')!
    assert.deepEqual(
      [early.type, early.status, early.progress, early.date.sec, early.size > 0],
      ['stream', 'finished', 1, 1_500_000_000, true],
    )
    writeFileSync(join(folder, 'late.brpl'), 'PK')
    assert.equal(service.get('late')!.type, 'batch')
    writeFileSync(join(folder, 'later.srpl'), '')
    assert.deepEqual(ids(), ['later', 'late', 'early'])
    await service.delete('late')
    assert.equal(existsSync(join(folder, 'late.brpl')), false)
    boot()
    assert.deepEqual(ids().sort(), ['early', 'later'])
  })

  it('is cleaned of what was cut off, which says so; what was whole is not lost', async () => {
    service.start('whole', 'stream', streaming({ sec: 10, ns: 0 }))
    write('d', point('m', 5), point('m', 11))
    await ended('whole')
    service.start('cut', 'stream', streaming({ sec: 10, ns: 0 }))
    service.start('named', 'stream', streaming({ sec: 10, ns: 0 }))
    writeFileSync(join(folder, 'named.srpl'), gzipSync('d\nr\nm v=1 1\n'))
    const left = new MemoryKv()
    for (const [key, value] of kv.entries({ from: Buffer.of(0), to: Buffer.of(0xff) }))
      left.write((w) => w.put(key, value))
    kv = left
    writeFileSync(join(folder, 'cut.srpl.part'), 'half')
    boot()
    assert.deepEqual(
      ['whole', 'cut', 'named'].map((id) => [
        service.get(id)!.status,
        service.get(id)!.error,
        service.get(id)!.progress,
      ]),
      [
        ['finished', '', 1],
        ['failed', SHUTDOWN, 0],
        ['finished', '', 1],
      ],
    )
    assert.deepEqual(readdirSync(folder).sort(), ['named.srpl', 'whole.srpl'])
    assert.deepEqual(linesOf('whole'), ['m v=5i 5000000000'])
  })

  it('a server that ends in order cuts off, too', async () => {
    service.start('r', 'stream', streaming({ sec: 10, ns: 0 }))
    write('d', point('m', 5))
    await service.close()
    assert.equal(live.size, 0)
    boot()
    assert.equal(service.get('r')!.error, SHUTDOWN)
    assert.deepEqual(readdirSync(folder), [])
  })
})

describe('the list', () => {
  it('begins with the newest second, then goes by id', async () => {
    const done: RecordingWork = async (path) => writeFileSync(await path, '')
    for (const [id, sec] of [
      ['b', 1001],
      ['a', 1002],
      ['c', 1002],
    ] as const) {
      clock.advance({ sec, ns: id === 'a' ? 5 : 0 })
      service.start(id, 'stream', done)
      await ended(id)
    }
    assert.deepEqual(ids(), ['c', 'a', 'b'])
    assert.deepEqual(
      service.list((id) => id !== 'c').map((r) => r.id),
      ['a', 'b'],
    )
  })
})
