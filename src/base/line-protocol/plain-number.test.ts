import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimalToFloat, MAX_HEAD } from './decimal.ts'
import { readPlainNumber } from './plain-number.ts'

const bytes = new Uint8Array(128)
const view = new DataView(bytes.buffer)
const out = new Float64Array(2)

/** Reads the text as a field value: its number, `undefined` when it is left to the strict reader. */
function read(text: string, behind: string): { value: number; isInt: boolean } | undefined {
  bytes.fill(0)
  for (let i = 0; i < text.length; i++) bytes[3 + i] = text.charCodeAt(i)
  bytes[3 + text.length] = behind.charCodeAt(0)
  const end = readPlainNumber(view, 3, out, 1)
  if (end === 0) return undefined
  assert.equal(end < 0 ? ~end : end, 3 + text.length, text)
  return { value: out[1]!, isInt: end < 0 }
}

/** A generator with a fixed seed: a failure can be seen again. */
function makeRandom(seed: number): () => number {
  let s = seed
  return () => {
    s = (Math.imul(s ^ (s >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0
    return ((s ^ (s >>> 13)) >>> 0) / 2 ** 32
  }
}

/** Decimal text with so many digits in all. */
function makeDecimal(random: () => number, digits: number): string {
  let text = random() < 0.2 ? '0' : ''
  while (text.length < digits) text += Math.floor(random() * 10)
  const point = Math.floor(random() * (digits + 1))
  return `${random() < 0.3 ? '-' : ''}${text.slice(0, point) || '0'}${point < digits ? `.${text.slice(point)}` : ''}`
}

test('400,000 decimals are bit for bit what Number says, or left alone', () => {
  const random = makeRandom(1)
  let left = 0
  let long = 0
  const N = 400_000
  for (let k = 0; k < N; k++) {
    const digits = 1 + Math.floor(random() * 20)
    const text = makeDecimal(random, digits)
    const got = read(text, ', \n'[k % 3]!)
    if (got === undefined) {
      if (digits <= 15) assert.fail(`${text} is of the common form`)
      left++
    } else if (!Object.is(got.value, Number(text))) assert.fail(`${text} was read as ${got.value}`)
    else if (got.isInt) assert.fail(`${text} was read as an int`)
    if (digits > 15) long++
  }
  // Else the fast way would be none: 16 to 18 digits are what programs print.
  assert.ok(left < long * 0.6, `${left} of ${long} long ones were left alone`)
})

test('200,000 doubles as programs print them', () => {
  const random = makeRandom(2)
  let left = 0
  for (let k = 0; k < 200_000; k++) {
    const f = (random() + random() / 2 ** 32) * 10 ** Math.floor(random() * 8 - 2)
    const text = String(f)
    if (text.includes('e')) continue
    const got = read(text, ',')
    if (got === undefined) left++
    else if (!Object.is(got.value, f)) assert.fail(`${text} was read as ${got.value}`)
  }
  assert.ok(left < 4_000, `${left} were left alone`)
})

test('decimals beside the middle between two doubles', () => {
  const random = makeRandom(3)
  const word = new DataView(new ArrayBuffer(8))
  let checked = 0
  for (let k = 0; k < 50_000; k++) {
    const f = (0.001 + random()) * 10 ** Math.floor(random() * 6)
    word.setFloat64(0, f)
    word.setBigUint64(0, word.getBigUint64(0) + 1n)
    const above = word.getFloat64(0)
    // The middle, exactly, in decimal: both are multiples of 2^-89 here.
    const middle = (BigInt(f * 2 ** 90) + BigInt(above * 2 ** 90)) / 2n
    const text = ((middle * 10n ** 18n) >> 90n).toString().padStart(19, '0')
    const decimal = `${text.slice(0, -18)}.${text.slice(-18)}`
    for (const cut of [16, 17, 18, 19]) {
      const t = decimal.slice(0, cut + 1)
      const got = read(t, ' ')
      if (got === undefined) continue
      checked++
      if (!Object.is(got.value, Number(t))) assert.fail(`${t} was read as ${got.value}`)
    }
  }
  assert.ok(checked > 20_000)
})

test('ints', () => {
  const cases: [string, number | undefined][] = [
    ['0i', 0],
    ['-0i', 0],
    ['7i', 7],
    ['-12345i', -12345],
    ['9007199254740991i', 9007199254740991],
    ['-9007199254740991i', -9007199254740991],
    ['9007199254740992i', undefined],
    ['9007199254740993i', undefined],
    ['9223372036854775807i', undefined],
    ['00000000000000000000007i', 7],
    ['1ii', undefined],
    ['1i2', undefined],
    ['i', undefined],
    ['-i', undefined],
  ]
  for (const [text, value] of cases) {
    const got = read(text, ',')
    assert.deepEqual(got, value === undefined ? undefined : { value, isInt: true }, text)
    assert.ok(got === undefined || !Object.is(got.value, -0))
  }
})

test('the limits of exactness', () => {
  const texts = [
    '9007199254740991',
    '9007199254740992',
    '9007199254740993',
    '90071992.54740993',
    '90071992.54740991',
    '0.9007199254740993',
    '-0',
    '-0.0',
    '0.00000000000000001',
    '0.1',
    '1.',
    '123456789012345678',
    '12345678.12345678',
    '1.2345678901234567',
    '0.30000000000000004',
    '179769313486231570000.5',
  ]
  for (const text of texts) {
    const got = read(text, '\n')
    if (got !== undefined) assert.ok(Object.is(got.value, Number(text)), `${text} was read as ${got.value}`)
  }
  for (let k = 0; k < MAX_HEAD.length; k++) {
    const head = MAX_HEAD[k]!
    const tail = 10 ** k - 1
    const value = decimalToFloat(head, tail, k, 5)
    const text = `${BigInt(head) * 10n ** BigInt(k) + BigInt(tail)}e-5`
    if (value >= 0) assert.equal(value, Number(text))
  }
})

test('what is no number of the common form is left alone', () => {
  for (const text of [
    '',
    '-',
    '.',
    '.5',
    '-.5',
    'x',
    '1e5',
    '1.5e5',
    '1.5.5',
    '1-',
    '--1',
    '1_000',
    '0x10',
    '+1',
    '1u',
    '1.5i',
  ]) {
    assert.equal(read(text, ','), undefined, text)
  }
  assert.equal(read('1', '\t'), undefined)
  assert.equal(read('1.5', ';'), undefined)
})
