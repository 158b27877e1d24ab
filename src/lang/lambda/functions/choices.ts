// Presence, choice, sizes for people and chance: what belongs to no other family.
import { floatToInt, type Int, wrapInt } from '../../../base/int64.ts'
import { callError } from '../evaluation-error.ts'
import { failing, type LambdaFunction, type Signature, signature } from '../function.ts'
import type { LambdaKind, LambdaValue } from '../kinds.ts'

const SIZES: readonly string[] = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']

/** Decimal units; one decimal below ten, none from there on, where a tie goes to the even number. */
function humanBytes(n: Int): string {
  const bytes = BigInt.asUintN(64, BigInt(n))
  if (bytes < 10n) return `${bytes} B`
  let unit = 0
  for (let b = bytes; b >= 1000n; b /= 1000n) unit++
  const value = Math.floor((Number(bytes) / 10 ** (3 * unit)) * 10 + 0.5) / 10
  if (value < 10) return `${value.toFixed(1)} ${SIZES[unit]}`
  const down = Math.floor(value)
  const up = value - down > 0.5 || (value - down === 0.5 && down % 2 === 1)
  return `${up ? down + 1 : down} ${SIZES[unit]}`
}

/** Up to 64 bits of chance; good enough for sampling, not for secrets. */
function randomBits(bits: number): bigint {
  let r = 0n
  for (let have = 0; have < bits; have += 32) r = (r << 32n) | BigInt(Math.floor(Math.random() * 2 ** 32))
  return BigInt.asUintN(bits, r)
}

function randomBelow(n: Int): Int {
  if (n <= 0) throw callError('rand', `wants a number above 0, got ${n}`)
  if (typeof n === 'number') {
    if (n <= 2 ** 32) return Math.floor(Math.random() * n)
  }
  const limit = BigInt(n)
  const bits = limit.toString(2).length
  let r = randomBits(bits)
  while (r >= limit) r = randomBits(bits)
  return wrapInt(r)
}

function refuseRand([n]: readonly (LambdaValue | undefined)[]): string | undefined {
  return n !== undefined && (n as Int) <= 0 ? `rand wants a number above 0, got ${n}` : undefined
}

function choice(kind: LambdaKind): Signature {
  return {
    args: ['bool', kind, kind],
    gives: kind,
    run: (condition: boolean, a: LambdaValue, b: LambdaValue) => (condition ? a : b),
  }
}

function present(kind: LambdaKind): Signature {
  return { args: [kind], gives: 'bool', run: () => kind !== 'missing', fixed: true }
}

export const CHOICES: readonly LambdaFunction[] = [
  {
    name: 'if',
    doc: 'The second argument when the first is true, else the third. Both are always evaluated.',
    examples: [
      ["if(2 > 1, 'more', 'less')", 'more'],
      ['if(FALSE, 1, 2)', '2'],
    ],
    chooses: true,
    signatures: (['float', 'int', 'string', 'bool', 'regex', 'time', 'duration'] as const).map(choice),
  },
  {
    name: 'isPresent',
    doc: 'Whether the point has a field or tag of this name.',
    examples: [['isPresent(1)', 'true']],
    signatures: (['missing', 'bool', 'string', 'int', 'float'] as const).map(present),
  },
  {
    name: 'humanBytes',
    doc: 'A number of bytes with a decimal unit, for people.',
    examples: [
      ['humanBytes(999)', '999 B'],
      ['humanBytes(1234567)', '1.2 MB'],
      ['humanBytes(12500.0)', '12 kB'],
    ],
    signatures: [
      signature(['float'], 'string', (f) => humanBytes(f >= 2 ** 63 ? unsigned(f) : floatToInt(f))),
      signature(['int'], 'string', humanBytes),
    ],
  },
  {
    name: 'rand',
    doc: 'A random integer from 0 up to, but without, n; without n up to the largest there is.',
    examples: [['rand(1)', '0']],
    varies: true,
    signatures: [signature([], 'int', () => wrapInt(randomBits(63))), failing(signature(['int'], 'int', randomBelow))],
    refuse: refuseRand,
  },
]

/** Floats between 2^63 and 2^64 are still sizes. */
function unsigned(f: number): bigint {
  return f < 2 ** 64 ? BigInt(f) : 1n << 63n
}
