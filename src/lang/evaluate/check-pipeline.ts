// The checks of nodes that have all their parameters: after evaluation, in the order of the pipeline.
import type { FieldSpec, Fields, ObjectParam, ObjectSpec } from '../fields.ts'
import type { Declaration } from './declaration.ts'
import type { Pipeline, PipelineNode } from './pipeline.ts'
import type { Problems } from './problems.ts'

/** Reports every node that its declaration refuses, the first one first. */
export function checkPipeline<D extends Declaration>(pipeline: Pipeline<D>, problems: Problems): void {
  for (const node of pipeline.order()) {
    const { declaration, params } = node
    const reason = declaration.check?.(params, node) ?? objectReason(declaration.fields, params)
    if (reason !== undefined) {
      problems.report({ code: 'invalid-node', message: reason, span: node.call ?? { start: 0, end: 0 } })
    }
  }
}

/** What is wrong with the objects of a node, such as handlers. */
function objectReason(fields: Fields, params: PipelineNode['params']): string | undefined {
  for (const [name, spec] of Object.entries(fields)) {
    const { is, ...object } = spec as unknown as FieldSpec
    if (is !== 'object') continue
    const { check, fields: own } = object as unknown as ObjectSpec
    for (const { params: given } of params[name] as readonly ObjectParam[]) {
      const reason = check?.(given) ?? objectReason(own, given)
      if (reason !== undefined) return reason
    }
  }
  return undefined
}
