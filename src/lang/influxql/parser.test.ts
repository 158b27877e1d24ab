import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Expression, Measurement, Select, Source } from './ast.ts'
import { parseQuery } from './parser.ts'
import { printSelect } from './print.ts'

/** The canonical texts of all statements. */
function canonical(source: string): string[] {
  return parseQuery(source).map((s) => (s.is === 'select' ? printSelect(s.select) : `other: ${s.text}`))
}

describe('a select is written in canonical form', () => {
  const same = [
    'SELECT mean(level) FROM db.rp.m',
    'SELECT a + b * (c - 2) / -3 AS x FROM m',
    "SELECT * FROM db..m WHERE a = 'it\\'s' AND b != 'x\\\\' OR c < 3",
    'SELECT a::tag, *::field, /^re.*\\/x$/ FROM /cpu|mem/',
    'SELECT DISTINCT v FROM m',
    'SELECT count(distinct(v)) FROM m',
    'SELECT top(v, host, 3) INTO db.rp.other FROM m',
    'SELECT max(x) FROM (SELECT mean(v) AS x FROM a.b.c GROUP BY time(1h, -5m), host fill(none))',
    'SELECT v FROM m, n, a.b./o/ WHERE host =~ /a b/ AND host !~ /c\\/d/ GROUP BY *, /x/ fill(-2.5)',
    'SELECT v FROM m WHERE time > now() - 90m AND b = true AND c = $p',
    "SELECT v FROM m ORDER BY time DESC LIMIT 5 OFFSET 1 SLIMIT 2 SOFFSET 3 TZ('Europe/Berlin')",
    'SELECT "select", "two words", "a""b" FROM "from"."1d".m'.replace('"a""b"', '"a\\"b"'),
    'SELECT v & 7 | 1 ^ 2 % 3 FROM m',
    'SELECT 18446744073709551615 FROM m',
  ]
  for (const text of same) test(text, () => assert.deepEqual(canonical(text), [text]))

  const changed: readonly (readonly [string, string])[] = [
    ['select MEAN( "v" )as x from"db".m', 'SELECT mean(v) AS x FROM db.m'],
    ['SELECT v FROM m WHERE a <> 1', 'SELECT v FROM m WHERE a != 1'],
    ['SELECT v FROM m WHERE a > 1.5 AND b > 2.0', 'SELECT v FROM m WHERE a > 1.500 AND b > 2.000'],
    ['SELECT v FROM m WHERE a > 0.00012', 'SELECT v FROM m WHERE a > 0.00012'],
    ['SELECT -x, +y, -(a), -1.5, - 2h FROM m', 'SELECT -1 * x, 1 * y, -1 * (a), -1.500, -2h FROM m'],
    ['SELECT v FROM m WHERE t > 3600s GROUP BY time(1m30s)', 'SELECT v FROM m WHERE t > 1h GROUP BY time(90s)'],
    ['SELECT v -- all of it\nFROM m /* that\n one */ fill( 0 )', 'SELECT v FROM m fill(0)'],
    ['SELECT v FROM m fill(null) ORDER BY time', 'SELECT v FROM m ORDER BY time ASC'],
    ['SELECT 007 FROM m', 'SELECT 7 FROM m'],
  ]
  for (const [from, to] of changed) test(from, () => assert.deepEqual(canonical(from), [to]))
})

describe('statements', () => {
  test('are told apart', () => {
    assert.deepEqual(canonical(' ; SELECT a FROM m;;DROP SERIES FROM "a;b" ; '), [
      'SELECT a FROM m',
      'other: DROP SERIES FROM "a;b"',
    ])
    assert.deepEqual(canonical(' ; '), [])
  })

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['SELECT FROM WHERE', /^found FROM, expected identifier, string, number, bool at line 1, char 8$/],
    ['SELECT a', /^found EOF, expected FROM at line 1, char 9$/],
    ['SELECT a FROM', /^found EOF, expected identifier, regex, \( at/],
    ['SELECT a\nFROM b WHERE', /^found EOF, expected .* at line 2, char 13$/],
    ['SELECT a FROM b.c.d.e', /too many segments/],
    ["SELECT a FROM b WHERE c = 'x", /unclosed '/],
    ["SELECT a FROM b WHERE c = 'x\\y'", /bad escape \\y/],
    ['SELECT a FROM b WHERE c =~ 3', /expected regex/],
    ['SELECT a FROM b LIMIT x', /found x, expected integer/],
    ['SELECT a FROM b fill(x)', /expected number argument in fill\(\)/],
    ['SELECT a FROM b WHERE (c', /expected \)/],
    ['SELECT a FROM b c', /^found c, expected ;, EOF/],
    ['SELECT a::nothing FROM b', /expected float, integer/],
    ['SELEC a FROM b', /^found SELEC, expected .*SELECT/],
    ['SELECT $ FROM b', /found \$, expected identifier/],
    ['SELECT é FROM b', /found é/],
    [`SELECT ${'('.repeat(5_000)}a FROM b`, /nested too deeply/],
    [`SELECT a FROM ${'(SELECT a FROM '.repeat(5_000)}b`, /nested too deeply/],
    [`SELECT ${'-'.repeat(50_000)}a FROM b`, /nested too deeply|found/],
  ]
  for (const [text, message] of wrong)
    test(`${text.slice(0, 40)} is refused`, () =>
      assert.throws(() => parseQuery(text), { name: 'QueryError', message }))
})

