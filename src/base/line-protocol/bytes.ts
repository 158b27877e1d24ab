// The bytes line protocol is made of, and text taken out of a byte buffer.
// Nothing here keeps a view of the buffer: every result is a string of its own.

export const TAB = 9
export const NEWLINE = 10
export const SPACE = 32
export const QUOTE = 34
export const HASH = 35
export const COMMA = 44
export const MINUS = 45
export const DOT = 46
export const ZERO = 48
export const NINE = 57
export const EQUALS = 61
export const BACKSLASH = 92

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The bytes as text; a byte sequence that is no UTF-8 becomes U+FFFD. */
export function textOf(b: Uint8Array, from: number, to: number): string {
  // Beyond twelve characters V8 would chain the pieces instead of copying them.
  if (to - from <= 12) {
    let text = ''
    let i = from
    for (; i < to; i++) {
      const c = b[i]!
      if (c > 127) break
      text += String.fromCharCode(c)
    }
    if (i === to) return text
  }
  return decoder.decode(b.subarray(from, to))
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
