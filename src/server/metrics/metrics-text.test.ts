import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { each, type Family, familyLines, labels, numberText, single, withLabel } from './metrics-text.ts'
import { readMetrics } from './testdata-strict-reader.ts'

const textOf = (...families: Family[]): string => families.map((f) => [...familyLines(f)].join('')).join('')

describe('the text format', () => {
  test('a family is its head and a line a figure', () => {
    assert.equal(
      textOf(
        single('a_bytes', 'gauge', 'Some bytes.', 1.5),
        each(
          [1, 2],
          'b_total',
          'counter',
          'Line\nand \\.',
          (n) => labels({ n: String(n) }),
          (n) => n * 1e21,
        ),
      ),
      '# HELP a_bytes Some bytes.\n# TYPE a_bytes gauge\na_bytes 1.5\n' +
        '# HELP b_total Line\\nand \\\\.\n# TYPE b_total counter\nb_total{n="1"} 1e+21\nb_total{n="2"} 2e+21\n',
    )
  })

  test('what has no figure is not there', () => {
    assert.equal(
      textOf(
        each(
          [1],
          'a',
          'gauge',
          'A.',
          () => '',
          () => undefined,
        ),
      ),
      '',
    )
  })

  test('any text may be the value of a label, and no two become one', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 1 }), (values) => {
        const distinct = new Set(values.map((v) => v.toWellFormed()))
        const text = textOf(
          each(
            distinct,
            'm_total',
            'counter',
            'M.',
            (v) => withLabel(labels({ v }), 'w', v),
            () => 1,
          ),
        )
        assert.equal(readMetrics(text).get('m_total')!.figures.size, distinct.size)
      }),
    )
  })

  test('numbers beyond the finite have their names', () => {
    const inf = Number.POSITIVE_INFINITY
    assert.deepEqual([Number.NaN, inf, -inf, 0, 1e-7, -2].map(numberText), ['NaN', '+Inf', '-Inf', '0', '1e-7', '-2'])
  })
})

describe('the strict reader', () => {
  const head = '# HELP a A.\n# TYPE a gauge\n'
  test('takes what is right', () => {
    assert.equal(readMetrics(`${head}a{x="\\"\\\\\\n"} 1\na +Inf\n`).get('a')!.figures.size, 2)
  })
  const wrong: Readonly<Record<string, string>> = {
    'a figure without a head': 'a 1\n',
    'a figure of another family': `${head}b 1\n`,
    'a figure twice': `${head}a{x="1"} 1\na{x="1"} 2\n`,
    'a family twice': `${head}a 1\n# HELP b B.\n# TYPE b gauge\nb 1\n${head}a 2\n`,
    'a type without help': '# TYPE a gauge\na 1\n',
    'a counter without _total': '# HELP a A.\n# TYPE a counter\na 1\n',
    'a gauge with _total': '# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n',
    'a quote in a label': `${head}a{x="""} 1\n`,
    'a label twice': `${head}a{x="1",x="2"} 1\n`,
    'no value': `${head}a \n`,
    'a value of another form': `${head}a 1,5\n`,
    'no end of line': `${head}a 1`,
    'a negative counter': '# HELP a_total A.\n# TYPE a_total counter\na_total -1\n',
    'buckets that go back':
      '# HELP h H.\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
  }
  for (const [what, text] of Object.entries(wrong))
    test(`refuses ${what}`, () => assert.throws(() => readMetrics(text)))
})
