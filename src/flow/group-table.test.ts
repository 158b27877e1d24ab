import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GroupTable, hashOf } from './group-table.ts'
import { Family, TaskGroup } from './groups.ts'

const family = (label: string): Family => new Family(true, label, ['a', 'b'], label)
const first = family('m')
/** The last one is looked for where the first is. */
const FAMILIES = [first, family('n'), Object.assign(family('o'), { hash: first.hash })]

/** Values that many tables look for in one place. */
function colliding(count: number): string[] {
  const found: string[] = []
  for (let i = 0; found.length < count; i++) {
    const value = `v${i}`
    if ((hashOf(first, [value, '']) & 1_023) === 7) found.push(value)
  }
  return found
}
const CROWD = colliding(200)

describe('a table of groups', () => {
  it('finds what was put in and not taken out again, like a map', () => {
    const value = fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom(...CROWD))
    const key = fc.tuple(fc.constantFrom(...FAMILIES), value, fc.constantFrom('', 'x'))
    const steps = fc.array(fc.tuple(key, fc.boolean()), { maxLength: 300 })
    fc.assert(
      fc.property(steps, (all) => {
        const table = new GroupTable()
        const model = new Map<string, TaskGroup>()
        for (const [[f, a, b], put] of all) {
          const text = JSON.stringify([f.label, a, b])
          const known = model.get(text)
          assert.equal(table.find(f, [a, b], hashOf(f, [a, b])), known)
          if (put && !known) {
            const g = new TaskGroup(f, [a, b])
            table.add(g, hashOf(g.family, g.vals))
            model.set(text, g)
          } else if (!put && known) {
            table.remove(known)
            model.delete(text)
            assert.equal(known.slot, -1)
          }
        }
        assert.equal(table.size, model.size)
        assert.deepEqual(new Set(table.all()), new Set(model.values()))
        assert.equal(new Set([...table.all()].map((g) => g.slot)).size, model.size)
        for (const g of model.values()) assert.equal(table.find(g.family, g.vals, hashOf(g.family, g.vals)), g)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps groups whose places are all taken, and gives each slot again', () => {
    const table = new GroupTable()
    const groups = CROWD.map((v) => new TaskGroup(first, [v, '']))
    for (const g of groups) table.add(g, hashOf(g.family, g.vals))
    for (const g of groups) assert.equal(table.find(first, g.vals, hashOf(first, g.vals)), g)
    for (const [i, g] of groups.entries()) {
      table.remove(g)
      assert.equal(table.find(first, g.vals, hashOf(first, g.vals)), undefined)
      for (const other of groups.slice(i + 1))
        assert.equal(table.find(first, other.vals, hashOf(first, other.vals)), other)
    }
    assert.equal(table.size, 0)
    for (const g of groups) table.add(g, hashOf(g.family, g.vals))
    assert.equal(table.slots, groups.length)
  })
})
