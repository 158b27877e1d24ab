import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Query } from './query.ts'

test('the first value counts, all are kept', () => {
  const q = new Query('fields=a&x=1&fields=b&fields')
  assert.equal(q.get('fields'), 'a')
  assert.deepEqual(q.all('fields'), ['a', 'b', ''])
  assert.equal(q.get('none'), '')
  assert.deepEqual(q.all('none'), [])
})

test('plus and percent are decoded', () => {
  const q = new Query('db=my%20db%2F1&rp=two+weeks&s=%E6%B7%B1&bytes=a%ffb&long=x%ffyé')
  assert.equal(q.get('db'), 'my db/1')
  assert.equal(q.get('rp'), 'two weeks')
  assert.equal(q.get('s'), '深')
  assert.equal(q.get('bytes'), 'a\ufffdb')
  assert.equal(q.get('long'), 'x\ufffdyé')
})

test('what cannot be decoded is passed over', () => {
  const q = new Query('a=%zz&b=1;c=2&=x&&d=%4&e=5')
  assert.equal(q.has('a'), false)
  assert.equal(q.has('b'), false)
  assert.equal(q.has('c'), false)
  assert.equal(q.has('d'), false)
  assert.equal(q.get('e'), '5')
})
