import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { descriptionOf, type Node } from './ast.ts'
import { ScriptError } from './diagnostic.ts'
import { MAX_HEIGHT, MAX_NESTING } from './parse-cursor.ts'
import { parse, parseLambda, parseOrThrow } from './parser.ts'

const OPERAND = '"number","string","duration","identifier","TRUE","FALSE","==","(","-","!"'

function messages(source: string): string[] {
  return parse(source).diagnostics.map((diagnostic) => diagnostic.message)
}

/** The tree in one line: what belongs together stands in parentheses. */
function shape(node: Node): string {
  switch (node.type) {
    case 'program':
      return node.statements.map(shape).join('; ')
    case 'binary':
      return `(${shape(node.left)} ${node.operator} ${shape(node.right)})`
    case 'unary':
      return `(${node.operator}${shape(node.operand)})`
    case 'chain':
      return `(${shape(node.left)} ${node.operator} ${shape(node.right)})`
    case 'func':
      return `${node.functionType}:${node.name}(${node.args.map(shape).join(', ')})`
    case 'lambda':
      return `lambda ${shape(node.expression)}`
    case 'list':
      return `[${node.items.map(shape).join(', ')}]`
    case 'declaration':
      return `var ${shape(node.left)} = ${shape(node.right)}`
    case 'typeDeclaration':
      return `var ${shape(node.node)} ${shape(node.varType)}`
    case 'dbrp':
      return `dbrp ${shape(node.db)} ${shape(node.rp)}`
    case 'identifier':
      return node.name
    case 'reference':
      return `"${node.name}"`
    case 'string':
      return `'${node.value}'`
    case 'number':
    case 'bool':
      return String(node.value)
    case 'duration':
      return `${node.ns}ns`
    case 'regex':
      return `/${node.source}/`
    case 'star':
      return '*'
    case 'comment':
      return '//'
  }
}

function tree(source: string): string {
  return shape(parseOrThrow(source))
}

test('the first message is the one that clients know', () => {
  const cases: [string, string][] = [
    ['stream|from(', `parser: unexpected EOF line 1 char 13 in "ream|from(". expected: ${OPERAND}`],
    ['stream|window', 'parser: unexpected EOF line 1 char 14 in "eam|window". expected: "("'],
    ["var x = 'abc", `parser: unexpected unterminated string line 1 char 9 in "var x = 'abc". expected: ${OPERAND}`],
    ['var x 3', 'parser: unexpected number line 1 char 7 in "var x 3". expected: "identifier"'],
    ['var x', 'parser: unexpected EOF line 1 char 6 in "var x". expected: "identifier"'],
    ['var = 3', 'parser: unexpected = line 1 char 5 in "var = 3". expected: "identifier"'],
    ['a $ b', `parser: unexpected unknown state, last char: '$' line 1 char 3 in "a $ b". expected: ${OPERAND}`],
    ["['a', 3]", `parser: unexpected number line 1 char 7 in "['a', 3]". expected: "identifier","string","*"`],
    ["['a' 'b']", `parser: unexpected string line 1 char 6 in "['a' 'b']". expected: "]"`],
    ['f(1 2)', 'parser: unexpected number line 1 char 5 in "f(1 2)". expected: ")"'],
    ['stream|from() |', 'parser: unexpected EOF line 1 char 16 in "m|from() |". expected: "identifier"'],
    ['dbrp a.b', 'parser: unexpected identifier line 1 char 6 in "dbrp a.b". expected: "reference"'],
    ['dbrp "a" "b"', 'parser: unexpected reference line 1 char 10 in "dbrp "a" "b"". expected: "."'],
    [
      'var x = 3 +\n  }',
      `parser: unexpected unknown state, last char: '}' line 2 char 3 in "  }". expected: ${OPERAND}`,
    ],
    ['var x = 09', 'parser: illegal number syntax: "09"'],
    ['var x = -9223372036854775808', 'parser: illegal number syntax: "9223372036854775808"'],
    ['var d = 9999999999w', 'parser: overflowed duration 9999999999w: choose a smaller duration or INF'],
    ['a.b.c + 1', `parser: unexpected + line 1 char 7 in "a.b.c + 1". expected: ${OPERAND}`],
    ['lambda: lambda: 1', `parser: unexpected lambda line 1 char 9 in "lambda: lambda: 1". expected: ${OPERAND}`],
    ['lambda: f(g|h())', 'parser: unexpected | line 1 char 12 in "ambda: f(g|h())". expected: ")"'],
  ]
  for (const [source, message] of cases) assert.equal(messages(source)[0], message)
})

