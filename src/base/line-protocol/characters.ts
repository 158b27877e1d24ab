// The characters that line protocol is made of, as bytes. The line reader's sources read this file, too: it has no types in it.

export const TAB = 9
export const NEWLINE = 10
export const SPACE = 32
export const QUOTE = 34
export const HASH = 35
export const PLUS = 43
export const COMMA = 44
export const MINUS = 45
export const DOT = 46
export const ZERO = 48
export const NINE = 57
export const EQUALS = 61
export const BACKSLASH = 92
export const SMALL_E = 101
export const SMALL_I = 105
