// The join on its own, against a plain model of its rules, and under a small limit.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Plain } from '../../base/plain.ts'
import type { Ctx, Group, Out, Receiver } from '../../flow/contract.ts'
import { joinReceiver } from './join.ts'
import { type JoinCell, newJoinCell } from './join-cell.ts'
import type { PartKind } from './join-sets.ts'

/** A message: who sent it, when, and which of its sender's it is. */
type Message = { parent: number; sec: number; ns: number; n: number }
const label = (m: Message): string => `${'abc'[m.parent]}${m.n}`

function bench(parents: number, o: { maxPending?: number; on?: readonly string[]; slots?: 'always' } = {}) {
  const gave: string[] = []
  const counts: Record<string, number> = {}
  const cells = new Map<Group, JoinCell<Message>>()
  let held = 0
  const quiet = { warn: () => {}, limited: () => quiet }
  const cellOf = (g: Group): JoinCell<Message> => {
    let cell = cells.get(g)
    if (!cell) cells.set(g, (cell = newJoinCell(parents)))
    return cell
  }
  const groups = new Map<string, Group>()
  /** `group('1')` is p=1, `group('1a')` p=1,u=a. */
  const group = (text: string): Group => {
    let g = groups.get(text)
    if (!g)
      groups.set(text, (g = { key: text, dims: text.length > 1 ? ['p', 'u'] : ['p'], slot: 0 } as unknown as Group))
    return g
  }
  const ctx = {
    taskId: 't',
    nodeName: 'join1',
    parents,
    world: { logger: quiet },
    limits: { maxPending: o.maxPending ?? 1_000 },
    held: (n: number) => void (held += n),
    stats: counts,
    count: (stat: string, n = 1) => void (counts[stat] = (counts[stat] ?? 0) + n),
    stateOf: cellOf,
    states: () => cells.entries(),
    groupWithout: (g: Group) => group(g.key[0]!),
  }
  const kind: PartKind<Message> = {
    timeOf: (m) => m,
    weight: () => 1,
    emit(parts, from, _missing, t, _cell, g) {
      const set = parts.slice(from, from + parents).map((m) => (m ? label(m) : '-'))
      gave.push(`${g.key}@${t.sec} ${set.join(' ')}`)
    },
    ...(o.slots === 'always'
      ? {}
      : { pair: (a, b, t, _cell, g) => void gave.push(`${g.key}@${t.sec} ${label(a)} ${label(b)}`) }),
  }
  const out = { barrier: () => {} } as unknown as Out
  let receiver: Receiver<JoinCell<Message>> = {} as Receiver<JoinCell<Message>>
  let take: (m: Message, g: Group) => void = () => {}
  receiver = joinReceiver(ctx as unknown as Ctx, { kind, tolerance: 0, on: o.on ?? [], deleteAll: false }, (join) => {
    take = (m, g) => join.take(m.parent, m, m, cellOf(g), g, out)
    return {}
  })
  const numbers = [0, 0, 0]
  return {
    gave,
    counts,
    held: () => held,
    send: (parent: number, sec: number, g = '1') => take({ parent, sec, ns: 0, n: ++numbers[parent]! }, group(g)),
    barrier: (parent: number, sec: number) =>
      receiver.barrierFrom!(parent, { sec, ns: 0 }, cellOf(group('1')), group('1'), out),
    /** The state of the group '1'; with `saved`, that of an older version takes its place. */
    cell(saved?: Plain): Plain {
      if (saved !== undefined) cells.set(group('1'), receiver.upgrade!(saved, 1)!)
      return cells.get(group('1'))
    },
    drain: () => receiver.finish!('drain', null as Plain as JoinCell<Message>, out),
    drop(g: string) {
      const cell = cells.get(group(g))
      if (cell) receiver.dropped!(cell, group(g))
      cells.delete(group(g))
    },
  }
}

