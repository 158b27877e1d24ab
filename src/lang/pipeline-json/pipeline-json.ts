// The JSON form of a pipeline: its nodes with their arguments and properties, as their declarations say, and its edges.
// It knows no node by name; read-pipeline-json.ts makes a script of the form again.
import type { Declaration } from '../evaluate/declaration.ts'
import type { Pipeline, PipelineNode } from '../evaluate/pipeline.ts'
import type { PipelineJsonValue } from './argument-json.ts'
import { type JsonMembers, membersJson, typeOf, UDF_TYPE } from './node-json.ts'

export type { PipelineJsonValue } from './argument-json.ts'

/** An edge between two nodes by their ids. The edges of a node with several parents stand in their order. */
export type PipelineEdgeJson = { readonly parent: string; readonly child: string }

export type PipelineJson = {
  /** In the order of starting: parents before their children. */
  readonly nodes: readonly { readonly [key: string]: PipelineJsonValue }[]
  readonly edges: readonly PipelineEdgeJson[]
}

/** `udfs` are the declarations that scripts call with `@`. Write it with the base room's writer: integers may be bigints. */
export function pipelineJson<D extends Declaration>(pipeline: Pipeline<D>, udfs: readonly D[] = []): PipelineJson {
  const nodes = pipeline.order()
  return {
    nodes: nodes.map((node) => nodeJson(node, udfs.includes(node.declaration))),
    edges: nodes.flatMap((node) =>
      parentsOf(node).map((parent) => ({ parent: String(parent.id), child: String(node.id) })),
    ),
  }
}

/** A source that watches a node hangs on it in a script, and so here. */
function parentsOf(node: PipelineNode): readonly PipelineNode[] {
  return node.watched ? [node.watched] : node.parents
}

function nodeJson({ id, declaration, params }: PipelineNode, isUdf: boolean): JsonMembers {
  const members = membersJson(declaration, params)
  const quiet = params['quiet'] === true ? { quiet: true } : {}
  return isUdf
    ? { typeOf: UDF_TYPE, id: String(id), udf: declaration.name, options: members, ...quiet }
    : { typeOf: typeOf(declaration), id: String(id), ...members, ...quiet }
}
