import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { compileLineReader, lineReaderFile } from '../../../scripts/build-line-reader.ts'
import {
  AT,
  END,
  FIELD,
  FLOAT,
  LENGTH,
  LINES,
  NEW_FIELD,
  NEW_SERIES,
  RECORD_COUNT,
  RECORDS,
  STRICT,
  VALUES,
  WHAT,
} from './line-memory.ts'
import { LineReader } from './line-reader.ts'

const NAME = 'v='

/** A reader that knows the series m and its floats v, or learns them. */
function makeReader(skipped = 0): LineReader {
  const reader = new LineReader((reason) => {
    const { words, code } = reader
    if (reason === NEW_SERIES) code.addSeries(root, 0)
    else if (reason === NEW_FIELD) {
      const parent = words[FIELD >> 2]!
      code.setNext(parent, code.addField(parent, words[WHAT >> 2]!, NAME.length, FLOAT, skipped, 1))
    } else return 0
    reader.refresh()
    return 1
  })
  const root = reader.code.addField(0, 0, 0, FLOAT, 0, 0)
  reader.code.open(1, reader.code.addStart(), 9, 1, 1, 0, 0)
  return reader
}

const reader = makeReader()
const skipping = makeReader(1)

function load(r: LineReader, line: string): void {
  r.bytes.set(Buffer.from(`${line}\n""""`, 'latin1'), LINES)
  r.code.begin(line.length)
  r.code.empty()
}

/** The float that the reader makes of the text; undefined when it leaves it to others. */
function read(text: string, behind = ''): number | undefined {
  load(reader, `m ${NAME}${text}${behind}`)
  const reason = reader.code.read(LINES)
  if (reason === STRICT || reader.words[(RECORDS >> 2) + 7] !== 0) return undefined
  assert.equal(reason, END)
  assert.equal(reader.words[RECORD_COUNT >> 2], 1)
  return reader.doubles[VALUES >> 3]!
}

/** Whether the text is taken for a number that nobody wants to know. */
function isSkipped(text: string): boolean {
  load(skipping, `m ${NAME}${text}`)
  return skipping.code.read(LINES) === END
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

test('400,000 decimals are bit for bit what Number says; those of up to 18 digits are all read', () => {
  const random = makeRandom(1)
  for (let k = 0; k < 400_000; k++) {
    const digits = 1 + Math.floor(random() * 21)
    const text = makeDecimal(random, digits)
    const got = read(text, k % 2 === 0 ? '' : ' 1')
    if (got === undefined) assert.ok(digits > 18, `${text} is of the common form`)
    else if (!Object.is(got, Number(text))) assert.fail(`${text} was read as ${got}`)
    if (!isSkipped(text)) assert.fail(`${text} was not skipped`)
  }
})

test('200,000 doubles as programs print them', () => {
  const random = makeRandom(2)
  for (let k = 0; k < 200_000; k++) {
    const f = (random() + random() / 2 ** 32) * 10 ** Math.floor(random() * 9 - 3)
    const text = String(f)
    if (text.includes('e')) continue
    const got = read(text)
    if (!Object.is(got, f)) assert.fail(`${text} was read as ${got}`)
  }
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
      const got = read(t, ' 1')
      if (got === undefined) continue
      checked++
      if (!Object.is(got, Number(t))) assert.fail(`${t} was read as ${got}`)
    }
  }
  assert.ok(checked > 100_000)
})

test('middles between two doubles are rounded to the even one', () => {
  for (const text of [
    '9007199254740993',
    '9007199254740995',
    '9007199254740993.0',
    '900719925474099.25',
    '18014398509481990',
  ]) {
    assert.ok(Object.is(read(text), Number(text)), `${text} was read as ${read(text)}`)
  }
  // Numbers of the form (2n + 1) / 2^k are exact in k decimals.
  for (let k = 1; k <= 4; k++) {
    for (let i = 0; i < 1_000; i++) {
      const units = 2n ** 53n + BigInt(i) * 2n + 1n
      const scaled = (units * 10n ** BigInt(k)) / 2n ** BigInt(k)
      const digits = scaled.toString()
      const text = `${digits.slice(0, -k)}.${digits.slice(-k)}`
      const got = read(text)
      if (got !== undefined) assert.ok(Object.is(got, Number(text)), `${text} was read as ${got}`)
    }
  }
})

test('the limits of what is read in place', () => {
  const texts = [
    '0',
    '-0',
    '-0.0',
    '0.1',
    '1.',
    '0.0000000000000000000001',
    '0.00012345678901234567',
    '999999999999999999',
  ]
  texts.push(
    '90071992.54740993',
    '0.9007199254740993',
    '12345678.12345678',
    '1.2345678901234567',
    '0.30000000000000004',
  )
  for (const text of texts) assert.ok(Object.is(read(text), Number(text)), `${text} was read as ${read(text)}`)
  for (const text of ['1000000000000000000', '0.00000000000000000000001', '179769313486231570000.5', '1e5', '1.5E-3'])
    assert.equal(read(text), undefined, text)
})

test('what is skipped is what a strict reader takes for a finite number', () => {
  const taken = ['1e5', '1.5e-5', '1E+22', '123456789012345678i', '-0i', `${'1'.repeat(90)}.5e99`, '0'.repeat(40)]
  for (const text of taken) assert.ok(isSkipped(text), text)
  const left = [
    '',
    '-',
    '.',
    '.5',
    '-.5',
    'x',
    '1e',
    '1e+',
    '1e100',
    '1.5.5',
    '1-',
    '--1',
    '1_000',
    '0x10',
    '+1',
    '1u',
    '1.5i',
  ]
  left.push('i', '-i', '1ii', '1i2', '1234567890123456789i', '1'.repeat(101), '1\t', '1;')
  for (const text of left) assert.ok(!isSkipped(text), text)
})

test('20,000 series are learnt once and found again', () => {
  const learnt: string[] = []
  const r = new LineReader((reason) => {
    if (reason !== NEW_SERIES) return 0
    const at = r.words[WHAT >> 2]!
    learnt.push(Buffer.from(r.bytes.subarray(at, at + r.words[LENGTH >> 2]! - 1)).toString())
    r.code.addSeries(0, learnt.length - 1)
    r.refresh()
    return 1
  })
  r.code.open(1, r.code.addStart(), 9, 1, 1, 0, 0)
  const names = Array.from({ length: 20_000 }, (_, i) => `${'long'.repeat(i % 5)}${i * 7_919}`)
  for (const round of [1, 2]) {
    for (const name of names) {
      // Its fields are not taught: the line ends for the strict reader once its series is known.
      load(r, `${name} v=${round}`)
      assert.equal(r.code.read(LINES), STRICT)
      assert.equal(r.words[AT >> 2], LINES)
    }
  }
  assert.deepEqual(learnt, names)
})

test('the code is what its sources say', async () => {
  const kept = readFileSync(path.join(import.meta.dirname, 'line-reader-code.ts'), 'utf8')
  assert.equal(kept, lineReaderFile(await compileLineReader()), 'run npm run build:line-reader')
})
