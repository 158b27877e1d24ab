// Text taken out of a byte buffer, and what stands before it.
// Nothing here keeps a view of the buffer: every result is a string of its own.
import { SPACE, TAB } from './characters.ts'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The bytes as text; a byte sequence that is no UTF-8 becomes U+FFFD. */
export function textOf(b: Uint8Array, from: number, to: number): string {
  const length = to - from
  // Beyond twelve characters V8 would chain the pieces instead of copying them.
  if (length <= 12) {
    let seen = 0
    for (let i = from; i < to; i++) seen |= b[i]!
    if (seen < 128)
      return length <= 8 ? shortText(b, from, length) : shortText(b, from, 8) + shortText(b, from + 8, length - 8)
  }
  return decoder.decode(b.subarray(from, to))
}

/** At most eight ASCII characters. All at once is three times as fast as one after the other. */
function shortText(b: Uint8Array, i: number, length: number): string {
  const of = String.fromCharCode
  switch (length) {
    case 0:
      return ''
    case 1:
      return of(b[i]!)
    case 2:
      return of(b[i]!, b[i + 1]!)
    case 3:
      return of(b[i]!, b[i + 1]!, b[i + 2]!)
    case 4:
      return of(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!)
    case 5:
      return of(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!)
    case 6:
      return of(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!)
    case 7:
      return of(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!)
    default:
      return of(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!, b[i + 7]!)
  }
}

/** Each byte as one character: a key for a map, equal only for equal bytes. */
export function rawTextOf(b: Uint8Array, from: number, to: number): string {
  let text = ''
  for (let i = from; i < to; i++) text += String.fromCharCode(b[i]!)
  return text
}

/** The first index from `i` on that holds no space, tab or NUL. */
export function skipBlanks(b: Uint8Array, i: number, end: number): number {
  while (i < end && (b[i] === SPACE || b[i] === TAB || b[i] === 0)) i++
  return i
}