/** The rules as they are told, without thought for speed. */
function model(parents: number) {
  const gave: string[] = []
  const numbers = [0, 0, 0]
  const heads: number[] = new Array<number>(parents).fill(Number.NEGATIVE_INFINITY)
  const sets = new Map<number, (string | undefined)[][]>()
  const emit = (t: number, set: (string | undefined)[]): void =>
    void gave.push(`1@${t} ${Array.from({ length: parents }, (_, i) => set[i] ?? '-').join(' ')}`)
  const isComplete = (set: (string | undefined)[]): boolean =>
    Array.from({ length: parents }, (_, i) => set[i]).every(Boolean)
  const release = (): void => {
    while (sets.size > 0) {
      const t = Math.min(...sets.keys())
      const queue = sets.get(t)!
      const past = heads.every((h) => h > t)
      while (queue.length > 0 && (past || isComplete(queue[0]!))) emit(t, queue.shift()!)
      if (queue.length > 0) return
      sets.delete(t)
    }
  }
  return {
    gave,
    send(parent: number, sec: number) {
      this.sendNumbered(parent, ++numbers[parent]!, sec)
    },
    sendNumbered(parent: number, n: number, sec: number) {
      const queue = sets.get(sec) ?? []
      sets.set(sec, queue)
      let set = queue.find((x) => x[parent] === undefined)
      if (!set) queue.push((set = []))
      set[parent] = `${'abc'[parent]}${n}`
      heads[parent] = sec
      release()
    },
    barrier(parent: number, sec: number) {
      heads[parent] = sec
      release()
    },
    drain() {
      for (const t of [...sets.keys()].sort((a, b) => a - b)) for (const set of sets.get(t)!) emit(t, set)
    },
  }
}

describe('join', () => {
  test('does what its rules say, whatever the order of what comes', () => {
    const op = fc.record({ parent: fc.nat(2), sec: fc.nat(12), barrier: fc.nat(9).map((n) => n === 0) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(op, { maxLength: 120 }), (parents, ops) => {
        const real = bench(parents)
        const slotted = bench(parents, { slots: 'always' })
        const told = model(parents)
        for (const { parent, sec, barrier } of ops) {
          for (const j of [real, slotted, told]) {
            if (barrier) j.barrier(parent % parents, sec)
            else j.send(parent % parents, sec)
          }
          assert.deepEqual(real.gave, told.gave)
          assert.deepEqual(slotted.gave, told.gave)
          assert.deepEqual([real.held(), real.counts], [slotted.held(), slotted.counts])
        }
        for (const j of [real, slotted, told]) j.drain()
        assert.deepEqual(real.gave, told.gave)
        assert.deepEqual(slotted.gave, told.gave)
        assert.deepEqual([real.held(), real.counts], [0, slotted.counts])
      }),
      { numRuns: 400 },
    )
  })

  test('a source that runs far behind costs each time once', () => {
    const j = bench(2)
    for (let i = 0; i < 900; i++) j.send(0, i)
    assert.equal(j.held(), 900)
    for (let i = 0; i < 900; i++) j.send(1, i)
    assert.equal(j.held(), 0)
    assert.deepEqual([j.gave.length, j.counts], [900, { matched: 1800, unknown_group: 0 }])
  })

  test('goes on with what an older version kept', () => {
    const old = bench(2, { slots: 'always' })
    for (const sec of [1, 2, 3]) old.send(0, sec)
    const { bare: _, bareOf: __, ...saved } = old.cell() as unknown as JoinCell<Message>
    const j = bench(2)
    j.cell(saved as unknown as Plain)
    j.send(0, 4)
    for (const sec of [1, 3, 4]) j.send(1, sec)
    assert.deepEqual(j.gave, ['1@1 a1 b1', '1@2 a2 -', '1@3 a3 b2', '1@4 a1 b3'])
  })

  test('many messages of one time', () => {
    const j = bench(2)
    for (let i = 0; i < 300; i++) j.send(0, 1)
    for (let i = 0; i < 200; i++) j.send(1, 1)
    assert.deepEqual([j.gave.length, j.gave.at(-1), j.held()], [200, '1@1 a200 b200', 100])
    for (let i = 0; i < 100; i++) j.send(1, 1)
    assert.deepEqual([j.gave.at(-1), j.held()], ['1@1 a300 b300', 0])
  })
})

