// Upper and lower case, one code point for one: what has no single counterpart stays (`ß` in upper case).

const ASCII = /^[\0-\x7f]*$/

export function toUpper(s: string): string {
  if (ASCII.test(s)) return s.toUpperCase()
  let out = ''
  for (const c of s) {
    const upper = c.toUpperCase()
    out += [...upper].length === 1 ? upper : titleOf(c)
  }
  return out
}

export function toLower(s: string): string {
  if (ASCII.test(s)) return s.toLowerCase()
  let out = ''
  for (const c of s) {
    const lower = c.toLowerCase()
    out += [...lower].length === 1 ? lower : c === 'İ' ? 'i' : c
  }
  return out
}

/** Greek vowels with a small iota below have one with the iota beside; everything else that grows stays. */
function titleOf(c: string): string {
  const code = c.codePointAt(0)!
  if (code >= 0x1f80 && code <= 0x1faf && (code & 8) === 0) return String.fromCodePoint(code + 8)
  return code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3 ? String.fromCodePoint(code + 9) : c
}
