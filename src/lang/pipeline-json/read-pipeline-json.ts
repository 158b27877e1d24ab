// Makes a script of the JSON form of a pipeline: the nodes are written in the order of their ids, so that evaluating the
// script gives them the same ids again. A node that is named again gets a var. Knows no node by name.
import type { Json } from '../../base/json-reader.ts'
import type { DeclarationNode, Node } from '../ast.ts'
import { AstJsonError, scriptOfTree } from '../ast-json/read-ast-json.ts'
import { identifierNode, linkNode } from '../build-ast.ts'
import type { Registry } from '../evaluate/catalog.ts'
import type { Declaration } from '../evaluate/declaration.ts'
import { format } from '../formatter.ts'
import { didYouMean } from '../suggest.ts'
import { type ArgumentNode, argumentNode, PipelineJsonError } from './argument-json.ts'
import { HoistedVars } from './hoisted-vars.ts'
import {
  argumentsOf,
  COMMON_FIELDS,
  fieldsOf,
  propertyKeys,
  restOf,
  takesNodes,
  typeOf,
  UDF_TYPE,
} from './node-json.ts'
import {
  listOf,
  objectOf,
  type PropertyCall,
  positionalArguments,
  propertyCalls,
  refuseUnknown,
} from './property-json.ts'

export { PipelineJsonError } from './argument-json.ts'

type JsonObject = { readonly [key: string]: Json }

interface ReadNode {
  readonly id: number
  /** Kind and id, as in DOT: the name of its var. */
  readonly name: string
  readonly declaration: Declaration
  readonly isUdf: boolean
  readonly args: readonly ArgumentNode[]
  readonly properties: readonly PropertyCall[]
  /** In the order of joining. */
  readonly parents: ReadNode[]
}

const SOURCES: readonly string[] = ['stream', 'batch']
const NO_OP = 'noOp'

/** The formatted script that gives the pipeline. Throws PipelineJsonError. */
export function scriptOfPipelineJson<D extends Declaration>(json: Json, registry: Registry<D>): string {
  try {
    const statements = statementsOf(readNodes(json, registry))
    // Line ends within strings are only seen in the text.
    return format(scriptOfTree({ type: 'program', statements, pos: 0, end: 0 }))
  } catch (e) {
    if (e instanceof AstJsonError) throw new PipelineJsonError(e.message)
    throw e
  }
}

function readNodes<D extends Declaration>(json: Json, registry: Registry<D>): ReadNode[] {
  const pipeline = objectOf(json, 'the pipeline')
  refuseUnknown(pipeline, ['nodes', 'edges'], 'the pipeline')
  const byId = new Map<string, ReadNode>()
  for (const [i, one] of listOf(pipeline['nodes'], 'nodes').entries()) {
    const node = readNode(objectOf(one, `nodes[${i}]`), `nodes[${i}]`, registry)
    if (byId.has(String(node.id))) throw new PipelineJsonError(`nodes[${i}].id: there are two nodes ${node.id}`)
    byId.set(String(node.id), node)
  }
  for (const [i, one] of listOf(pipeline['edges'], 'edges').entries()) {
    const edge = objectOf(one, `edges[${i}]`)
    refuseUnknown(edge, ['parent', 'child'], `edges[${i}]`)
    const end = (key: 'parent' | 'child'): ReadNode => {
      const found = byId.get(String(edge[key]))
      if (!found)
        throw new PipelineJsonError(`edges[${i}].${key}: there is no node ${JSON.stringify(edge[key] ?? null)}`)
      return found
    }
    end('child').parents.push(end('parent'))
  }
  const nodes = [...byId.values()]
  const sources = nodes.filter(isSource).length
  if (sources !== 1) throw new PipelineJsonError(`nodes: there are ${sources} of stream and batch, there must be one`)
  for (const node of nodes) checkParents(node)
  return inOrder(nodes)
}

function readNode<D extends Declaration>(o: JsonObject, place: string, registry: Registry<D>): ReadNode {
  const { declaration, isUdf } = declarationOf(o, place, registry)
  const id = o['id']
  if (typeof id !== 'string' || !/^(?:0|[1-9][0-9]{0,8})$/.test(id))
    throw new PipelineJsonError(`${place}.id: must be text of digits`)
  const name = `${declaration.kind ?? declaration.name}${id}`
  const members = isUdf ? objectOf(o['options'] ?? {}, `${name}.options`) : o
  const args = argumentsOf(declaration)
  const rest = restOf(declaration)
  const fields = fieldsOf(declaration)
  const keyOf = propertyKeys(declaration)
  const common = ['typeOf', 'id', 'quiet', ...(isUdf ? ['udf', 'options'] : [])]
  const own = [...args.map(([key]) => key), ...(rest ? [rest.name] : []), ...Object.keys(fields).map(keyOf)]
  refuseUnknown(members, isUdf ? own : [...own, ...common], name)
  if (isUdf) refuseUnknown(o, common, name)
  const given: ArgumentNode[] = positionalArguments(
    { args: args.map(([, arg]) => arg), names: args.map(([key]) => key), min: declaration.minArgs ?? args.length },
    members,
    name,
  )
  if (rest && members[rest.name] !== undefined && members[rest.name] !== null)
    listOf(members[rest.name], `${name}.${rest.name}`).forEach((one, i) => {
      given.push(argumentNode(rest.arg, one, `${name}.${rest.name}[${i}]`))
    })
  return {
    id: Number(id),
    name,
    declaration,
    isUdf,
    args: given,
    properties: [...propertyCalls(COMMON_FIELDS, o, name), ...propertyCalls(fields, members, name, keyOf)],
    parents: [],
  }
}

