/**
 * Strings as Go sees them: sequences of UTF-8 bytes. Owns byte lengths and byte slices.
 * A byte that is no valid UTF-8 (what `slice "é" 0 1` gives) is carried as a lone surrogate U+DC80..U+DCFF and
 * becomes U+FFFD when a text leaves the room. Must not know templates or values.
 */

const onlyAscii = /^[\x00-\x7f]*$/

export const isAscii = (text: string): boolean => onlyAscii.test(text)

/** A code point that stands for one byte of invalid UTF-8. */
export const isRawByte = (codePoint: number): boolean => codePoint >= 0xdc80 && codePoint <= 0xdcff

/** The code point as Go decodes it: U+FFFD for whatever is no valid rune. */
export const goRune = (codePoint: number): number => (codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xfffd : codePoint)

const widthOf = (codePoint: number): number => {
  if (codePoint < 0x80) return 1
  if (codePoint < 0x800) return 2
  if (isRawByte(codePoint)) return 1
  return codePoint < 0x10000 ? 3 : 4
}

/** Length in bytes of UTF-8. */
export const byteLength = (text: string): number => {
  if (isAscii(text)) return text.length
  let bytes = 0
  for (const char of text) bytes += widthOf(char.codePointAt(0)!)
  return bytes
}

/** The UTF-8 bytes of a text; raw bytes come back as they were. */
export const toBytes = (text: string): Uint8Array => {
  const out = new Uint8Array(byteLength(text))
  let at = 0
  for (const char of text) {
    const point = char.codePointAt(0)!
    if (isRawByte(point)) {
      out[at++] = point - 0xdc00
      continue
    }
    const rune = goRune(point)
    if (rune < 0x80) {
      out[at++] = rune
      continue
    }
    const width = widthOf(rune)
    for (let i = width - 1; i > 0; i--) out[at + i] = 0x80 | ((rune >> (6 * (width - 1 - i))) & 0x3f)
    out[at] = ((0xf00 >> width) & 0xff) | (rune >> (6 * (width - 1)))
    at += width
  }
  return out
}

const sequenceWidth = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at]!
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  const width = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  const second = bytes[at + 1] ?? 0
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let i = 2; i < width; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0
  return width
}

/** The text of UTF-8 bytes; each byte of an invalid sequence becomes a raw byte. */
export const fromBytes = (bytes: Uint8Array): string => {
  let out = ''
  for (let at = 0; at < bytes.length; ) {
    const width = sequenceWidth(bytes, at)
    if (width === 0) {
      out += String.fromCharCode(0xdc00 + bytes[at]!)
      at++
      continue
    }
    let rune = width === 1 ? bytes[at]! : bytes[at]! & (0x7f >> width)
    for (let i = 1; i < width; i++) rune = (rune << 6) | (bytes[at + i]! & 0x3f)
    out += String.fromCodePoint(rune)
    at += width
  }
  return out
}

/** The byte at a byte index that is within the text. */
export const byteAt = (text: string, index: number): number =>
  isAscii(text) ? text.charCodeAt(index) : toBytes(text)[index]!

/** text[from:to] by bytes. */
export const byteSlice = (text: string, from: number, to: number): string =>
  isAscii(text) ? text.slice(from, to) : fromBytes(toBytes(text).subarray(from, to))

/** The text as valid Unicode: neighbouring raw bytes join again to runes, the rest becomes U+FFFD. */
export const wellFormed = (text: string): string =>
  text.isWellFormed() ? text : fromBytes(toBytes(text)).toWellFormed()
