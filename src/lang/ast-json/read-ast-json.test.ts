import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Json, readFirstJson } from '../../base/json-reader.ts'
import { compactJson, type Writable } from '../../base/json-writer.ts'
import { formatProgram } from '../formatter.ts'
import { parse, parseOrThrow } from '../parser.ts'
import { anyScript, stableScript } from '../script-arbitrary.ts'
import { astJson } from './ast-json.ts'
import { AstJsonError, readAstJson, scriptOfAstJson } from './read-ast-json.ts'

/** Through JSON text, as it would travel. */
function travelled(source: string, layout: boolean): Json {
  return readFirstJson(compactJson(astJson(parseOrThrow(source), { layout }) as Writable))
}

function sameScript(source: string): void {
  const { program, diagnostics } = parse(source)
  if (diagnostics.length > 0) return
  const formatted = formatProgram(program)
  assert.equal(formatProgram(readAstJson(travelled(source, true)) as typeof program), formatted)
  assert.equal(scriptOfAstJson(travelled(source, true)), formatted)
  const plain = travelled(source, false)
  assert.deepEqual(travelled(scriptOfAstJson(plain), false), plain)
}

test('scripts of the grammar come back as they are formatted', () => {
  fc.assert(fc.property(stableScript, sameScript), { numRuns: 300 })
  fc.assert(fc.property(anyScript, sameScript), { numRuns: 300 })
})

const lambda = (expression: Json): Json => ({ typeOf: 'lambda', expression })
const int = (int64: number | bigint): Json => ({ typeOf: 'number', isint: true, isfloat: false, int64, float64: 0 })
const float = (float64: number): Json => ({ typeOf: 'number', isint: false, isfloat: true, int64: 0, float64 })

test('what no literal can hold becomes an operation', () => {
  const text = (json: Json): string =>
    formatProgram({ type: 'program', statements: [readAstJson(json)], pos: 0, end: 0 })
  assert.equal(text(lambda(int(-5))), 'lambda: -5\n')
  assert.equal(text(lambda(int(-9223372036854775808n))), 'lambda: -9223372036854775807 - 1\n')
  assert.equal(text(lambda(float(-0.5))), 'lambda: -0.5\n')
  assert.equal(text({ typeOf: 'duration', duration: '-1h' }), '-1h\n')
  assert.equal(text({ typeOf: 'duration', duration: '1500ns' }), '1u / 1000 * 1500\n')
  assert.equal(text({ typeOf: 'string', literal: "a'''\\" }), "'a\\'\\'\\'' + '''\\'''\n")
})

test('JSON that is no tree is refused with the place', () => {
  const refused = (json: Json, message: string | RegExp): void =>
    assert.throws(
      () => scriptOfAstJson(json),
      (e) => {
        assert.ok(e instanceof AstJsonError, String(e))
        if (typeof message === 'string') assert.equal(e.message, message)
        else assert.match(e.message, message)
        return true
      },
    )
  refused(null, 'must be an object with a typeOf')
  refused({ typeOf: 'nope' }, /^typeOf: must be one of program declaration /)
  refused({ typeOf: 'program', nodes: {} }, 'nodes: must be a list')
  refused({ typeOf: 'program', nodes: [lambda(3)] }, 'nodes[0].expression: must be an object with a typeOf')
  refused(lambda({ typeOf: 'func', functionType: 'global', args: [] }), 'expression.func: must be text')
  refused({ typeOf: 'list', nodes: [int(1)] }, /^no script has this tree: parser: /)
  refused(int(1.5), 'int64: must be an integer of 64 bits')
  refused({ typeOf: 'number' }, 'must have isint with int64, or isfloat with float64')
  refused({ typeOf: 'duration', duration: '5' }, 'duration: must be a duration such as "10s"')
  refused({ typeOf: 'duration', duration: '5s', text: '6s' }, 'text: is not the same duration')
  refused({ typeOf: 'comment', comments: ['a\nb'] }, 'comments: must be a list of lines')
  refused({ typeOf: 'bool', bool: 'yes' }, 'bool: must be true or false')
  refused(
    {
      typeOf: 'chain',
      operator: '|',
      left: { typeOf: 'identifier', ident: 'a' },
      right: { typeOf: 'func', func: 'f', functionType: 'property', args: [] },
    },
    'right: nothing that can follow a |',
  )
  // A name that is more than a name.
  refused({ typeOf: 'identifier', ident: 'a|exec()' }, /^no script has this tree/)
  refused({ typeOf: 'identifier', ident: 'var' }, /^no script has this tree: parser: /)
  // No lambda can be written within another.
  refused(lambda(lambda(int(1))), /^no script has this tree: parser: /)
})
