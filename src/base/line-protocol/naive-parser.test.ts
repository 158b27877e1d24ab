import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { FieldsRead } from './fields-read.ts'
import { formatErrors, LineParser } from './line-parser.ts'
import { type NaivePoint, naiveOf, parseNaively } from './naive-parser.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Random bodies: well-formed more often than not, with every special character in every place. */
const text = (alphabet: string, maxLength = 6): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...alphabet), { minLength: 1, maxLength }).map((a) => a.join(''))
/** Mostly the first, now and then the second. */
const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight = 60): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd })
const nameText = mostly(
  fc.constantFrom('m', 'cpu', 'host', 'usage_user', 'value', 'a\\ b', 'k\\=v', 'c\\,d', 'C:\\dir', 'é', '季節', '"q"'),
  text('ab\\ ,="\té#'),
)
const numberText = mostly(
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(String),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => `${n}i`),
    fc.integer().map((n) => `${n}i`),
    text('0123456789', 22),
    fc.tuple(text('0123456789', 12), text('0123456789', 22)).map(([a, b]) => `${a}.${b}`),
  ),
  fc.oneof(
    text('0123456789.-+eEiu', 8),
    fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map((n) => `${n}i`),
  ),
)
const valueText = mostly(
  fc.oneof(
    { weight: 4, arbitrary: numberText },
    { weight: 2, arbitrary: fc.constantFrom('t', 'true', 'True', 'TRUE', 'f', 'false', 'False', 'FALSE') },
    { weight: 3, arbitrary: text('ab\\ ,="\né🌊', 12).map((s) => `"${s.replace(/["\\]/g, '\\$&')}"`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('""', '"running"', '"a \\x b"', '"say "hi" now"', '.5', '-1.', '1e3', '-0', '-0i'),
    },
  ),
  fc.oneof(
    text('ab\\ ,="\n', 12).map((s) => `"${s}"`),
    fc.constantFrom('tr', 'NaN', '"a"b', '1x'),
  ),
)
const stampText = mostly(
  fc.oneof(
    fc.constantFrom('', '', ' 1', ' 2500000', ' -5', '  7 ', ' '),
    fc.integer({ min: -2_500_000, max: 2_500_000 }).map((n) => ` ${n}`),
  ),
  fc.oneof(
    fc.constantFrom(' 1500000000', ' 1500000000123', ' 1500000000123456', ' 1500000000123456789'),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map((n) => ` ${n}`),
    text(' 0123456789-x\t', 22).map((s) => ` ${s}`),
  ),
  10,
)
const lineText = fc
  .tuple(
    nameText,
    fc.array(fc.tuple(nameText, nameText), { maxLength: 3 }),
    mostly(fc.constantFrom(' ', ' ', ' ', '  ', ' \t'), fc.constant('')),
    fc.array(fc.tuple(nameText, valueText), { minLength: 1, maxLength: 4 }),
    stampText,
  )
  .map(([m, tags, gap, fields, stamp]) => {
    const pair = ([k, v]: readonly [string, string]): string => `${k}=${v}`
    return `${[m, ...tags.map(pair)].join(',')}${gap}${fields.map(pair).join(',')}${stamp}`
  })
const otherLine = mostly(fc.constantFrom('', '# remark', '  ', '#', ' m v=1'), fc.constantFrom('m', 'm v="a', '\\'), 10)
const bodyText = fc
  .array(fc.oneof({ weight: 8, arbitrary: lineText }, { weight: 1, arbitrary: otherLine }), { maxLength: 6 })
  .map((lines) => lines.join('\n'))
const mutated = fc
  .tuple(
    bodyText.map(bytesOf),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'\\ ,="\n\t\0#-.0ei', '\xff', '\xc3')), { maxLength: 4 }),
  )
  .map(([body, changes]) => {
    for (const [at, c] of changes) if (body.length > 0) body[at % body.length] = c.charCodeAt(0)
    return body
  })

describe('the parser against the naive one', () => {
  // Parsers that live on, so that learnt lines meet new ones: one that remembers all, one that always forgets.
  const parsers = [new LineParser(), new LineParser({ maxSeries: 3, maxLayouts: 5 })]

  function compare(body: Uint8Array, precision: string): void {
    const naive = parseNaively(body, precision)
    const same = new Map(
      parsers.map((parser) => [parser, parser.parse(body, 'db', 'rp', precision, { sec: 0, ns: 0 })]),
    )
    for (const r of same.values()) {
      if (naive.bad.length > 0) {
        assert.ok(!r.ok, `read although bad: ${JSON.stringify(naive.bad)}`)
        assert.equal(r.errors.length, naive.bad.length)
      } else {
        assert.ok(r.ok, r.ok ? '' : formatErrors(r.errors))
        assert.deepStrictEqual(
          r.points.map(naiveOf),
          naive.points.map((p) => ({ ...p, nanos: p.nanos ?? 0n })),
        )
      }
    }
  }
  /** Of some measurements only these fields are read, of others none, of the rest all. */
  const some: FieldsRead = {
    of: (m) => (m === 'm' ? new Set(['value', 'host', 'a b']) : m === 'cpu' ? new Set() : undefined),
  }
  const restOf = (p: NaivePoint): NaivePoint => {
    const read = some.of(p.name)
    return read ? { ...p, fields: p.fields.filter(([name]) => read.has(name)) } : p
  }

  /** What is read is the same, and so is what is refused, when nobody looks at some of the fields. */
  function comparePart(body: Uint8Array, precision: string): void {
    for (const parser of parsers) {
      const all = parser.parse(body, 'db', 'rp', precision, { sec: 0, ns: 0 })
      const part = parser.parse(body, 'db', 'rp', precision, { sec: 0, ns: 0 }, some)
      if (!all.ok || !part.ok) assert.deepStrictEqual(part, all)
      else {
        const shown = part.points.map(naiveOf)
        assert.deepStrictEqual(shown.map(restOf), all.points.map(naiveOf).map(restOf))
      }
    }
  }
  const precisions = fc.constantFrom('n', 'u', 'ms', 's', 'm', 'h')

  test('generated bodies', () => {
    fc.assert(
      fc.property(bodyText, precisions, (body, precision) => compare(bytesOf(body), precision)),
      { numRuns: 4_000 },
    )
  })

  test('generated bodies of which some fields are read', () => {
    fc.assert(
      fc.property(bodyText, precisions, (body, precision) => comparePart(bytesOf(body), precision)),
      {
        numRuns: 3_000,
      },
    )
  })

  test('timestamps of every length', () => {
    const digits = { n: 19, u: 16, ms: 13, s: 10, m: 9, h: 7 }
    for (const [precision, length] of Object.entries(digits)) {
      for (let k = 1; k <= length + 1; k++) {
        for (const d of '129') {
          const stamp = d.repeat(k)
          compare(bytesOf(`m v=1 ${stamp}\nm v=2 ${stamp}\nm v=3 ${stamp}`), precision)
        }
      }
    }
  })

  test('generated bodies with wrong bytes', () => {
    fc.assert(fc.property(mutated, precisions, compare), { numRuns: 4_000 })
  })

  test('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), precisions, compare), { numRuns: 2_000 })
    const special = fc.array(fc.constantFrom(...bytesOf('m, =v"\\\n1i#\t')), { maxLength: 40 })
    fc.assert(
      fc.property(special, precisions, (bytes, precision) => compare(Uint8Array.from(bytes), precision)),
      { numRuns: 4_000 },
    )
  })
})
