// Values that are neither numbers of the common form nor texts: booleans, and numbers that need more than digits.
import { parseInt64 } from '../int64.ts'
import { COMMA, NEWLINE, SPACE, textOf } from './bytes.ts'

const UPPER_T = 84
const UPPER_F = 70
const LOWER = 0x20
const WORDS = ['true', 'True', 'TRUE', 'false', 'False', 'FALSE'].map((w) => Uint8Array.from(w, (c) => c.charCodeAt(0)))

/** How many bytes of a boolean stand at `i`; 0 when there is none. The buffer must go on. */
export function boolLength(b: Uint8Array, i: number): number {
  const letter = b[i]! & ~LOWER
  if (letter !== UPPER_T && letter !== UPPER_F) return 0
  const next = b[i + 1]
  if (next === COMMA || next === SPACE || next === NEWLINE) return 1
  for (const word of WORDS) {
    let k = 0
    while (k < word.length && word[k] === b[i + k]) k++
    if (k === word.length) return k
  }
  return 0
}

export function isTrue(firstByte: number): boolean {
  return (firstByte & ~LOWER) === UPPER_T
}

/** The index of the comma, space or newline that ends the value at `i`. */
export function findValueEnd(b: Uint8Array, i: number): number {
  while (b[i] !== COMMA && b[i] !== SPACE && b[i] !== NEWLINE) i++
  return i
}

/** The float (a number) or large int (a BigInt) in [from, to); undefined when the strict reader has to look. */
export function readRareNumber(b: Uint8Array, from: number, to: number): number | bigint | undefined {
  const text = textOf(b, from, to)
  if (text.endsWith('i')) {
    const value = parseInt64(text.slice(0, -1))
    return typeof value === 'bigint' ? value : undefined
  }
  if (!/^-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}
