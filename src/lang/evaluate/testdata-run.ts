// Runs scripts against the test declarations; for the evaluator's tests.
import assert from 'node:assert/strict'
import { ScriptError } from '../diagnostic.ts'
import type { LambdaParam } from '../fields.ts'
import { formatExpression } from '../formatter.ts'
import type { Declaration } from './declaration.ts'
import { type EvaluatedScript, type EvaluateOptions, evaluateScript } from './evaluate-script.ts'
import type { PipelineNode } from './pipeline.ts'
import { TEST_REGISTRY } from './testdata-declarations.ts'

export type Options = Partial<EvaluateOptions<Declaration>>

export function run(source: string, options: Options = {}): EvaluatedScript<Declaration> {
  return evaluateScript({
    source,
    type: 'stream',
    mode: 'task',
    registry: TEST_REGISTRY,
    ...options,
  })
}

export function faults(source: string, options: Options = {}): readonly string[] {
  try {
    run(source, options)
  } catch (e) {
    assert.ok(e instanceof ScriptError, String(e))
    assert.equal(e.message, e.diagnostics[0]?.message)
    return e.diagnostics.map((d) => d.message)
  }
  return []
}

export function helpOf(source: string): (string | undefined)[] {
  try {
    run(source)
  } catch (e) {
    return (e as ScriptError).diagnostics.map((d) => d.help)
  }
  return []
}

/** The node of the script by its name. */
export function node(source: string, name: string, options: Options = {}): PipelineNode<Declaration> {
  const found = run(source, options).pipeline.nodes.find((n) => n.name === name)
  assert.ok(found, `no ${name}`)
  return found
}

export const names = (source: string, options: Options = {}) => run(source, options).pipeline.nodes.map((n) => n.name)
export const text = (lambda: unknown) => formatExpression((lambda as LambdaParam).node)