function declarationOf<D extends Declaration>(o: JsonObject, place: string, { declarations, udfs = [] }: Registry<D>) {
  const isUdf = o['typeOf'] === UDF_TYPE
  const key = isUdf ? 'udf' : 'typeOf'
  const all = isUdf ? udfs : declarations
  const wanted = o[key]
  if (typeof wanted !== 'string') throw new PipelineJsonError(`${place}.${key}: must be text`)
  const declaration = all.find((d) => (isUdf ? d.name : typeOf(d)) === wanted)
  if (declaration) return { declaration, isUdf }
  const near = didYouMean(wanted, all.map(typeOf))
  throw new PipelineJsonError(`${place}.${key}: there is no node ${JSON.stringify(wanted)}${near ? `. ${near}` : ''}`)
}

function isSource({ declaration }: ReadNode): boolean {
  return SOURCES.includes(declaration.name)
}

function checkParents({ name, parents, declaration }: ReadNode): void {
  const most = SOURCES.includes(declaration.name) ? 0 : takesNodes(declaration) ? Number.POSITIVE_INFINITY : 1
  if (parents.length > most) throw new PipelineJsonError(`${name}: has ${parents.length} parents, it can have ${most}`)
  if (parents.length === 0 && most > 0) throw new PipelineJsonError(`${name}: has no parent`)
}

/** By their ids where these let parents stand before their children. */
function inOrder(nodes: readonly ReadNode[]): ReadNode[] {
  const waiting = [...nodes].sort((a, b) => a.id - b.id)
  const done = new Set<ReadNode>()
  while (waiting.length > 0) {
    const next = waiting.findIndex((node) => node.parents.every((p) => done.has(p)))
    if (next < 0) throw new PipelineJsonError(`${waiting[0]!.name}: stands in a circle`)
    done.add(waiting.splice(next, 1)[0]!)
  }
  return [...done]
}

/** No-ops only pass on; a script that needs one gets it without saying so. */
function behindNoOps(node: ReadNode): ReadNode {
  return node.declaration.name === NO_OP ? behindNoOps(node.parents[0]!) : node
}

/** The node whose method is called, and those that are its arguments. */
function calledOn({ declaration, parents }: ReadNode): { readonly on: ReadNode; readonly others: readonly ReadNode[] } {
  const all = parents.map(behindNoOps)
  return declaration.receiverLast
    ? { on: all.at(-1)!, others: all.slice(0, -1) }
    : { on: all[0]!, others: all.slice(1) }
}

function statementsOf(all: readonly ReadNode[]): Node[] {
  const nodes = all.filter((n) => n.declaration.name !== NO_OP && !isSource(n))
  const uses = new Map<ReadNode, number>()
  for (const { parents } of nodes) for (const p of parents.map(behindNoOps)) uses.set(p, (uses.get(p) ?? 0) + 1)
  /** Whether the node goes on with the chain that the one written before it ends. */
  const goesOn = (i: number): boolean => {
    const { on } = calledOn(nodes[i]!)
    return on === nodes[i - 1] && uses.get(on) === 1
  }
  const statements: Node[] = []
  const vars = new HoistedVars(
    all.map((n) => n.name),
    (declaration) => void statements.push(declaration),
  )
  for (let i = 0; i < nodes.length; ) {
    let chain: Node = nameOf(calledOn(nodes[i]!).on)
    do chain = withNode(chain, nodes[i]!, vars)
    while (++i < nodes.length && goesOn(i))
    const last = nodes[i - 1]!
    statements.push(uses.has(last) ? varOf(last, chain) : chain)
  }
  // A source alone shows the task's type only in a var.
  return statements.length > 0 ? statements : all.filter(isSource).map((source) => varOf(source, nameOf(source)))
}

function varOf({ name }: ReadNode, right: Node): DeclarationNode {
  return { type: 'declaration', left: identifierNode(name), right, pos: 0, end: 0 }
}

function nameOf(node: ReadNode): Node {
  return identifierNode(isSource(node) ? node.declaration.name : node.name)
}

function withNode(chain: Node, node: ReadNode, vars: HoistedVars): Node {
  const { declaration, isUdf, args, properties } = node
  const written = [...args.map((a) => vars.written(a)), ...calledOn(node).others.map(nameOf)]
  let link: Node = linkNode(chain, isUdf ? '@' : '|', declaration.name, written)
  for (const p of properties)
    link = linkNode(
      link,
      '.',
      p.name,
      p.args.map((a) => vars.written(a)),
    )
  return link
}
