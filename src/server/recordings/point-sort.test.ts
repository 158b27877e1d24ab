// Sorting must give what a sort in memory gives, also when nearly everything went through files.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import fc from 'fast-check'
import { Point } from '../../base/point.ts'
import { seriesOf } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import { compareTime } from '../../base/time.ts'
import { PointSort } from './point-sort.ts'

const folder = mkdtempSync(join(tmpdir(), 'point-sort-'))
after(() => rmSync(folder, { recursive: true }))

const series = seriesOf('', '', 'm', { host: 'a' })
const shape = makeShape(['n'], ['float'])

it('sorts by time and keeps the order of what has the same time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 40 }),
      async (bodies, max) => {
        let n = 0
        const points = bodies.map((secs) => secs.map((sec) => new Point(series, shape, [n++], sec, sec * 7)))
        const sort = new PointSort(join(folder, 'sorted'), max)
        for (const body of points) await sort.add(body)
        const got: unknown[] = []
        for await (const piece of sort.sorted()) got.push(...piece.map((p) => [p.sec, p.ns, p.values[0]]))
        await sort.close()
        const want = points.flat().sort(compareTime)
        assert.deepEqual(
          got,
          want.map((p) => [p.sec, p.ns, p.values[0]]),
        )
        assert.deepEqual(readdirSync(folder), [])
      },
    ),
    { numRuns: 60 },
  )
})