test('characters and the context of a message are counted in bytes', () => {
  assert.equal(
    messages("'größe' ;")[0]?.replace(/ expected.*/, ''),
    `parser: unexpected unknown state, last char: ';' line 1 char 11 in "'größe' ;".`,
  )
  assert.match(messages("'éééééé' ; 'éééééé'")[0]!, /line 1 char 16 in "éééé' ; 'ééé\ufffd"/)
})

test('operators bind as tightly as they should, and to the left', () => {
  assert.equal(tree('1 > 2 == FALSE'), '((1 > 2) == false)')
  assert.equal(tree('1 - 2 - 3 * 4 / 5 % 6'), '((1 - 2) - (((3 * 4) / 5) % 6))')
  assert.equal(tree('"a" OR "b" AND "c" == "d" < "e" + "f"'), '("a" OR ("b" AND ("c" == ("d" < ("e" + "f")))))')
  assert.equal(tree('"a" AND "b" OR "c"'), '(("a" AND "b") OR "c")')
  assert.equal(tree('-1 + !TRUE'), '((-1) + (!true))')
  assert.equal(tree('-(1 + 2) * 3'), '((-(1 + 2)) * 3)')
  assert.equal(tree('a * b + f(1) / 2'), '((a * b) + (global:f(1) / 2))')
})

test('chains bind to the left, whatever their operators', () => {
  assert.equal(
    tree('stream|from().where(lambda: TRUE)@udf().x.y(1)'),
    '(((((stream | chain:from()) . property:where(lambda true)) @ dynamic:udf()) . x) . property:y(1))',
  )
  assert.equal(tree('a|join(b|x(), c).as("d")'), '((a | chain:join((b | chain:x()), c)) . property:as("d"))')
})

test('statements need nothing between them', () => {
  assert.equal(
    tree('var x = 1 var y int dbrp "a"."b" x|y() 5m30s 1e5'),
    ['var x = 1', 'var y int', 'dbrp "a" "b"', '(x | chain:y())', '300000000000ns', '30000000000ns', '1', 'e5'].join(
      '; ',
    ),
  )
  assert.equal(tree(''), '')
})

test('lists, literals and commas after the last item', () => {
  assert.equal(tree("['a', b, *,]"), "['a', b, *]")
  assert.equal(tree('[]'), '[]')
  assert.equal(
    tree("f(1, 'it\\'s', '''a\\'b''', /a\\/b\\d/, \"q\\\"r\", 10m, *, TRUE,)"),
    "global:f(1, 'it's', 'a\\'b', /a/b\\d/, \"q\"r\", 600000000000ns, *, true)",
  )
})

test('offsets of nodes', () => {
  const source = 'var x = (1 +\n 2) * f(3)\nstream|from().where(lambda: "a")'
  const [declaration, chain] = parseOrThrow(source).statements
  const text = (node: Node | undefined) => node && source.slice(node.pos, node.end)
  assert.equal(declaration?.type, 'declaration')
  const product = declaration?.type === 'declaration' ? declaration.right : undefined
  assert.equal(text(product), '(1 +\n 2) * f(3)')
  assert.equal(product?.type === 'binary' && text(product.left), '(1 +\n 2)')
  assert.equal(product?.type === 'binary' && source[product.operatorPos], '*')
  assert.equal(product?.type === 'binary' && text(product.right), 'f(3)')
  assert.equal(text(chain), 'stream|from().where(lambda: "a")')
  assert.equal(chain?.type === 'chain' && text(chain.right), 'where(lambda: "a")')
  assert.equal(chain?.type === 'chain' && chain.operatorPos, source.indexOf('.where'))
})

test('regexes are checked by whoever can', () => {
  const validateRegex = (source: string) =>
    source === '(' ? 'error parsing regexp: missing closing ): `(`' : undefined
  const { diagnostics } = parse('var a = /x/\nvar b = /(/\nvar c = 09', { validateRegex })
  assert.deepEqual(
    diagnostics.map((diagnostic) => diagnostic.message),
    ['parser: error parsing regexp: missing closing ): `(`', 'parser: illegal number syntax: "09"'],
  )
  assert.deepEqual(diagnostics[0]?.span, { start: 20, end: 23 })
})

test('the comment above a var is its description', () => {
  const source = '// one\n//   two\nvar a = 1 // for b\nvar b int\n\n// upper\n\n// lower\nvar c = 2\nvar d = 3'
  const descriptions = parseOrThrow(source).statements.map((node) =>
    node.type === 'declaration' || node.type === 'typeDeclaration' ? descriptionOf(node) : undefined,
  )
  assert.deepEqual(descriptions, ['one\n  two', 'for b', 'upper\n\n\nlower', ''])
})

