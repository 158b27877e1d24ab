import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { committedFigures, compare } from './figures.ts'
import { serverFlags } from './own-process.ts'
import { ROWS } from './rows.ts'
import { expect } from './workbench.ts'

describe('a figure', () => {
  const committed = { ns: 100, yardstick: 200 }

  it('is held against the committed one on a machine of its speed', () => {
    assert.deepEqual(compare({ ns: 110, yardstick: 200 }, committed), { scaled: 100, ratio: 1.1, behind: false })
    assert.deepEqual(compare({ ns: 200, yardstick: 100 }, committed), { scaled: 200, ratio: 1, behind: false })
  })

  it('is behind from 30 % more on', () => {
    assert.equal(compare({ ns: 129, yardstick: 200 }, committed).behind, false)
    assert.equal(compare({ ns: 131, yardstick: 200 }, committed).behind, true)
    assert.equal(compare({ ns: 131, yardstick: 150 }, committed).behind, false)
    assert.equal(compare({ ns: 70, yardstick: 400 }, committed).behind, true)
  })

  it('is behind nothing when none is committed', () => assert.equal(compare(committed, undefined).behind, false))
})

describe('the suite', () => {
  it('has a committed figure for each of its rows and for no other', () => {
    assert.deepEqual(
      Object.keys(committedFigures().rows),
      ROWS.map((r) => r.name),
    )
  })

  it('runs under the flags of the server', () => {
    const flags = serverFlags()
    for (const f of [/^--max-semi-space-size=\d+$/, /^--no-lazy-feedback-allocation$/])
      assert.ok(flags.some((x) => f.test(x)))
    assert.ok(flags.every((f) => /^--[\w-]+(=\S+)?$/.test(f)))
  })

  for (const row of ROWS)
    it(`measures something that comes out right: ${row.name}`, async () => {
      const bench = row.start()
      const { ms, units } = await bench.once()
      assert.ok(ms > 0 && units > 0)
      await bench.end?.()
    })

  it('refuses what comes out wrong', () => {
    expect('sum', 0.1 + 0.2, 0.3)
    assert.throws(() => expect('sum', 3, 4), /^Error: sum: 3, not 4$/)
    assert.throws(() => expect('text', 'a', undefined))
    assert.throws(() => expect('mean', Number.NaN, 1))
  })
})
