import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { BinaryNode, Node } from './ast.ts'
import { format, formatExpression, formatProgram } from './formatter.ts'
import { parse, parseLambda, parseOrThrow } from './parser.ts'
import { anyScript, stableScript } from './script-arbitrary.ts'

function formats(source: string, ...lines: string[]): void {
  assert.equal(format(source), lines.map((line) => `${line}\n`).join(''))
}

test('every link of a chain has a line, properties are further in', () => {
  formats(
    "stream|from()|window().period(10s).every(10s)@udf().opt(1)|mean('x').a.b",
    'stream',
    '    |from()',
    '    |window()',
    '        .period(10s)',
    '        .every(10s)',
    '    @udf()',
    '        .opt(1)',
    "    |mean('x')",
    '        .a',
    '        .b',
  )
})

test('statements are parted by a blank line', () => {
  formats('var x=1 var y   int dbrp "d\\"b"."rp"  y', 'var x = 1', '', 'var y int', '', 'dbrp "d\\"b"."rp"', '', 'y')
  formats('')
  formats(' \n\n')
})

test('arguments are broken when a line ended between the name and the last of them', () => {
  formats("f('a',\n'b')", 'f(', "    'a',", "    'b'", ')')
  formats("f(\n'a', 'b')", 'f(', "    'a',", "    'b'", ')')
  formats("f('a', 'b'\n)", "f('a', 'b')")
  formats("f('a', 'b',\n)", "f('a', 'b')")
  formats('f(\n)', 'f()')
  formats("a|b()\n.c(\n'd')", 'a', '    |b()', '        .c(', "            'd'", '        )')
  formats("f('a\nb', 'c')", 'f(', "    'a", "b',", "    'c'", ')')
  formats(
    'a|union(b|c().d(),\ne)',
    'a',
    '    |union(',
    '        b',
    '            |c()',
    '                .d(),',
    '        e',
    '    )',
  )
  formats('a|union(b|c().d()).e()', 'a', '    |union(b', '            |c()', '                .d())', '        .e()')
})

test('a line break between operands is kept behind the operator', () => {
  formats(
    'check(lambda: ("load"*4 - 1)\n>= (max("cores", 2))\nOR ("idle" == 0\nAND !"maintenance"))',
    'check(lambda: ("load" * 4 - 1) >=',
    '    max("cores", 2) OR',
    '    ("idle" == 0 AND',
    '        !"maintenance"))',
  )
  formats(
    'batch|query(\'SELECT mean(fill) FROM silo\') // hourly\n|where(lambda: "fill" < 5\nOR ("lid" == \'open\' AND\n"rain" > 0))',
    'batch',
    "    |query('SELECT mean(fill) FROM silo')",
    '    // hourly',
    '    |where(lambda: "fill" < 5 OR',
    '        ("lid" == \'open\' AND',
    '            "rain" > 0))',
  )
  formats('var limit = 40\n*\n6 - 8', 'var limit = 40 *', '6 -', '8')
})

test('parentheses stay around operations only, one pair each', () => {
  formats('((("a"))) + ((1 + (2))) * (f((3)))', '"a" + (1 + 2) * f(3)')
  formats('1 + (\n// two\n(2 + 3))', '1 +', '// two', '(2 + 3)')
  formats('-(1 + 2) + -(3) + !(TRUE)', '-(1 + 2) + -3 + !TRUE')
})

test('literals', () => {
  formats("'it\\'s' '''it's \\''' '' ''''''", "'it\\'s'", '', "'''it's \\'''", '', "''", '', "''''''")
  formats('1. .5 1.50 0644 0 00', '1.0', '', '0.5', '', '1.5', '', '0644', '', '0', '', '00')
  formats('1000ms 010s 5µ', '1000ms', '', '010s', '', '5µ')
  formats('f(/a\\/b\\d/, "q\\"r", TRUE, *)', 'f(/a\\/b\\d/, "q\\"r", TRUE, *)')
  formats("['a',b,*,]", "['a', b, *]")
})

test('comments stand before what follows them', () => {
  formats(
    '//tank levels\nbatch//every tank\n|query(q)//once a minute\n//not more\n.every(1m)',
    '// tank levels',
    'batch',
    '    // every tank',
    '    |query(q)',
    '        // once a minute',
    '        // not more',
    '        .every(1m)',
  )
  formats("pumps|//only the last\nlast('rpm')", 'pumps', '    // only the last', "    |last('rpm')")
  formats(
    '// owner: depot\n\n\n// litres\n//\n//   not gallons\nvar full = 900',
    '// owner: depot',
    '',
    '// litres',
    '//',
    '//   not gallons',
    'var full = 900',
  )
  formats('var // minutes\nwait // no default\nduration', '// minutes', '// no default', 'var wait duration')
  formats('dbrp // where\n"depot".// for how long\n"week"', '// where', '// for how long', 'dbrp "depot"."week"')
  formats('var full = // litres\n900', 'var full = ', '// litres', '900')
  formats('900 // full\n\n// half\n(800 / 2)', '900', '', '// full', '', '// half', '(800 / 2)')
})