test('parsing goes on after a fault: arguments, links, statements', () => {
  const source = [
    'stream',
    '    |from(1 2, 3 4)',
    '    |window(',
    '        .period(10s)',
    '    |)',
    '    |log(09)',
    'var x = )',
    "var l = [1, 'a', 2.5]",
    "x|y('abc)",
    'var z = 3 $',
  ].join('\n')
  const lines = messages(source).map((message) => / line (\d+) char (\d+)/.exec(message)?.slice(1).join(':') ?? message)
  assert.deepEqual(lines, [
    '2:13',
    '2:18',
    '4:9',
    '5:6',
    'parser: illegal number syntax: "09"',
    '7:9',
    '8:10',
    '8:18',
    '9:5',
    '10:11',
  ])
  const { program } = parse(source)
  assert.equal(program.statements.length, 3)
})

test('faults are counted up to twenty', () => {
  assert.equal(messages('f(1 2)\n'.repeat(100)).length, 20)
  assert.equal(messages('09\n'.repeat(100)).length, 20)
})

test('help for what people write in other languages', () => {
  const help = (source: string) => parse(source).diagnostics[0]?.help
  assert.match(help('a && b') ?? '', /AND/)
  assert.match(help('a || b') ?? '', /OR/)
  assert.match(help('a()|b\n|c()') ?? '', /call/)
  assert.match(help('x = 3') ?? '', /var name = value/)
  assert.match(help('f(lambda : 1)') ?? '', /colon/)
  assert.match(help('var x = 007.08.9') ?? '', /one decimal point/)
  assert.match(help('var x = 08') ?? '', /octal/)
})

test('parseOrThrow throws all faults and the first message', () => {
  assert.throws(
    () => parseOrThrow('var = 3\nvar x = 09'),
    (error) => {
      assert.ok(error instanceof ScriptError)
      assert.equal(error.message, 'parser: unexpected = line 1 char 5 in "var = 3". expected: "identifier"')
      assert.equal(error.diagnostics.length, 2)
      return true
    },
  )
})

test('a lambda without its word', () => {
  assert.equal(
    shape(parseLambda('level() >= CRITICAL AND "host" == \'a\'')),
    'lambda ((global:level() >= CRITICAL) AND ("host" == \'a\'))',
  )
  const fails = (text: string, message: string) =>
    assert.throws(() => parseLambda(text), { name: 'ScriptError', message })
  fails('"a" >', `parser: unexpected EOF line 1 char 6 in ""a" >". expected: ${OPERAND}`)
  fails('"a" > 1)', 'parser: unexpected ) line 1 char 8 in ""a" > 1)". expected: "EOF"')
  fails(
    'level( >',
    `parser: unexpected unknown state, last char: '>' line 1 char 8 in "level( >". expected: ${OPERAND}`,
  )
  fails('', `parser: unexpected EOF line 1 char 1 in "". expected: ${OPERAND}`)
  fails('09', 'parser: illegal number syntax: "09"')
  fails('lambda: 1', `parser: unexpected lambda line 1 char 1 in "lambda: 1". expected: ${OPERAND}`)
})

test('nesting and height are bounded', () => {
  const deep = /nested too deep/
  for (const unit of ['(', '-', '!', 'f(', 'a|f(', 'lambda: f('])
    assert.match(messages(unit.repeat(100_000))[0]!, /too deep|unexpected/)
  assert.match(messages('('.repeat(100_000))[0]!, deep)
  assert.match(messages(`1${' + 1'.repeat(100_000)}`)[0]!, deep)
  assert.match(messages(`a${'|b()'.repeat(100_000)}`)[0]!, deep)
  assert.deepEqual(messages(`1${' + 1'.repeat(MAX_HEIGHT - 1)}`), [])
  assert.deepEqual(messages(`a${'|b()'.repeat(MAX_HEIGHT - 1)}`), [])
  const level = MAX_NESTING - 2
  assert.deepEqual(messages(`${'('.repeat(level)}1${')'.repeat(level)}`), [])
})

const PIECES =
  "a f( stream var dbrp lambda: lambda AND OR TRUE 1 0.5 5m 07 09 's' '''t''' \"r\" /x/ * - ! + == =~ < = ( ) [ ] , | . @ // ' \" / $ é".split(
    ' ',
  )
const soup = fc
  .array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(' ', '', '\n', '// c\n')), { maxLength: 40 })
  .map((pieces) => pieces.flat().join(''))

test('no text makes the parser throw anything, and spans lie within the text', () => {
  fc.assert(
    fc.property(fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 80 })), (source) => {
      for (const { span, message } of parse(source).diagnostics) {
        assert.ok(span.start >= 0 && span.start <= span.end && span.end <= source.length)
        assert.ok(message.startsWith('parser: '))
      }
    }),
    { numRuns: 400 },
  )
})

test('neither do bytes that were no text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.ok(parse(new TextDecoder().decode(bytes)).diagnostics.length <= 20)
    }),
  )
})