// ---- every tree that can be written is read back as it was ----

/** Records with the usual prototype, as the parser makes them. */
function plain<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true })
}

const name = fc.oneof(
  fc.constantFrom('a', 'host', 'select', 'GROUP', 'two words', 'ä', 'x"y', 'back\\slash', '1st', 'line\nfeed', 'time'),
  fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme-ascii' }),
)
const pattern = fc.constantFrom('a', '^x.*', 'a/b', '\\d+', 'a b')
const text = fc.oneof(fc.constantFrom("it's", 'a\\b', 'x\ny', ''), fc.string({ maxLength: 6, unit: 'grapheme-ascii' }))
const type = fc.constantFrom('', '', '', 'tag', 'float')

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  plain({ is: fc.constant('name' as const), name, type }),
  plain({ is: fc.constant('string' as const), value: text }),
  plain({ is: fc.constant('integer' as const), digits: fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String) }),
  plain({
    is: fc.constant('number' as const),
    value: fc.integer({ min: 0, max: 10 ** 9 }).map((n) => n / 1_000_000),
  }),
  plain({ is: fc.constant('duration' as const), value: fc.integer({ min: 0, max: 10 ** 15 }) }),
  plain({ is: fc.constant('bool' as const), value: fc.boolean() }),
  plain({ is: fc.constant('star' as const), type }),
  plain({ is: fc.constant('parameter' as const), name }),
  plain({ is: fc.constant('distinct' as const), name }),
)

const { expression } = fc.letrec<{ expression: Expression; paren: Expression; operand: Expression }>((tie) => ({
  paren: plain({ is: fc.constant('paren' as const), inner: tie('expression') }),
  operand: fc.oneof(leaf, tie('paren')),
  // Operands are leaves or in parentheses, so that the tree does not depend on precedence.
  expression: fc.oneof(
    { maxDepth: 4 },
    leaf,
    tie('paren'),
    plain({
      is: fc.constant('call' as const),
      name: fc.constantFrom('mean', 'top', 'now'),
      args: fc.array(tie('expression'), { maxLength: 3 }),
    }),
    plain({
      is: fc.constant('binary' as const),
      op: fc.constantFrom('AND', 'OR', '=', '!=', '<', '>=', '+', '-', '*', '/', '%', '&', '|', '^'),
      left: tie('operand'),
      right: tie('operand'),
    }),
    plain({
      is: fc.constant('binary' as const),
      op: fc.constantFrom('=~', '!~'),
      left: leaf,
      right: plain({ is: fc.constant('regex' as const), pattern }),
    }),
  ),
}))

const measurement: fc.Arbitrary<Measurement> = fc.oneof(
  plain({
    is: fc.constant('measurement' as const),
    db: fc.oneof(fc.constant(''), name),
    rp: fc.oneof(fc.constant(''), name),
    name,
    pattern: fc.constant(undefined),
  }),
  plain({ is: fc.constant('measurement' as const), db: name, rp: name, name: fc.constant(''), pattern }),
)

const count = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 }))

function selectOf(source: fc.Arbitrary<Source>): fc.Arbitrary<Select> {
  return plain({
    fields: fc.array(plain({ expression, alias: fc.oneof(fc.constant(''), name) }), { minLength: 1, maxLength: 3 }),
    into: fc.option(measurement, { nil: undefined }),
    sources: fc.array(source, { minLength: 1, maxLength: 2 }),
    condition: fc.option(expression, { nil: undefined }),
    dimensions: fc.array(leaf, { maxLength: 2 }),
    fill: fc.constantFrom({ is: 'null' } as const, { is: 'none' } as const, { is: 'number', text: '-2.5' } as const),
    sort: fc.array(plain({ name: fc.constantFrom('time', 'a'), ascending: fc.boolean() }), { maxLength: 2 }),
    limit: count,
    offset: count,
    slimit: count,
    soffset: count,
    timeZone: fc.constantFrom('', 'Europe/Berlin'),
  })
}

const select = selectOf(
  fc.oneof(measurement, plain({ is: fc.constant('subquery' as const), select: selectOf(measurement) })),
)

test('what is written is read back, whatever it is', () => {
  fc.assert(
    fc.property(select, (s) => {
      const written = printSelect(s)
      assert.deepEqual(canonical(written), [written])
      const [read] = parseQuery(written)
      assert.deepEqual(read, { is: 'select', select: s })
    }),
    { numRuns: 300 },
  )
})

test('any text is read or refused, and nothing else', () => {
  const word = fc.constantFrom(
    ...'SELECT FROM WHERE GROUP BY ( ) , ; . :: a "b" \'c\' 1 2.5 3h = =~ /x/ * - $p fill tz ORDER'.split(' '),
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 3 })), { maxLength: 20 }), (words) => {
      try {
        parseQuery(`SELECT ${words.join(' ')}`)
      } catch (e) {
        assert.equal((e as Error).name, 'QueryError')
      }
    }),
    { numRuns: 500 },
  )
})
