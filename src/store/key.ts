// Keys of the store: tuples of strings and numbers, encoded so that the order of the bytes is the order of the tuples.
// Numbers come before strings, numbers by value, strings by their UTF-8 bytes, a tuple before its own extensions.
// Knows nothing of collections, values or files.
import { createHash } from 'node:crypto'

/** Numbers are finite; -0 is 0. A lone surrogate in a string is stored as U+FFFD. */
export type Key = readonly (string | number)[]

const NUMBER = 0x01
const STRING = 0x02
const END = 0x00
/** Follows a zero byte inside a string, so that the terminator stays smaller than any continuation. */
const ESCAPED = 0xff

/** The longest key that LMDB takes with pages of 4 KiB. */
export const MAX_KEY_BYTES = 1978
const HASH_BYTES = 32
/** Keys longer than fits are cut here and closed with a hash: exactly MAX_KEY_BYTES long, a length no other key has. */
const CUT = MAX_KEY_BYTES - HASH_BYTES

function appendString(out: Buffer[], text: string): void {
  const bytes = Buffer.from(text, 'utf8')
  out.push(Buffer.of(STRING))
  if (bytes.includes(0)) {
    let from = 0
    for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, from)) {
      out.push(bytes.subarray(from, at + 1), Buffer.of(ESCAPED))
      from = at + 1
    }
    out.push(bytes.subarray(from))
  } else out.push(bytes)
  out.push(Buffer.of(END))
}

function numberBytes(n: number): Buffer {
  if (!Number.isFinite(n)) throw new RangeError(`a key holds finite numbers, not ${n}`)
  const out = Buffer.allocUnsafe(9)
  out[0] = NUMBER
  out.writeDoubleBE(n === 0 ? 0 : n, 1)
  // Two's complement order from IEEE bits: positive numbers get the sign bit, negative ones are turned over.
  if (out[1]! & 0x80) for (let i = 1; i < 9; i++) out[i] = out[i]! ^ 0xff
  else out[1] = out[1]! | 0x80
  return out
}

/** One string alone is by far the commonest key, so it has a path without intermediate buffers. */
function stringKey(text: string): Buffer {
  if (text.includes('\0')) {
    const parts: Buffer[] = []
    appendString(parts, text)
    return Buffer.concat(parts)
  }
  const length = Buffer.byteLength(text)
  const out = Buffer.allocUnsafe(length + 2)
  out[0] = STRING
  out.write(text, 1)
  out[length + 1] = END
  return out
}

/** The bytes of a whole tuple, of any length. */
export function encodeKey(key: Key): Buffer {
  if (key.length === 1) return typeof key[0] === 'string' ? stringKey(key[0]) : numberBytes(key[0]!)
  const parts: Buffer[] = []
  for (const part of key) {
    if (typeof part === 'string') appendString(parts, part)
    else parts.push(numberBytes(part))
  }
  return Buffer.concat(parts)
}

/** The bytes that every tuple starts with whose next part is a string that starts with `text`. */
export function encodeStringPrefix(text: string): Buffer {
  const whole = stringKey(text)
  return whole.subarray(0, whole.length - 1)
}

/** The tuple of bytes that encodeKey gave. */
export function decodeKey(bytes: Uint8Array): Key {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const key: (string | number)[] = []
  let at = 0
  while (at < buffer.length) {
    const tag = buffer[at++]
    if (tag === NUMBER) {
      const raw = Buffer.from(buffer.subarray(at, at + 8))
      if (raw[0]! & 0x80) raw[0] = raw[0]! & 0x7f
      else for (let i = 0; i < 8; i++) raw[i] = raw[i]! ^ 0xff
      key.push(raw.readDoubleBE(0))
      at += 8
    } else if (tag === STRING) {
      const pieces: Buffer[] = []
      for (;;) {
        const zero = buffer.indexOf(END, at)
        if (zero < 0) throw new Error('a stored key ends in the middle of a string')
        if (buffer[zero + 1] !== ESCAPED) {
          pieces.push(buffer.subarray(at, zero))
          at = zero + 1
          break
        }
        pieces.push(buffer.subarray(at, zero + 1))
        at = zero + 2
      }
      key.push(pieces.length === 1 ? pieces[0]!.toString('utf8') : Buffer.concat(pieces).toString('utf8'))
    } else throw new Error(`a stored key has an unknown tag ${tag}`)
  }
  return key
}

/**
 * What is handed to the key-value layer. A key that is too long for it keeps its first bytes and ends in a hash, so
 * ranges still find it; only among keys that share those 1,946 bytes is the order that of the hash.
 */
export function physicalKey(encoded: Buffer): Buffer {
  if (encoded.length < MAX_KEY_BYTES) return encoded
  const hash = createHash('sha256').update(encoded).digest()
  return Buffer.concat([encoded.subarray(0, CUT), hash])
}

/** Whether a physical key was cut, so that its tuple must be read from the value beside it. */
export function isCut(physical: Uint8Array): boolean {
  return physical.length === MAX_KEY_BYTES
}

/**
 * The physical bounds (from inclusive, to exclusive) that hold every key starting with `prefix`. With a prefix that
 * reaches into cut keys they hold others too, which the caller leaves out by looking at the tuple.
 */
export function prefixBounds(prefix: Buffer): { from: Buffer; to: Buffer } {
  if (prefix.length < CUT) return { from: prefix, to: Buffer.concat([prefix, Buffer.of(0xff)]) }
  const from = prefix.subarray(0, CUT)
  return { from, to: Buffer.concat([from, Buffer.alloc(HASH_BYTES, 0xff)]) }
}
