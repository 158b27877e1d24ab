import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Diagnostic, diagnosticJson, lineAndChar, renderBlock, renderLine, withPosition } from './diagnostic.ts'
import { parse } from './parser.ts'

test('lines and characters are counted from one, characters in bytes', () => {
  const source = 'ab\nçd\n\n😀x'
  const at = (offset: number) => Object.values(lineAndChar(source, offset)).join(':')
  assert.equal(at(0), '1:1')
  assert.equal(at(2), '1:3')
  assert.equal(at(3), '2:1')
  assert.equal(at(4), '2:3')
  assert.equal(at(6), '3:1')
  assert.equal(at(9), '4:5')
  assert.equal(at(99), '4:6')
  assert.equal(withPosition(source, 4, 'no'), 'line 2 char 3: no')
})

const SOURCE = 'stream\n\t|from()\n\t\t.where(lambda: "größe" > 1 && "b" == 3)\n'

test('a block shows the line, the place and the help', () => {
  const [diagnostic] = parse(SOURCE).diagnostics
  assert.equal(
    renderBlock(SOURCE, diagnostic!, 'disk.tick'),
    [
      `error[bad-token]: ${diagnostic!.message}`,
      ' --> disk.tick:3:32',
      '  |',
      '3 |   .where(lambda: "größe" > 1 && "b" == 3)',
      '  |                              ^',
      '  = help: Write AND: TICKscript spells its logical operators as words.',
    ].join('\n'),
  )
  assert.equal(renderLine(diagnostic!), diagnostic!.message)
})

test('labels have lines of their own', () => {
  const diagnostic: Diagnostic = {
    code: 'redefined',
    severity: 'warning',
    message: 'x again',
    span: { start: 10, end: 15 },
    labels: [{ span: { start: 0, end: 5 }, text: 'first here' }],
  }
  assert.equal(
    renderBlock('var x = 1\nvar x = 2', diagnostic),
    'warning[redefined]: x again\n --> script:2:1\n  |\n2 | var x = 2\n  | ^^^^^\n  |\n1 | var x = 1\n  | ^^^^^ first here',
  )
})

test('of a long line the part around the fault is shown', () => {
  const source = `${'a'.repeat(5000)};${'b'.repeat(5000)}`
  const block = renderBlock(source, parse(source).diagnostics[0]!)
  assert.ok(block.split('\n').every((row) => row.length < 250))
  const [text, carets] = block.split('\n').slice(3, 5)
  assert.equal(text![carets!.indexOf('^')], ';')
})

test('the end of a script can be shown, too', () => {
  const [diagnostic] = parse('stream|').diagnostics
  assert.match(renderBlock('stream|', diagnostic!), /1 \| stream\|\n {2}\| {8}\^/)
})

test('JSON gives lines, characters and offsets', () => {
  const [diagnostic] = parse(SOURCE).diagnostics
  const json = diagnosticJson(SOURCE, diagnostic!)
  assert.deepEqual(json.start, { line: 3, char: 32, offset: 45 })
  assert.deepEqual(json.end, { line: 3, char: 33, offset: 46 })
  assert.deepEqual(Object.keys(json), ['code', 'severity', 'message', 'start', 'end', 'help'])
  assert.equal(JSON.parse(JSON.stringify(json)).code, 'bad-token')
})
