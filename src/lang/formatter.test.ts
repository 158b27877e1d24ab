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
    'global(lambda: (1 + 2 - 3) <\n(sin(6)) AND (TRUE\nOR FALSE))',
    'global(lambda: (1 + 2 - 3) <',
    '    sin(6) AND',
    '    (TRUE OR',
    '        FALSE))',
  )
  formats(
    'stream|from() // trail\n.where(lambda: ("a" > 1 AND\n"b" < 2))',
    'stream',
    '    |from()',
    '        // trail',
    '        .where(lambda: ("a" > 1 AND',
    '                "b" < 2))',
  )
  formats('var x = 1\n+\n2 + 3', 'var x = 1 +', '2 +', '3')
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
    '//a\nstream//b\n|from()//c\n//d\n.x(1)',
    '// a',
    'stream',
    '    // b',
    '    |from()',
    '        // c',
    '        // d',
    '        .x(1)',
  )
  formats('a|//b\nc()', 'a', '    // b', '    |c()')
  formats('// a\n\n\n// b\n//\n//   c\nvar x = 1', '// a', '', '// b', '//', '//   c', 'var x = 1')
  formats('var // a\nx // b\nint', '// a', '// b', 'var x int')
  formats('dbrp // a\n"d".// b\n"r"', '// a', '// b', 'dbrp "d"."r"')
  formats('var x = // a\n1', 'var x = ', '// a', '1')
  formats('1 // a\n\n// b\n(2 + 3)', '1', '', '// a', '', '// b', '(2 + 3)')
})

test('comments among arguments and items', () => {
  formats(
    'a|f(\n// one\n1,\n// two\n2 // three\n)|g()',
    'a',
    '    |f(',
    '        // one',
    '        1,',
    '        // two',
    '        2',
    '    )',
    '    // three',
    '    |g()',
  )
  formats(
    "a|f([\n// one\n'b', 'c',\n// two\n'd'])",
    'a',
    '    |f([',
    '        // one',
    "        'b', 'c', ",
    '        // two',
    "        'd'])",
  )
  formats('f(// none\n) g()', 'f()', '', '// none', 'g()')
})

test('comments inside lambdas', () => {
  formats('f(lambda: // why\n"a" > 1)', 'f(lambda: ', '    // why', '    "a" > 1)')
  formats(
    'global(lambda:\n// less\n(1 + 2)\n< (sin(6))\nAND\n// more\n(TRUE OR FALSE), 1,)',
    'global(',
    '    lambda: ',
    '    // less',
    '    (1 + 2) <',
    '    sin(6) AND',
    '    // more',
    '    (TRUE OR FALSE),',
    '    1',
    ')',
  )
  formats('var m = lambda: "a" > 1 AND\n// more\n"b" > 2', 'var m = lambda: "a" > 1 AND', '', '// more', '"b" > 2')
  formats('f("a" > 1 // why\nAND "b")', 'f("a" > 1 AND', '    // why', '    "b")')
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
