// The order of texts by their UTF-8 bytes, in which Go sorts strings.

/** Negative, zero or positive. Differs from JavaScript's own order only where characters beyond U+FFFF take part. */
export function byteOrder(a: string, b: string): number {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) {
      // A surrogate stands for a character above all that one unit can hold.
      const high = x >= 0xd800 && x <= 0xdfff
      return high === (y >= 0xd800 && y <= 0xdfff) ? x - y : high ? 1 : -1
    }
  }
  return a.length - b.length
}
