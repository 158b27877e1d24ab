// bool(), int(), float(), string(), duration(): from one type to another.
import { formatDuration, parseDuration } from '../../../base/duration.ts'
import { floatToInt, type Int, intToFloat, mulInt, parseInt64 } from '../../../base/int64.ts'
import { callError } from '../evaluation-error.ts'
import { formatFloat, parseFloatText } from '../format-float.ts'
import { failing, type LambdaFunction, signature } from '../function.ts'

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

function boolOfText(s: string): boolean {
  if (TRUE.has(s)) return true
  if (FALSE.has(s)) return false
  throw callError('bool', `cannot convert ${JSON.stringify(s)} to boolean`)
}

function boolOfNumber(n: Int): boolean {
  if (n === 1) return true
  if (n === 0) return false
  throw callError('bool', `cannot convert ${typeof n === 'bigint' ? n : formatFloat(n)} to boolean`)
}

function intOfText(s: string): Int {
  const n = parseInt64(s)
  if (n === undefined) throw callError('int', `cannot convert ${JSON.stringify(s)} to an integer of 64 bits`)
  return n
}

function floatOfText(s: string): number {
  const f = parseFloatText(s)
  if (f === undefined) throw callError('float', `cannot convert ${JSON.stringify(s)} to a float`)
  return f
}

function durationOfText(s: string): Int {
  const d = s.length < 2 ? undefined : parseDuration(s)
  if (d === undefined) throw callError('duration', `invalid duration string ${JSON.stringify(s)}`)
  return d
}

export const CONVERSIONS: readonly LambdaFunction[] = [
  {
    name: 'bool',
    doc: 'To a boolean: of text `1 t T TRUE true True` and `0 f F FALSE false False`, of numbers 0 and 1 only.',
    examples: [
      ["bool('true')", 'true'],
      ['bool(0)', 'false'],
      ['bool(1.0)', 'true'],
      ['bool(TRUE)', 'true'],
    ],
    signatures: [
      signature(['bool'], 'bool', (b) => b),
      failing(signature(['string'], 'bool', boolOfText)),
      failing(signature(['int'], 'bool', boolOfNumber)),
      failing(signature(['float'], 'bool', boolOfNumber)),
    ],
  },
  {
    name: 'int',
    doc: 'To an integer: floats are cut towards zero, text must be decimal, a boolean gives 1 or 0.',
    examples: [
      ['int(-2.9)', '-2'],
      ["int('17')", '17'],
      ['int(TRUE)', '1'],
      ['int(5)', '5'],
    ],
    signatures: [
      signature(['bool'], 'int', (b) => (b ? 1 : 0)),
      failing(signature(['string'], 'int', intOfText)),
      signature(['int'], 'int', (n) => n),
      signature(['float'], 'int', floatToInt),
    ],
  },
  {
    name: 'float',
    doc: 'To a float: the nearest one of an integer, of text in decimal or exponent form, 1 or 0 of a boolean.',
    examples: [
      ['float(3) / 2.0', '1.5'],
      ["float('1e3')", '1000'],
      ['float(FALSE)', '0'],
    ],
    signatures: [
      signature(['bool'], 'float', (b) => (b ? 1 : 0)),
      failing(signature(['string'], 'float', floatOfText)),
      signature(['int'], 'float', intToFloat),
      signature(['float'], 'float', (f) => f),
    ],
  },
  {
    name: 'string',
    doc: 'To text: floats as the shortest plain decimal, durations as one number with the largest unit that divides exactly.',
    examples: [
      ['string(1.0)', '1'],
      ['string(0.00000012345)', '0.00000012345'],
      ['string(90m)', '90m'],
      ['string(24h)', '1d'],
      ['string(TRUE)', 'true'],
    ],
    signatures: [
      signature(['bool'], 'string', (b) => (b ? 'true' : 'false')),
      signature(['string'], 'string', (s) => s),
      signature(['int'], 'string', (n) => n.toString()),
      signature(['float'], 'string', formatFloat),
      signature(['duration'], 'string', formatDuration),
    ],
  },
  {
    name: 'duration',
    doc: 'To a duration: a number times the unit, or text such as `1h30m` (the unit is then ignored).',
    examples: [
      ['duration(3, 1m)', '3m'],
      ['duration(2.5, 1s)', '2500ms'],
      ["duration('1h30m', 1s)", '90m'],
      ['duration(5s)', '5s'],
    ],
    signatures: [
      signature(['duration'], 'duration', (d) => d),
      signature(['int', 'duration'], 'duration', (n, unit) => mulInt(n, unit)),
      signature(['float', 'duration'], 'duration', (f, unit) => floatToInt(f * intToFloat(unit))),
      failing(signature(['string', 'duration'], 'duration', (s) => durationOfText(s))),
    ],
  },
]
