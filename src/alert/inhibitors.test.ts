import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Inhibitors } from './inhibitors.ts'

describe('Inhibitors', () => {
  it('holds back what shares its tags, a missing tag counting as empty', () => {
    const i = new Inhibitors()
    i.set('n/0/g', 'disk', { host: 'a', rack: '' }, true)
    assert.ok(i.holds('disk', { host: 'a', path: '/' }))
    assert.ok(!i.holds('disk', { host: 'b' }))
    assert.ok(!i.holds('disk', { host: 'a', rack: 'r' }))
    assert.ok(!i.holds('cpu', { host: 'a' }))
    assert.ok(!i.holds('', {}))
  })

  it('holds a whole category without tags', () => {
    const i = new Inhibitors()
    i.set('n/0/', 'disk', {}, true)
    assert.ok(i.holds('disk', { host: 'b' }))
  })

  it('holds until the last of several equal ones lets go', () => {
    const i = new Inhibitors()
    i.set('n/0/g', 'disk', { host: 'a' }, true)
    i.set('n/0/g', 'disk', { host: 'a' }, true)
    i.set('m/0/g', 'disk', { host: 'a' }, true)
    i.set('n/0/g', 'disk', { host: 'a' }, false)
    assert.ok(i.holds('disk', { host: 'a' }))
    i.release('m/')
    assert.ok(!i.holds('disk', { host: 'a' }))
    assert.equal(i.size, 0)
  })

  it('never takes values for one another, whatever characters they hold', () => {
    const i = new Inhibitors()
    i.set('n/0/g', 'disk', { a: 'x\0y', b: 'z' }, true)
    assert.ok(i.holds('disk', { a: 'x\0y', b: 'z' }))
    assert.ok(!i.holds('disk', { a: 'x', b: 'y\0z' }))
    i.set('n/1/g', 'cpu', { 'a\0b': '1' }, true)
    assert.ok(!i.holds('cpu', { a: '1', b: '' }))
  })
})
