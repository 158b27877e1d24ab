// Four ASCII digits at a time, in one 32-bit word (little endian: the first digit in the lowest byte).

const ASCII = 0x30303030
const HIGH_BITS = 0x80808080 | 0

/** The word's bytes as digit values; what is no digit becomes more than 9. */
export function digitsOf(word: number): number {
  return word ^ ASCII
}

/** 0 when all four are digits, else the mark of the first that is none in its byte's highest bit. */
export function strangers(digits: number): number {
  return ((digits + 0x76767676) | digits) & HIGH_BITS
}

/** How many digits stand before the first stranger: 0…3. */
export function leading(marks: number): number {
  // Without the highest bit the negation stays a small integer, too.
  const low = marks >>> 7
  return (31 - Math.clz32(low & -low)) >> 3
}

/** The number that four digits make. */
export function valueOf4(digits: number): number {
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff
  return (Math.imul(pairs, 100) + (pairs >>> 16)) & 0xffff
}