test('comments among arguments and items', () => {
  formats(
    "pumps|top(\n// how many\n3,\n// by what\n'rpm' // the speed\n)|log()",
    'pumps',
    '    |top(',
    '        // how many',
    '        3,',
    '        // by what',
    "        'rpm'",
    '    )',
    '    // the speed',
    '    |log()',
  )
  formats(
    "pumps|pick([\n// big\n'p1', 'p2',\n// small\n'p9'])",
    'pumps',
    '    |pick([',
    '        // big',
    "        'p1', 'p2', ",
    '        // small',
    "        'p9'])",
  )
  formats('pick(// nothing yet\n) rest()', 'pick()', '', '// nothing yet', 'rest()')
})

test('comments inside lambdas', () => {
  formats('pick(lambda: // fast ones\n"rpm" > 900)', 'pick(lambda: ', '    // fast ones', '    "rpm" > 900)')
  formats(
    'pick(lambda:\n// both ends\n("inlet" + "outlet")\n/ 2\n> (abs("limit"))\nOR\n// by hand\n("forced" AND !"locked"), \'hot\',)',
    'pick(',
    '    lambda: ',
    '    // both ends',
    '    ("inlet" + "outlet") /',
    '    2 >',
    '    abs("limit") OR',
    '    // by hand',
    '    ("forced" AND !"locked"),',
    "    'hot'",
    ')',
  )
  formats(
    'var hot = lambda: "inlet" >= 80 OR\n// the other end\n"outlet" >= 70',
    'var hot = lambda: "inlet" >= 80 OR',
    '',
    '// the other end',
    '"outlet" >= 70',
  )
  formats('pick("rpm" < 5 // stalled\nOR "open")', 'pick("rpm" < 5 OR', '    // stalled', '    "open")')
})

test('a comment at the end is a statement', () => {
  formats('// only', '// only', '')
  formats('a\n// end\n\n// of it', 'a', '', '// end', '', '// of it', '')
})

test('parentheses are added where the text would mean something else without them', () => {
  formats('5 (-3)', '5', '', '(-3)')
  formats('5 (*)', '5', '', '(*)')
  formats('(a) (1 + 2)', '(a)', '', '(1 + 2)')
  formats('(*) + 1 - (*) * 2', '(*) + 1 - (*) * 2')
  formats('"a" =~ (/b/) == TRUE', '"a" =~ (/b/) == TRUE')
  formats('"a" =~ (/b/) AND TRUE', '"a" =~ /b/ AND TRUE')
  formats('lambda: (/b/)', 'lambda: (/b/)')
  formats('a|b() (-3)', 'a', '    |b()', '', '-3')
})

test('trees made by code get the parentheses they need', () => {
  const left = parseLambda('"a" OR "b"').expression
  const right = parseLambda('"c" OR "d"').expression
  const both: BinaryNode = {
    type: 'binary',
    pos: 0,
    end: 0,
    operator: 'AND',
    operatorPos: 0,
    left,
    right,
    parens: false,
    multiLine: false,
  }
  assert.equal(formatExpression(both), '("a" OR "b") AND ("c" OR "d")')
  assert.equal(formatExpression({ type: 'unary', pos: 0, end: 0, operator: '!', operand: left }), '!("a" OR "b")')
  assert.equal(formatExpression({ type: 'duration', pos: 0, end: 0, ns: 5_400_000_000_000 }), '90m')
  assert.equal(formatExpression({ type: 'string', pos: 0, end: 0, value: 'a\\', triple: false }), "'''a\\'''")
})

test('an expression alone has no line feed at its end', () => {
  assert.equal(formatExpression(parseLambda(' "a"  >1 AND\n"b"').expression), '"a" > 1 AND\n"b"')
  assert.equal(formatExpression(parseLambda('// why\n"a"').expression), '// why\n"a"')
})

/** The tree without positions, and without the flags of layout if these may change. */
function content(node: Node, layout: boolean): unknown {
  const left = new Set(['pos', 'end', 'operatorPos', ...(layout ? [] : ['multiLine'])])
  return JSON.parse(
    JSON.stringify(node, (key: string, value: unknown) =>
      left.has(key) ? undefined : typeof value === 'bigint' ? String(value) : value,
    ),
  )
}

test('formatting twice changes nothing, and the tree stays the same', () => {
  fc.assert(
    fc.property(stableScript, (source) => {
      const program = parseOrThrow(source)
      const once = formatProgram(program)
      assert.deepEqual(content(parseOrThrow(once), true), content(program, true))
      assert.equal(format(once), once)
    }),
    { numRuns: 300 },
  )
})

test('any script keeps its tree; a chain before another argument breaks the arguments the second time', () => {
  fc.assert(
    fc.property(anyScript, (source) => {
      const { program, diagnostics } = parse(source)
      if (diagnostics.length > 0) return
      const once = formatProgram(program)
      assert.deepEqual(content(parseOrThrow(once), false), content(program, false))
      assert.equal(format(format(once)), format(once))
    }),
    { numRuns: 500 },
  )
  assert.equal(format('f(a|b(), c)'), 'f(a\n        |b(), c)\n')
  assert.equal(format(format('f(a|b(), c)')), 'f(\n    a\n        |b(),\n    c\n)\n')
})

test('a statement that is only a name is no function of the one after it', () => {
  formats('!a\nb\n!c', '!a', '', 'b', '', '!c')
  formats('a\nb\n!c', 'a', '', 'b', '', '!c')
})
