import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type DbRp, type PlanOptions, planOf, type Subscription, wantedOf } from './subscription-plan.ts'

const A: DbRp = { db: 'a', rp: 'r' }
const B: DbRp = { db: 'b', rp: 'r' }
const HERE = 'http://me:9092'

function sub(x: DbRp, name: string, ...destinations: readonly string[]): Subscription {
  return { ...x, name, mode: 'ANY', destinations }
}

/** What is dropped and created, as text. */
function plan(existing: readonly Subscription[], o: Partial<PlanOptions> = {}): { drop: string[]; create: string[] } {
  const p = planOf({
    name: 'kapacitor-1',
    oldNames: ['kapacitor', '1'],
    wanted: [A],
    existing,
    destination: () => HERE,
    ...o,
  })
  return {
    drop: p.drop.map((s) => `${s.name} on ${s.db}.${s.rp}`),
    create: p.create.map((x) => `${x.db}.${x.rp} to ${x.destination}`),
  }
}

describe('the plan', () => {
  test('makes what is missing and leaves what is right', () => {
    assert.deepEqual(plan([]), { drop: [], create: ['a.r to http://me:9092'] })
    assert.deepEqual(plan([sub(A, 'kapacitor-1', HERE)]), { drop: [], create: [] })
    assert.deepEqual(plan([sub(A, 'kapacitor-1', HERE)], { wanted: [A, B] }), {
      drop: [],
      create: ['b.r to http://me:9092'],
    })
  })

  test('renews what leads elsewhere', () => {
    for (const to of [
      'http://me:9093',
      'https://me:9092',
      'http://you:9092',
      'http://me:9092/path',
      'http://u:p@me:9092',
    ])
      assert.deepEqual(
        plan([sub(A, 'kapacitor-1', to)]),
        { drop: ['kapacitor-1 on a.r'], create: ['a.r to http://me:9092'] },
        to,
      )
    assert.deepEqual(plan([sub(A, 'kapacitor-1', HERE, 'http://other')]).drop, ['kapacitor-1 on a.r'])
    assert.deepEqual(plan([sub(A, 'kapacitor-1')]).drop, ['kapacitor-1 on a.r'])
  })

  test('drops what is not wanted any more', () => {
    assert.deepEqual(plan([sub(A, 'kapacitor-1', HERE), sub(B, 'kapacitor-1', HERE)]).drop, ['kapacitor-1 on b.r'])
  })

  test('drops the names of earlier versions', () => {
    assert.deepEqual(plan([sub(A, 'kapacitor', HERE), sub(B, '1', 'http://x')]), {
      drop: ['kapacitor on a.r', '1 on b.r'],
      create: ['a.r to http://me:9092'],
    })
  })

  test('leaves other servers alone, unless they are gone from where this one listens', () => {
    assert.deepEqual(plan([sub(A, 'kapacitor-1', HERE), sub(A, 'kapacitor-2', 'http://you:9092')]).drop, [])
    assert.deepEqual(plan([sub(A, 'kapacitor-1', HERE), sub(A, 'kapacitor-2', 'http://me:9092')]).drop, [
      'kapacitor-2 on a.r',
    ])
    assert.deepEqual(plan([sub(A, 'kapacitor-1', HERE), sub(A, 'own', HERE)]).drop, [])
    assert.deepEqual(plan([sub(B, 'kapacitor-2', 'no address')], { destination: () => 'none either' }).drop, [])
  })

  test('knows the port of each database by UDP', () => {
    const destination = (x: DbRp): string => `udp://me:${x.db === 'a' ? 1 : 2}`
    const existing = [sub(A, 'kapacitor-1', 'udp://me:1'), sub(B, 'kapacitor-1', 'udp://me:1')]
    assert.deepEqual(plan(existing, { destination, wanted: [A, B] }), {
      drop: ['kapacitor-1 on b.r'],
      create: ['b.r to udp://me:2'],
    })
  })
})

describe('wanted', () => {
  const all: readonly DbRp[] = [A, { db: 'a', rp: 's' }, B, { db: '_kapacitor', rp: 'autogen' }]
  const text = (named: Record<string, string[]>, excluded: Record<string, string[]>): string[] =>
    wantedOf(all, named, excluded).map((x) => `${x.db}.${x.rp}`)

  test('are all, less the excluded', () => {
    assert.deepEqual(text({}, { _kapacitor: ['autogen'] }), ['a.r', 'a.s', 'b.r'])
    assert.deepEqual(text({}, { a: ['s'], b: [] }), ['a.r', '_kapacitor.autogen'])
  })

  test('are those named, when some are', () => {
    assert.deepEqual(text({ a: ['s', 'none'] }, {}), ['a.s'])
    assert.deepEqual(text({ a: [], c: ['x'] }, { a: ['r'] }), ['a.s'])
  })
})
