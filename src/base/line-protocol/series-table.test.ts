import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeSeries } from '../series.ts'
import { ByteArena } from './byte-arena.ts'
import { SeriesEntry, SeriesTable } from './series-table.ts'

const keys = new TextEncoder().encode(Array.from({ length: 100 }, (_, i) => `m${String(i).padStart(3, '0')} `).join(''))
const bytes = new DataView(keys.buffer)

function fill(table: SeriesTable, arena: ByteArena, hash: (i: number) => number): void {
  for (let i = 0; i < 100; i++) {
    const at = arena.add(keys, i * 5, i * 5 + 5)
    table.add(new SeriesEntry(makeSeries('', '', `m${i}`, [], []), 1, at, 5), hash(i))
  }
}

test('keys are found by their bytes and scope', () => {
  const arena = new ByteArena()
  const table = new SeriesTable(arena, 1_000)
  fill(table, arena, (i) => i % 10)
  for (let i = 0; i < 20; i++) {
    assert.equal(table.find(1, i % 10, bytes, i * 5, 5)?.series.name, `m${i}`)
    assert.equal(table.find(2, i % 10, bytes, i * 5, 5), undefined)
  }
})

test('keys made to collide cost a bounded search and never give a wrong series', () => {
  const arena = new ByteArena()
  const table = new SeriesTable(arena, 1_000)
  fill(table, arena, () => 7)
  let found = 0
  for (let i = 0; i < 100; i++) {
    const e = table.find(1, 7, bytes, i * 5, 5)
    if (e) found++
    assert.ok(e === undefined || e.series.name === `m${i}`)
  }
  assert.equal(found, 32)
})

test('a full table says so and is worn after as many misses as it holds', () => {
  const arena = new ByteArena()
  const table = new SeriesTable(arena, 100)
  assert.ok(table.hasRoom(5))
  fill(table, arena, (i) => i * 0x9e3779b1)
  for (let i = 0; i < 101; i++) {
    assert.ok(!table.worn)
    assert.ok(!table.hasRoom(5))
  }
  assert.ok(table.worn)
  table.clear()
  assert.ok(!table.worn)
  assert.equal(table.size, 0)
  assert.equal(table.find(1, 0, bytes, 0, 5), undefined)
})

test('the arena is bounded', () => {
  const arena = new ByteArena()
  assert.ok(arena.hasRoom(67_108_864))
  assert.ok(!arena.hasRoom(67_108_865))
})
