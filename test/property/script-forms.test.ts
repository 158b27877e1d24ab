// Scripts of the examples and of all cases come back from their JSON form as they are formatted.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { type Json, readFirstJson } from '../../src/base/json-reader.ts'
import { compactJson, type Writable } from '../../src/base/json-writer.ts'
import { compileTask } from '../../src/flow/compile.ts'
import { astJson } from '../../src/lang/ast-json/ast-json.ts'
import { scriptOfAstJson } from '../../src/lang/ast-json/read-ast-json.ts'
import { taskTypeOf } from '../../src/lang/dbrps.ts'
import { ScriptError } from '../../src/lang/diagnostic.ts'
import { format, formatProgram } from '../../src/lang/formatter.ts'
import { parse, parseOrThrow } from '../../src/lang/parser.ts'
import { pipelineJson } from '../../src/lang/pipeline-json/pipeline-json.ts'
import { scriptOfPipelineJson } from '../../src/lang/pipeline-json/read-pipeline-json.ts'
import { scriptEnvironment } from '../../src/server/script-environment.ts'
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

const { registry, evaluateConstant, validateRegex } = scriptEnvironment

/** The pipeline's JSON; undefined when the script is no task. */
function pipelineOf(source: string): Json | undefined {
  try {
    const type = taskTypeOf(parseOrThrow(source, { validateRegex }))
    if (!type) return undefined
    const common = { source, type, registry, evaluateConstant, validateRegex }
    return travelled(pipelineJson(compileTask({ ...common, mode: 'template' }).script.pipeline))
  } catch (e) {
    assert.ok(e instanceof ScriptError, String(e))
    return undefined
  }
}

test('as pipeline JSON', () => {
  const documented = registry.declarations.flatMap((d) => d.examples ?? [])
  let pipelines = 0
  for (const source of [...scripts, ...documented]) {
    const json = pipelineOf(source)
    if (json === undefined) continue
    pipelines++
    const script = scriptOfPipelineJson(json, registry)
    assert.equal(format(script), script)
    assert.deepEqual(pipelineOf(script), json, `${source}\n-----\n${script}`)
  }
  assert.ok(pipelines > 300, `only ${pipelines} pipelines`)
})
