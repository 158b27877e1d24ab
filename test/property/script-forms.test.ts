// Scripts of the examples and of all cases come back from their JSON form as they are formatted.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { type Json, readFirstJson } from '../../src/base/json-reader.ts'
import { compactJson, type Writable } from '../../src/base/json-writer.ts'
import { astJson } from '../../src/lang/ast-json/ast-json.ts'
import { scriptOfAstJson } from '../../src/lang/ast-json/read-ast-json.ts'
import { formatProgram } from '../../src/lang/formatter.ts'
import { parse } from '../../src/lang/parser.ts'
import { SCRIPTS } from './corpus.ts'

const examples = path.join(import.meta.dirname, '../../examples')
const files = readdirSync(examples).filter((f) => f.endsWith('.tick'))
const scripts = [...files.map((f) => readFileSync(path.join(examples, f), 'utf8')), ...SCRIPTS]

/** Through JSON text, as it would travel. */
function travelled(json: unknown): Json {
  return readFirstJson(compactJson(json as Writable))
}

test('there are scripts', () => assert.ok(files.length > 0 && scripts.length > 100))

test('as AST JSON', () => {
  for (const source of scripts) {
    const { program, diagnostics } = parse(source)
    if (diagnostics.length > 0) continue
    assert.equal(scriptOfAstJson(travelled(astJson(program, { layout: true }))), formatProgram(program))
    const plain = travelled(astJson(program))
    assert.deepEqual(travelled(astJson(parse(scriptOfAstJson(plain)).program)), plain)
  }
})
