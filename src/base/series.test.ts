import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { makeSeries, seriesOf } from './series.ts'

describe('series', () => {
  it('are one object for equal database, retention policy, measurement and tags', () => {
    const a = seriesOf('db', 'rp', 'm', { b: '2', a: '1' })
    assert.equal(seriesOf('db', 'rp', 'm', { a: '1', b: '2' }), a)
    assert.deepEqual(a.keys, ['a', 'b'])
    assert.deepEqual(a.vals, ['1', '2'])
    for (const other of [
      seriesOf('db2', 'rp', 'm', { a: '1', b: '2' }),
      seriesOf('db', 'rp2', 'm', { a: '1', b: '2' }),
      seriesOf('db', 'rp', 'm2', { a: '1', b: '2' }),
      seriesOf('db', 'rp', 'm', { a: '1', b: '3' }),
      seriesOf('db', 'rp', 'm', { a: '1' }),
    ])
      assert.notEqual(other, a)
  })

  it('never take one another for the same, whatever characters their names and tags hold', () => {
    const part = fc.string({ unit: fc.constantFrom('\0', '\u0001', '\t', 'a', '='), maxLength: 3 })
    const tags = fc.dictionary(part, part, { maxKeys: 3 })
    const identity = fc.tuple(part, part, part, tags)
    fc.assert(
      fc.property(identity, identity, ([d, r, n, t], [d2, r2, n2, t2]) => {
        const sorted = (x: Record<string, string>): string => JSON.stringify(Object.entries(x).sort())
        const equal = d === d2 && r === r2 && n === n2 && sorted(t) === sorted(t2)
        assert.equal(seriesOf(d, r, n, t) === seriesOf(d2, r2, n2, t2), equal)
      }),
      { numRuns: 2_000 },
    )
    const one = makeSeries('d', 'r', 'm', ['a'], ['1\0b\u00012'])
    const two = makeSeries('d', 'r', 'm', ['a', 'b'], ['1', '2'])
    assert.notEqual(one, two)
    assert.deepEqual({ ...one.tags }, { a: '1\0b\u00012' })
    assert.deepEqual({ ...two.tags }, { a: '1', b: '2' })
  })

  it('share the array of tag keys only when it holds the same keys', () => {
    const one = makeSeries('d', 'r', 'm', ['', '\t'], ['x', 'y'])
    const two = makeSeries('d', 'r', 'm', ['\0\t'], ['x'])
    assert.deepEqual(one.keys, ['', '\t'])
    assert.deepEqual(two.keys, ['\0\t'])
    assert.equal(makeSeries('d', 'r', 'other', ['', '\t'], ['1', '2']).keys, one.keys)
  })

  it('give new series with a tag set, replaced or removed, or under another name', () => {
    const s = seriesOf('d', 'r', 'm', { b: '1' })
    assert.equal(s.with('b', '1'), s)
    assert.equal(s.with('b', '2'), seriesOf('d', 'r', 'm', { b: '2' }))
    assert.deepEqual(s.with('a', '0').keys, ['a', 'b'])
    assert.deepEqual(s.with('c', '0').keys, ['b', 'c'])
    assert.equal(s.with('a', '0').without('a'), s)
    assert.equal(s.without('x'), s)
    assert.equal(s.renamed('n'), seriesOf('d', 'r', 'n', { b: '1' }))
    assert.equal(s.renamed('m'), s)
    // What one series remembers of its derivations must not take two of them for one.
    assert.notEqual(s.with('a\0x', 'y'), s.with('a', 'x\0y'))
    assert.deepEqual({ ...s.with('a', 'x\0y').tags }, { a: 'x\0y', b: '1' })
    assert.deepEqual({ ...s.with('a\0x', 'y').tags }, { 'a\0x': 'y', b: '1' })
  })

  it('derive the same whether or not they remember it', () => {
    const s = seriesOf('d', 'r', 'many', {})
    for (let round = 0; round < 2; round++)
      for (let i = 0; i < 40; i++) assert.equal(s.with('t', `${i}`), seriesOf('d', 'r', 'many', { t: `${i}` }))
  })

  it('answer for any tag name, __proto__ included', () => {
    const s = makeSeries('d', 'r', 'm', ['__proto__', 'a'], ['p', '1'])
    assert.equal(s.tag('__proto__'), 'p')
    assert.equal(s.tag('constructor'), undefined)
    assert.deepEqual(Object.entries(s.tags), [
      ['__proto__', 'p'],
      ['a', '1'],
    ])
    assert.equal(s.tags['constructor'], undefined)
    assert.equal(seriesOf('d', 'r', 'm', s.tags), s)
  })

  it('know what they are however many kinds there are, and share the keys of their tags', () => {
    const all = Array.from({ length: 10_000 }, (_, i) =>
      seriesOf(`db${i % 3}`, `rp${i % 2}`, `m${i}`, { a: '1', b: `${i}` }),
    )
    for (const [i, s] of all.entries()) {
      assert.deepEqual([s.db, s.rp, s.name, s.tag('b')], [`db${i % 3}`, `rp${i % 2}`, `m${i}`, `${i}`])
      assert.equal(s.keys, all[0]!.keys)
    }
  })
})
