// Strings as bytes of UTF-8, the way scripts count them: lengths, positions, slices and the order of strings.
// All-ASCII text, the usual case, is handled without encoding it.

const encoder = new TextEncoder()

/** Length in bytes of UTF-8. */
export function textLength(s: string): number {
  let n = s.length
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i)
    if (c < 0x80) continue
    if (c < 0x800) n += 1
    else if (c >= 0xd800 && c < 0xdc00 && i + 1 < s.length && (s.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      n += 2 // four bytes for two code units
      i++
    } else n += 2
  }
  return n
}

/** The byte position of a UTF-16 index. −1 stays −1. */
export function bytePosition(s: string, index: number): number {
  return index <= 0 ? index : textLength(s.slice(0, index))
}

/** The bytes from `start` to `stop` (both within the text); each byte that is no character on its own becomes U+FFFD. */
export function byteSlice(s: string, start: number, stop: number): string {
  if (textLength(s) === s.length) return s.slice(start, stop)
  return decode(encoder.encode(s).subarray(start, stop))
}

/** Decodes UTF-8; every byte that belongs to no whole character becomes one U+FFFD. */
function decode(bytes: Uint8Array): string {
  let out = ''
  for (let i = 0; i < bytes.length; ) {
    const b = bytes[i]!
    const size = b < 0x80 ? 1 : b < 0xc0 ? 0 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4
    let whole = size > 0 && i + size <= bytes.length
    let code = size === 1 ? b : size === 0 ? 0 : b & (0xff >> (size + 1))
    for (let k = 1; whole && k < size; k++) {
      const c = bytes[i + k]!
      whole = (c & 0xc0) === 0x80
      code = (code << 6) | (c & 0x3f)
    }
    out += whole ? String.fromCodePoint(code) : '\ufffd'
    i += whole ? size : 1
  }
  return out
}

/** Negative, zero or positive, by the bytes of UTF-8. They differ from code units where surrogates are. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? fixUp(x) - fixUp(y) : x - y
  }
  return a.length - b.length
}

/** Puts surrogates, which stand for what is beyond U+FFFF, behind the rest of the plane. */
function fixUp(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}
