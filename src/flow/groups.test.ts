import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { plainFromText, plainToText } from '../base/plain.ts'
import { seriesOf } from '../base/series.ts'
import { Groups, type TaskGroup } from './groups.ts'

const series = (tags: Readonly<Record<string, string>>, name = 'm') => seriesOf('db', 'rp', name, tags)

describe('groups', () => {
  it('of equal dims and values are one, found by series and by values', () => {
    const groups = new Groups()
    const dims = ['host']
    const a = groups.of(dims, false, series({ host: 'a', cpu: '0' }))
    assert.equal(groups.of(dims, false, series({ host: 'a', cpu: '1' })), a)
    assert.equal(groups.of(['host'], false, series({ host: 'a' }, 'other')), a)
    assert.equal(groups.find(false, 'whatever', ['host'], ['a']), a)
    assert.notEqual(groups.of(dims, false, series({ host: 'b' })), a)
    assert.equal(groups.size, 2)
  })

  it('have the key that users see, their dims, and a value for each dim', () => {
    const groups = new Groups()
    const tags = { b: '2', a: '1', c: '3' }
    const g = groups.of(['a', 'b'], false, series(tags))
    assert.equal(g.key, 'a=1,b=2')
    assert.deepEqual({ ...g.tags }, { a: '1', b: '2' })
    const named = groups.of(['a', 'zz'], true, series(tags, 'cpu'))
    assert.equal(named.key, 'cpu\na=1,zz=')
    assert.deepEqual([named.name, named.byName, { ...named.tags }], ['cpu', true, { a: '1', zz: '' }])
    assert.equal(groups.of([], true, series(tags, 'cpu')).key, 'cpu')
    assert.equal(groups.of([], false, series(tags)), groups.ungrouped)
    assert.equal(groups.ungrouped.key, '')
  })

  it('by name are others than those that are not, and differ by measurement', () => {
    const groups = new Groups()
    const ids = [
      groups.of(['a'], true, series({ a: '1' }, 'm')),
      groups.of(['a'], true, series({ a: '1' }, 'n')),
      groups.of(['a'], false, series({ a: '1' }, 'm')),
    ]
    assert.equal(new Set(ids).size, 3)
  })

  it('never take one another for the same, whatever characters names and tags hold', () => {
    const part = fc.string({ unit: fc.constantFrom('\0', '\u0001', '\t', ',', '=', 'a'), maxLength: 3 })
    const tags = fc.dictionary(part, part, { maxKeys: 3 })
    const one = fc.tuple(fc.boolean(), part, tags)
    fc.assert(
      fc.property(one, one, ([byName, name, t], [byName2, name2, t2]) => {
        const groups = new Groups()
        const sorted = (x: Record<string, string>): string => JSON.stringify(Object.entries(x).sort())
        const equal = byName === byName2 && (!byName || name === name2) && sorted(t) === sorted(t2)
        const g = groups.of(Object.keys(t).sort(), byName, series(t, name))
        const h = groups.of(Object.keys(t2).sort(), byName2, series(t2, name2))
        assert.equal(g === h, equal)
      }),
      { numRuns: 2_000 },
    )
    const groups = new Groups()
    const two = groups.of(['a', 'b'], false, series({ a: '1', b: '2' }))
    assert.notEqual(groups.of(['a'], false, series({ a: '1\0b\u00012' })), two)
    assert.notEqual(groups.of(['a\0b'], false, series({ a: '', b: '' })).dims, two.dims)
  })

  it('give their slot free when no node keeps state for them, and come back as themselves', () => {
    const groups = new Groups()
    const a = groups.of(['h'], false, series({ h: 'a' }))
    const { slot } = a
    groups.keep(a)
    groups.release(a)
    assert.equal(a.slot, slot, 'a node keeps state')
    assert.ok(groups.unkeep(a))
    groups.release(a)
    assert.equal(a.slot, -1)
    assert.equal(groups.size, 0)
    const b = groups.of(['h'], false, series({ h: 'b' }))
    assert.equal(b.slot, slot, 'the slot is used again')
    // Whoever still holds the old object gets it back at work, or what took its place.
    assert.equal(groups.revive(a), a)
    assert.ok(a.slot >= 0 && a.slot !== b.slot)
    groups.release(a)
    const successor = groups.of(['h'], false, series({ h: 'a' }))
    assert.notEqual(successor, a)
    assert.equal(groups.revive(a), successor)
    groups.release(groups.ungrouped)
    assert.ok(groups.ungrouped.slot >= 0)
  })

  for (const dims of [['h'], ['h', 'k']])
    it(`by ${dims.length} dims are found whatever came before them, and hold nothing that is gone`, () => {
      const groups = new Groups()
      const values = ['a', 'b', 'c', 'a', 'c', 'b', 'a', 'b', 'c', 'c']
      const of = (h: string, other: string): TaskGroup => groups.of(dims, false, series({ h, k: 'x', other }))
      const seen = values.map((h) => of(h, h))
      for (const [i, h] of values.entries()) {
        assert.equal(seen[i], of(h, 'y'))
        assert.equal(seen[i]!.tags['h'], h)
      }
      assert.equal(new Set(seen).size, 3)
      groups.release(seen[1]!)
      assert.deepEqual([seen[1]!.next, seen[1]!.series], [undefined, undefined])
      assert.notEqual(of('b', 'b'), seen[1])
    })

  it('without state are swept once there are many', () => {
    const groups = new Groups()
    const kept: TaskGroup[] = []
    for (let i = 0; i < 5_000; i++) {
      const g = groups.of(['h'], false, series({ h: `${i}` }))
      if (i % 10 === 0) {
        groups.keep(g)
        kept.push(g)
      }
    }
    groups.sweep()
    assert.equal(groups.size, kept.length)
    assert.ok(kept.every((g) => g.slot >= 0))
    assert.equal(groups.slots, 5_001)
    for (let i = 0; i < 1_000; i++) groups.of(['x'], false, series({ x: `${i}` }))
    assert.equal(groups.slots, 5_001, 'freed slots are used first')
    groups.sweep()
    assert.equal(groups.size, kept.length + 1_000, 'few are not worth it')
  })

  it('are refused by the limit before they come about', () => {
    const groups = new Groups()
    groups.onNew = (live) => {
      if (live > 1) throw new Error('too many')
    }
    groups.of(['h'], false, series({ h: 'a' }))
    assert.throws(() => groups.of(['h'], false, series({ h: 'b' })), /too many/)
    assert.equal(groups.size, 1)
  })

  it('by any number of dims stay bounded in what is remembered of them', () => {
    const groups = new Groups()
    for (let i = 0; i < 3_000; i++) {
      const g = groups.of([`d${i}`], false, series({ [`d${i}`]: 'v' }))
      assert.equal(groups.of([`d${i}`], false, series({ [`d${i}`]: 'v' })), g)
    }
  })

  it('are found again from their plain form', () => {
    const groups = new Groups()
    const g = groups.of(['a', 'b'], true, series({ a: '1\0', b: '__proto__' }, 'cpu'))
    const other = new Groups()
    const back = plainFromText(plainToText(g), (plain) => other.fromPlain(plain)) as unknown as TaskGroup
    assert.equal(back.id, g.id)
    assert.equal(back.key, g.key)
    assert.deepEqual(back.tags, g.tags)
  })
})
