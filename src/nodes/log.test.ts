import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

test('log writes points and passes them on', async () => {
  const script = "stream|from().groupBy('t')|log().level('debug').prefix('here')"
  assert.deepEqual(await given('log2', script, 'm,t=a v=1 1'), ['[t=a] m,t=a v=1 1'])
  const { logs } = await runLines(script, 'm,t=a,u=b v=1,w=9007199254740993i 1')
  const [line] = logs.filter((l) => l.msg === 'point')
  assert.equal(line?.level, 'debug')
  assert.deepEqual(JSON.parse(JSON.stringify(line.fields)), {
    task: 'task',
    node: 'log2',
    prefix: 'here',
    name: 'm',
    db: 'd',
    rp: 'rp',
    group: 't=a',
    dimensions: ['t'],
    tags: { t: 'a', u: 'b' },
    fields: { v: 1, w: '9007199254740993' },
    time: '1970-01-01T00:00:01Z',
  })
})

test('log writes batches; an unknown level is info', async () => {
  const script = "stream|from()|window().period(10s).every(10s)|log().level('loud')"
  const { logs, nodes } = await runLines(script, 'm v=1 1', 'm v=2 2', 'm v=3 11')
  assert.deepEqual(
    logs.filter((l) => l.level === 'info' && l.fields.node === 'log3').map((l) => l.msg),
    ['begin batch', 'batch point', 'batch point', 'end batch'],
  )
  assert.equal(nodes.log3?.length, 1)
})
