import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Fault } from '../base/fault.ts'
import type { SideSource, SideTable } from '../flow/world.ts'
import { scriptEnvironment } from '../server/script-environment.ts'
import { Sandbox } from './run-script.ts'
import { sideValue } from './side-value.ts'
import { givenText } from './testdata-given.ts'

const DBRPS = [{ db: 'd', rp: 'r' }]
type Files = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** A source that can be changed. */
class Source implements SideSource {
  table: SideTable | undefined
  closed = 0
  ready: () => Promise<void> = async () => {}
  constructor(files?: Files) {
    if (files) this.set(files)
  }
  set(files: Files): void {
    this.table = new Map(Object.entries(files))
  }
  close(): void {
    this.closed++
  }
}

function rig(properties: string, source: Source, before = '|groupBy()') {
  const box = new Sandbox(scriptEnvironment, { sideload: () => source })
  const gave: string[] = []
  const script = `stream|from()${before}|sideload().source('file:///x')${properties}|log()`
  const task = box.start('t', { script, dbrps: DBRPS }, (node, g) => {
    if (node.startsWith('sideload')) gave.push(givenText(g))
  })
  const node = task.operators.find((o) => o.name.startsWith('sideload'))!
  const write = (...lines: readonly string[]): Promise<void> => box.write('d', 'r', lines.join('\n'), 's')
  return { box, gave, task, node, write }
}

describe('sideload', () => {
  test('takes the first file of the order that has the key, else the default', async () => {
    const source = new Source({ 'a.yml': { x: 1 }, 'all.yml': { x: 2, y: 3, t: 'side' } })
    const r = rig(
      ".order('{{.h}}.yml', 'all.yml').field('x', 0).field('y', 0).field('z', 9).tag('t', '-').tag('u', '-')",
      source,
    )
    await r.write('m,h=a v=1 1', 'm,h=b v=1 2', 'm v=1 3')
    assert.deepEqual(r.gave, [
      '[] m,h=a,t=side,u=- v=1,x=1i,y=3i,z=9i 1',
      '[] m,h=b,t=side,u=- v=1,x=2i,y=3i,z=9i 2',
      '[] m,t=side,u=- v=1,x=2i,y=3i,z=9i 3',
    ])
  })

  test('sees a table that was read again from the next point on', async () => {
    const source = new Source({ f: { x: 1 } })
    const r = rig(".order('f').field('x', 0)", source)
    await r.write('m v=1 1')
    source.set({ f: { x: 2 } })
    await r.write('m v=1 2')
    assert.deepEqual(r.gave, ['[] m v=1,x=1i 1', '[] m v=1,x=2i 2'])
  })

  test('moves points into the group of their new tags, batches stay where they are', async () => {
    const source = new Source({ f: { t: 'new' } })
    const stream = rig(".order('f').tag('t', '-')", source, "|groupBy('t')")
    await stream.write('m,t=old v=1 1')
    assert.deepEqual(stream.gave, ['[t=new] m,t=new v=1 1'])
    const batch = rig(".order('f').tag('t', '-')", source, "|groupBy('t')|window().periodCount(1).everyCount(1)")
    await batch.write('m,t=old v=1 1')
    assert.deepEqual(batch.gave, ['[t=old] m@1: m,t=new v=1 1'])
  })

  test('counts and tells what can not be converted, for each point', async () => {
    const source = new Source({ f: { x: 'many', t: [1n] } })
    const r = rig(".order('f').field('x', 7).tag('t', '-')", source)
    await r.write('m v=1 1', 'm v=1 2')
    assert.deepEqual(r.gave, ['[] m,t=- v=1,x=7i 1', '[] m,t=- v=1,x=7i 2'])
    assert.equal(r.node.errors, 4)
    assert.match(JSON.stringify(r.box.logs), /field x: \\"many\\" can not be converted to int/)
  })

  test('lets nothing in before its values are there', async () => {
    const source = new Source()
    let there = (): void => {}
    source.ready = () => new Promise((resolve) => (there = resolve))
    const r = rig(".order('f').field('x', 0)", source)
    const written = r.write('m v=1 1')
    await Promise.resolve()
    assert.deepEqual(r.gave, [])
    source.set({ f: { x: 5 } })
    there()
    await written
    assert.deepEqual(r.gave, ['[] m v=1,x=5i 1'])
  })

  test('stops its task when they can not be had, and lets go of the source', async () => {
    const source = new Source()
    source.ready = () => Promise.reject(new Fault('sideload-failed', 'no answer'))
    const r = rig(".order('f').field('x', 0)", source)
    await r.box.settle()
    assert.equal(r.task.error, 'no answer')
    assert.equal(r.task.ended, true)
    assert.equal(source.closed, 1)
  })

  test('lets go of the source at the end', async () => {
    const source = new Source({})
    const r = rig(".order('f').field('x', 0)", source)
    await r.box.engine.stop('t', 'drain')
    assert.equal(source.closed, 1)
  })
})

test('values take the type of the default', () => {
  const value = (kind: 'int' | 'float' | 'string' | 'bool', v: unknown): unknown => sideValue(kind, v)?.value
  assert.deepEqual(
    [5, 5.5, -0, '6', '6.5', 9007199254740993n, '9223372036854775808', true, null, [1], {}].map((v) => value('int', v)),
    [5, undefined, 0, 6, undefined, 9007199254740993n, undefined, undefined, undefined, undefined, undefined],
  )
  assert.deepEqual(
    [5, 5.5, '6.5', '1,5', 9007199254740993n, true].map((v) => value('float', v)),
    [5, 5.5, 6.5, undefined, 9007199254740992, undefined],
  )
  assert.deepEqual(
    [true, false, 'true', 'F', '0', 'yes', 1].map((v) => value('bool', v)),
    [true, false, true, false, false, undefined, undefined],
  )
  assert.deepEqual(
    ['x', 5, 1.5, 1e21, 9007199254740993n, true, null, {}].map((v) => value('string', v)),
    ['x', '5', '1.5', '1000000000000000000000', '9007199254740993', 'true', undefined, undefined],
  )
})
