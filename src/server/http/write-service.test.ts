import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FieldsRead } from '../../base/line-protocol/fields-read.ts'
import { LineParser } from '../../base/line-protocol/line-parser.ts'
import type { Point } from '../../base/point.ts'
import { VirtualClock } from '../../flow/virtual-clock.ts'
import { silentLogger } from '../api/test-app.ts'
import { WriteService } from './write-service.ts'

const only = (...names: string[]): FieldsRead => ({ of: () => new Set(names) })

/** A service whose tasks read what `reads` says at the time. */
function service(reads: { now: FieldsRead | undefined }): { readonly writes: WriteService; readonly taken: Point[] } {
  const taken: Point[] = []
  const writes = new WriteService({
    parser: new LineParser(),
    intake: {
      reads: () => reads.now,
      write(_db, _rp, points) {
        taken.push(...points)
        return undefined
      },
    },
    clock: new VirtualClock({ sec: 1_700_000_000, ns: 0 }),
    logger: silentLogger,
    defaultRetentionPolicy: '',
    maxBodyBytes: 1e9,
    tracing: false,
  })
  return { writes, taken }
}

const request = (body: Buffer): Parameters<WriteService['write']>[0] => ({
  db: 'd',
  rp: 'r',
  precision: 'ns',
  gzip: false,
  body,
})

test('points have the fields that tasks read when the write is taken', () => {
  const reads = { now: only('a') as FieldsRead | undefined }
  const { writes, taken } = service(reads)
  for (const [now, want] of [
    [only('a'), ['a']],
    [only('b', 'c'), ['b', 'c']],
    [only(), []],
    [undefined, ['a', 'b', 'c']],
  ] as const) {
    reads.now = now
    writes.write(request(Buffer.from('m,t=1 a=1,b=2i,c="x" 1\n')))
    assert.deepEqual(taken.pop()?.shape.names, want)
  }
})

test('a body that was read while it arrived is read again when tasks have come to read other fields', () => {
  const a = only('a')
  const body = Buffer.from('m,t=1 a=1,b=2i 1\n'.repeat(20_000))
  for (const [later, want] of [
    [a, 'a'],
    [only('b'), 'b'],
    [undefined, 'a,b'],
  ] as const) {
    const reads = { now: a as FieldsRead | undefined }
    const { writes, taken } = service(reads)
    const early = writes.watch('d', 'r', 'ns')
    early.grew(body, 200_000)
    reads.now = later
    writes.write({ ...request(body), early })
    assert.equal(taken.length, 20_000)
    assert.deepEqual([...new Set(taken.map((p) => p.shape.names.join()))], [want])
  }
})
