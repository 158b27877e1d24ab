// Where everything stands in the line reader's memory. Both it and who calls it read this file: it has no types in it.

/** What read() has come to: 32-bit words. */
export const STATE = 64
export const AT = STATE
export const WHAT = STATE + 4
export const LENGTH = STATE + 8
export const FIELD = STATE + 12
export const KIND = STATE + 16
export const SERIES = STATE + 20
export const RECORD_COUNT = STATE + 24
export const USED = STATE + 28

/** For each scale 0…22: ten to its power as a float64; then, for 0…18, as an integer; then 2^127 / 5^scale in 128 bits. */
export const FLOAT_TENS = 1024
export const INT_TENS = 1208
export const RECIPROCALS = 1360
/** Vectors of 16 equal bytes: what makes '0' the lowest signed byte, what is then above all digits, '.', '0'. */
export const TO_LOWEST = 2048
export const ABOVE_DIGITS = 2064
export const DOTS = 2080
export const ZEROS = 2096
/** 0…15 in bytes; 10, 100 and 1, 10,000 and 1 in 16-bit words. */
export const PLACES = 2112
export const TIMES_10 = 2128
export const TIMES_100 = 2144
export const TIMES_10000 = 2160
/** 16 commas, spaces and newlines. */
export const COMMAS = 2176
export const SPACES = 2192
export const NEWLINES = 2208
/** What was read of lines. */
export const RECORDS = 4096
export const RECORD_SIZE = 32
export const MAX_RECORDS = 2048
/** Their values, eight bytes each. */
export const VALUES = 69632
export const VALUES_END = 200704
/** The lines, and room behind them for comparisons that reach beyond. */
export const LINES = 200704
export const STRETCH = 131072
/** A bit for each byte of the lines: whether it is a comma, a space or a newline. */
export const MARKS = 348160
/** What was learnt: series and fields. */
export const LEARNT = 365056

/** Longer series keys are read anew each time. */
export const MAX_KEY = 8192
/** So many fields of a line at most. */
export const MAX_FIELDS = 256

/** The kinds of values. */
export const FLOAT = 0
export const INT = 1
export const STRING = 2
export const BOOL = 3

/** Why read() reads no further: there are no more lines, no room for more records, a line for the strict reader. */
export const END = 0
export const FULL = 1
export const STRICT = 2

/** What read() asks to be taught: a series, the root of its fields, a field, its form of another kind. */
export const NEW_SERIES = 3
export const NEW_FIELDS = 4
export const NEW_FIELD = 5
export const NEW_KIND = 6

/** The upper 16 bits of values that are no number: a text in the lines that is still to be read. */
export const RAW = 0xfff8
export const TEXT = 0xfff9
export const WIDE_TEXT = 0xfffa
export const ESCAPED_TEXT = 0xfffb

/** Where a series and a field have their numbers. */
export const S_INDEX = 16
export const F_INDEX = 24
