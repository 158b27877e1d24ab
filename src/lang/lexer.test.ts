import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Lexer } from './lexer.ts'
import type { Token } from './token.ts'

function lex(source: string): Token[] {
  const lexer = new Lexer(source)
  const tokens: Token[] = []
  for (let token = lexer.next(); token.kind !== 'EOF'; token = lexer.next()) tokens.push(token)
  return tokens
}

function kinds(source: string): string {
  return lex(source)
    .map((token) => token.kind)
    .join(' ')
}

function texts(source: string): string[] {
  return lex(source).map((token) => token.text)
}

test('an asterisk is a star where an operand is expected and a product elsewhere', () => {
  assert.equal(kinds('* a * (*) * [*'), 'star identifier * ( star ) * [ star')
  assert.equal(kinds('lambda: *'), 'lambda *')
})

test('a slash begins a regex, a comment or a division', () => {
  assert.equal(kinds('a / b'), 'identifier / identifier')
  assert.equal(kinds('f(/b/)'), 'identifier ( regex )')
  assert.equal(kinds('a =~ /b/ AND /c/'), 'identifier =~ regex AND regex')
  assert.equal(kinds('a // b'), 'identifier')
  assert.equal(kinds('lambda: /a/'), 'lambda / identifier /')
  assert.deepEqual(texts('x = /a\\/b/'), ['x', '=', '/a\\/b/'])
})

test('after a regex, a list or a comment an operator is no token', () => {
  assert.equal(kinds('= /a/ + 1'), 'error regex error number')
  assert.equal(kinds("['a'] == 1"), '[ string ] error error number')
  assert.equal(kinds('a // b\n = 1'), 'identifier error number')
  assert.equal(kinds('a // b\n AND - !'), 'identifier AND - !')
})

test('the comparison signs', () => {
  assert.equal(
    kinds('a == b != c < d <= e > f >= g'),
    'identifier == identifier != identifier < identifier <= identifier > identifier >= identifier'.replaceAll(
      '  ',
      ' ',
    ),
  )
  assert.equal(kinds('a =~ b !~ c = d'), 'identifier =~ identifier !~ identifier = identifier')
  assert.equal(kinds('(!= 3'), '( ! error number')
})

test('keywords are whole words, and lambda needs its colon at once', () => {
  assert.equal(
    kinds('AND ANDY OR TRUE TRUEish FALSE var vars dbrp'),
    'AND identifier OR TRUE identifier FALSE var identifier dbrp',
  )
  assert.equal(kinds('lambda: lambda lambdas'), 'lambda identifier identifier')
  assert.equal(kinds('lambda :'), 'identifier error')
  assert.equal(kinds('größe Δ2_x ٣x'), 'identifier identifier number identifier')
  assert.deepEqual(texts('_x'), ["unknown state, last char: '_'", 'x'])
})

test('numbers and durations', () => {
  assert.deepEqual(texts('1 1. .5 1.5 0644'), ['1', '1.', '.5', '1.5', '0644'])
  assert.deepEqual(texts('5m30s'), ['5m', '30s'])
  assert.deepEqual(texts('1e5 3ns 5ms 5µ 5us'), ['1', 'e5', '3', 'ns', '5ms', '5µ', '5u', 's'])
  assert.equal(kinds('1.5s'), 'number identifier')
  assert.equal(kinds('a.5'), 'identifier number')
  assert.equal(kinds('a.b..c'), 'identifier . identifier . . identifier')
  assert.deepEqual(texts('1.2.3 x'), ['multiple decimals in number', 'x'])
})

test('strings end at the next quote without a backslash, triple ones at three quotes', () => {
  assert.deepEqual(texts(`'it\\'s' 'a\\\\' b'`), [`'it\\'s'`, `'a\\\\' b'`])
  assert.deepEqual(texts(`'' '''''' '''a'b\\''' 'c'`), [`''`, `''''''`, `'''a'b\\'''`, `'c'`])
  assert.deepEqual(texts('"a\\"b" "größe"'), ['"a\\"b"', '"größe"'])
  assert.deepEqual(texts("'a\nb'"), ["'a\nb'"])
})

test('what is opened and not closed ends with its line', () => {
  assert.deepEqual(texts("'abc\nvar"), ['unterminated string', 'var'])
  assert.deepEqual(texts("'''abc''\nvar"), ['unterminated string', 'var'])
  assert.deepEqual(texts('"abc\nvar'), ['unterminated field reference', 'var'])
  assert.deepEqual(texts('/abc\nvar'), ['unterminated regex', 'var'])
})

test('an illegal character is shown as Go shows it', () => {
  assert.deepEqual(texts(';'), ["unknown state, last char: ';'"])
  assert.deepEqual(texts('\\'), ["unknown state, last char: '\\\\'"])
  assert.deepEqual(texts('😀'), ["unknown state, last char: '😀'"])
  assert.deepEqual(texts('\x01'), ["unknown state, last char: '\\x01'"])
  assert.deepEqual(texts('\ufeff'), ["unknown state, last char: '\\ufeff'"])
  assert.deepEqual(texts('\ud800'), ["unknown state, last char: '\ufffd'"])
})

test('a comment goes to the token behind it, its blocks parted by blank lines', () => {
  const [a, b] = lex('//no space\n//  two\r\n//\n\n \t\n// other\na // trailing\n\nb')
  assert.deepEqual(a?.comment?.blocks, [['no space', ' two', ''], ['other']])
  assert.deepEqual(b?.comment?.blocks, [['trailing']])
  assert.equal(b?.comment?.pos, 38)
})

test('any text at all becomes tokens that cover it in order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (source) => {
      let last = 0
      for (const token of lex(source)) {
        assert.ok(token.start >= last && token.end > token.start && token.end <= source.length)
        last = token.end
      }
    }),
  )
})

test('quotes without an end are not searched for again and again', () => {
  // With a search to the end of the script for every line this takes minutes.
  for (const quote of ["'", '"', '/']) {
    const tokens = lex(`${quote}\n${`;\\${quote}\n`.repeat(100_000)}`)
    assert.equal(tokens.length, 300_001)
  }
})
