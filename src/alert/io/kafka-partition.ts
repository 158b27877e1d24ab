// How the key of a Kafka record chooses its partition, so that records land where other clients put them. Each gives a
// number that the client divides by the count of partitions. Knows no client.
import { crc32 } from 'node:zlib'
import type { KafkaPartitioning } from './messaging.ts'

type Hash = (key: Uint8Array) => number

function fnv1a(key: Uint8Array): number {
  let h = 0x811c9dc5
  for (const byte of key) h = Math.imul(h ^ byte, 0x01000193)
  return h | 0
}

/** Murmur3, 32 bits, seed 0. */
function murmur3(key: Uint8Array): number {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  const mixed = (k: number): number => {
    const a = Math.imul(k, 0xcc9e2d51)
    return Math.imul((a << 15) | (a >>> 17), 0x1b873593)
  }
  const whole = key.length & ~3
  let h = 0
  for (let i = 0; i < whole; i += 4) {
    h ^= mixed(view.getUint32(i, true))
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let i = key.length - 1; i >= whole; i--) tail = (tail << 8) | key[i]!
  if (whole < key.length) h ^= mixed(tail)
  h ^= key.length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}

/** Murmur2 as Java's client has it. */
function murmur2(key: Uint8Array): number {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  const m = 0x5bd1e995
  const whole = key.length & ~3
  let h = 0x9747b28c ^ key.length
  for (let i = 0; i < whole; i += 4) {
    const k = Math.imul(view.getUint32(i, true), m)
    h = Math.imul(h, m) ^ Math.imul(k ^ (k >>> 24), m)
  }
  if (whole < key.length) {
    for (let i = key.length - 1; i >= whole; i--) h ^= key[i]! << (8 * (i - whole))
    h = Math.imul(h, m)
  }
  h = Math.imul(h ^ (h >>> 13), m)
  return h ^ (h >>> 15)
}

/** A signed hash without its sign, as Go's clients divide it. */
const unsignedOf =
  (hash: Hash): Hash =>
  (key) =>
    Math.abs(hash(key))

const HASHES: Readonly<Record<Exclude<KafkaPartitioning, 'none'>, Hash>> = {
  crc32: (key) => crc32(key),
  murmur2: (key) => murmur2(key) & 0x7fffffff,
  murmur3: unsignedOf(murmur3),
  'fnv-1a': unsignedOf(fnv1a),
}

/** A number from 0 on; `turn` where the key has no say: none, or an empty one. */
export function partitionNumber(partitioning: KafkaPartitioning, key: string, turn: number): number {
  return partitioning === 'none' || key === '' ? turn : HASHES[partitioning](Buffer.from(key, 'utf8'))
}