describe('join under a limit', () => {
  test('lets the oldest time go', () => {
    const j = bench(2, { maxPending: 3 })
    for (let sec = 1; sec <= 5; sec++) j.send(0, sec)
    assert.deepEqual(j.gave, ['1@1 a1 -', '1@2 a2 -'])
    assert.deepEqual([j.held(), j.counts.forced], [3, 2])
    j.send(1, 3)
    assert.deepEqual(j.gave.at(-1), '1@3 a3 b1')
  })

  test('complete sets behind the one that was forced follow it', () => {
    const j = bench(3, { maxPending: 4 })
    j.send(0, 2)
    j.send(1, 2)
    j.send(0, 1)
    j.send(2, 2)
    assert.deepEqual(j.gave, [])
    j.send(2, 3)
    assert.deepEqual(j.gave, ['1@1 a2 - -', '1@2 a1 b1 c1'])
    assert.equal(j.counts.forced, 4)
  })

  test('groups take turns', () => {
    const j = bench(2, { maxPending: 4 })
    for (const g of ['1', '2']) for (const sec of [1, 2]) j.send(0, sec, g)
    for (const sec of [3, 4, 5]) j.send(0, sec, '1')
    assert.deepEqual(j.gave, ['1@1 a1 -', '2@1 a3 -', '1@2 a2 -'])
    j.drop('1')
    assert.equal(j.held(), 1)
    for (const sec of [6, 7, 8, 9]) j.send(0, sec, '2')
    assert.deepEqual(j.gave.slice(3), ['2@2 a4 -'])
  })

  test('finer messages and unused matches go too', () => {
    const j = bench(2, { maxPending: 3, on: ['p'] })
    for (const sec of [1, 2, 3, 4, 5]) j.send(1, sec, '1')
    assert.deepEqual([j.gave, j.held(), j.counts.forced], [[], 3, 2])
    j.send(0, 3, '1a')
    assert.deepEqual(j.gave, ['1a@3 a1 b3'])
    const fine = bench(2, { maxPending: 3, on: ['p'] })
    for (const sec of [1, 2, 3, 4, 5]) fine.send(0, sec, '1a')
    assert.deepEqual([fine.gave, fine.held()], [['1a@1 a1 -', '1a@2 a2 -'], 3])
    fine.send(1, 4, '1')
    assert.deepEqual(fine.gave.at(-1), '1a@4 a4 b1')
  })
})

describe('join on', () => {
  test('one finer and one coarser parent, in order: as it is told', () => {
    const op = fc.record({ parent: fc.nat(1), step: fc.nat(2), unit: fc.constantFrom('a', 'b') })
    fc.assert(
      fc.property(fc.array(op, { maxLength: 80 }), (ops) => {
        const real = bench(2, { on: ['p'] })
        const told = onModel()
        const clocks = [0, 0]
        for (const { parent, step, unit } of ops) {
          const sec = (clocks[parent]! += step)
          real.send(parent, sec, parent === 0 ? `1${unit}` : '1')
          told.send(parent, sec, unit)
          assert.deepEqual(real.gave, told.gave)
        }
        real.drain()
        told.drain()
        assert.deepEqual(real.gave.toSorted(), told.gave.toSorted())
        assert.equal(real.held(), 0)
      }),
      { numRuns: 300 },
    )
  })
})

/** Pairing as it is told, with lists that are searched. */
function onModel() {
  const gave: string[] = []
  const groups = new Map<string, ReturnType<typeof model>>()
  const seen = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const numbers = [0, 0]
  let fine: { n: number; sec: number; unit: string }[] = []
  let coarse: { n: number; sec: number }[] = []
  const place = (parent: number, n: number, sec: number, unit: string): void => {
    let g = groups.get(unit)
    if (!g) groups.set(unit, (g = model(2)))
    const before = g.gave.length
    g.sendNumbered(parent, n, sec)
    gave.push(...g.gave.slice(before).map((text) => text.replace('1@', `1${unit}@`)))
  }
  return {
    gave,
    send(parent: number, sec: number, unit: string) {
      const n = ++numbers[parent]!
      seen[parent] = sec
      const low = Math.min(...seen)
      while (fine.length > 0 && fine[0]!.sec < low) {
        const f = fine.shift()!
        place(0, f.n, f.sec, f.unit)
      }
      if (parent === 1) {
        coarse.push({ n, sec })
        for (const f of fine.filter((x) => x.sec === sec)) {
          place(0, f.n, sec, f.unit)
          place(1, n, sec, f.unit)
        }
        fine = fine.filter((x) => x.sec !== sec)
        return
      }
      const matches = coarse.filter((c) => c.sec === sec)
      for (const c of matches) {
        place(0, n, sec, unit)
        place(1, c.n, sec, unit)
      }
      coarse = coarse.filter((c) => c.sec >= low)
      if (matches.length > 0) return
      if (sec < low) place(0, n, sec, unit)
      else fine.push({ n, sec, unit })
    },
    drain() {
      for (const f of fine) place(0, f.n, f.sec, f.unit)
      for (const [unit, g] of groups) {
        const before = g.gave.length
        g.drain()
        gave.push(...g.gave.slice(before).map((text) => text.replace('1@', `1${unit}@`)))
      }
    },
  }
}
