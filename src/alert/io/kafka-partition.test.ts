import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { partitionNumber } from './kafka-partition.ts'

/** A signed hash as Go's clients divide it. */
const abs = (h: number): number => Math.abs(h | 0)

describe('partitionNumber', () => {
  // Published values of each hash.
  for (const [partitioning, key, number] of [
    ['crc32', '123456789', 0xcbf43926],
    ['murmur2', '21', -973932308 & 0x7fffffff],
    ['murmur2', 'foobar', -790332482 & 0x7fffffff],
    ['murmur2', 'a-little-bit-long-string', -985981536 & 0x7fffffff],
    ['murmur2', 'a-little-bit-longer-string', -1486304829 & 0x7fffffff],
    ['murmur2', 'lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971 & 0x7fffffff],
    ['murmur2', 'abc', 479470107],
    ['murmur3', 'a', abs(0x3c2569b2)],
    ['murmur3', 'abc', abs(0xb3dd93fa)],
    ['murmur3', 'hello', abs(0x248bfa47)],
    ['murmur3', 'hello, world', abs(0x149bbb7f)],
    ['murmur3', 'The quick brown fox jumps over the lazy dog', abs(0x2e4ff723)],
    ['fnv-1a', 'a', abs(0xe40c292c)],
    ['fnv-1a', 'foobar', abs(0xbf9cf968)],
  ] as const)
    it(`${partitioning} of ${key}`, () => assert.equal(partitionNumber(partitioning, key, 7), number))

  it('takes turns where the key has no say', () => {
    assert.equal(partitionNumber('crc32', '', 7), 7)
    assert.equal(partitionNumber('none', 'abc', 8), 8)
  })
})
