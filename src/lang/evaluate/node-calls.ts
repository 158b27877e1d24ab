// What calls do: chain methods make nodes, properties set parameters. Here names become declarations, and the pipeline
// grows. What expressions are worth is the evaluator's affair.
import type { FunctionNode, FunctionType } from '../ast.ts'
import type { Span } from '../diagnostic.ts'
import type { ArgBase, NodeRef, TaggedArg } from '../fields.ts'
import { didYouMean } from '../suggest.ts'
import { BindFailure, bindArguments } from './bind-arguments.ts'
import type { Catalog } from './catalog.ts'
import type { Arguments, Builder, Dbrp, Declaration, Macro } from './declaration.ts'
import type { Calls } from './evaluator.ts'
import { MAX_DEPTH, type Pipeline, PipelineNode } from './pipeline.ts'
import type { Problems } from './problems.ts'
import {
  findProperty,
  initialParams,
  type NodeValue,
  nodeOf,
  type ObjectHandle,
  type PropertyTarget,
  propertiesOf,
  propertyNames,
  readProperty,
  setProperty,
} from './properties.ts'
import { FAILED, fromTagged, goType, type ScriptValue, type UnboundCall } from './script-value.ts'

const OPERATORS = {
  chain: { sign: '|', word: 'chaining' },
  property: { sign: '.', word: 'property' },
  dynamic: { sign: '@', word: 'dynamic' },
} as const
type Kind = keyof typeof OPERATORS

export class NodeCalls<D extends Declaration> implements Calls {
  readonly #pipeline: Pipeline<D>
  readonly #catalog: Catalog<D>
  readonly #problems: Problems
  readonly #taskDbrps: readonly Dbrp[]

  constructor(pipeline: Pipeline<D>, catalog: Catalog<D>, problems: Problems, taskDbrps: readonly Dbrp[]) {
    this.#pipeline = pipeline
    this.#catalog = catalog
    this.#problems = problems
    this.#taskDbrps = taskDbrps
  }

  /** Makes the task's own source, node 0. */
  addSource(): PipelineNode<D> {
    const declaration = this.#catalog.internal(this.#pipeline.type)
    const node = new PipelineNode(declaration, this.#defaults(declaration), this.#taskDbrps, undefined)
    this.#pipeline.addSource(node)
    return node
  }

  apply(left: ScriptValue, call: UnboundCall): ScriptValue {
    const { node } = call
    if (left.type === 'node' || left.type === 'object') return this.#applyTo(left, call, kindOf(node.functionType))
    const pointer = left.type === 'lambda' || left.type === 'regex' || left.type === 'star' || left.type === 'reference'
    return this.#problems.fail({
      code: 'not-a-node',
      message: pointer
        ? `no method or property "${node.name}" on ${goType(left)}`
        : 'cannot get properties of non pointer value',
      span: nameSpan(node),
      at: node.pos,
      help: 'Only nodes have methods and properties.',
    })
  }

  read(left: ScriptValue, name: string, at: number, span: Span): ScriptValue {
    if (left.type !== 'node' && left.type !== 'object') {
      const message = 'cannot get properties of non pointer value'
      return this.#problems.fail({ code: 'not-a-node', message, span, at, help: 'Only nodes have properties.' })
    }
    const found = findProperty(left, name)
    const value = found && readProperty(found.target, found.property)
    if (value) return value
    const readable = propertyNames(left).filter((n) => findProperty(left, n)?.property.spec.is === 'property')
    return this.#problems.fail({
      code: 'unknown-property',
      message: `object ${goType(left)} has no property ${name}`,
      span,
      at,
      help: found
        ? found.property.spec.is === 'property'
          ? `${name} has not been set.`
          : `${name} can be called, but has no value to read: .${name}(…).`
        : didYouMean(name, readable),
    })
  }

  /** Calls a chain method as a script would; for macros, and for what is added to every task. */
  builder(call: Span | undefined): Builder {
    const make = (kind: Kind, on: NodeRef, name: string, args: readonly TaggedArg[]): NodeRef => {
      const left: ScriptValue = { type: 'node', value: on as PipelineNode }
      const values = args.map(fromTagged)
      const made = this.#tryCall(left, kind, name, values, call)
      if (!made) throw new Error(`no ${OPERATORS[kind].word} method ${name} on ${goType(left)}`)
      return made.type === 'node' ? made.value : (made as Extract<ScriptValue, { type: 'object' }>).value.node
    }
    return {
      call: (on, name, ...args) => make('chain', on, name, args),
      set: (on, name, ...args) => make('property', on, name, args),
    }
  }

  #applyTo(left: NodeValue, call: UnboundCall, kind: Kind): ScriptValue {
    const { node, args } = call
    const span = nameSpan(node)
    if (args.some((a) => a.type === 'failed')) return this.#applyFailed(left, call, kind)
    try {
      const made = this.#tryCall(left, kind, node.name, args, span)
      if (made) return made
    } catch (failure) {
      if (!(failure instanceof BindFailure)) throw failure
      const argument = failure.argument === undefined ? undefined : node.args[failure.argument]
      const prefix = failure.bare ? '' : `error calling func "${node.name}" on obj ${goType(left)}: `
      this.#problems.report({
        code: failure.code,
        message: prefix + failure.message,
        span: argument ? { start: argument.pos, end: argument.end } : span,
        at: node.pos,
        help: failure.help,
      })
      // Where a property could not be set its node is still there.
      return kind === 'property' ? left : FAILED
    }
    return this.#unknown(left, call, kind)
  }

  /** An argument failed, and that has been reported: only whether the call exists is still of interest. */
  #applyFailed(left: NodeValue, call: UnboundCall, kind: Kind): ScriptValue {
    if (!this.#has(left, kind, call.node.name)) return this.#unknown(left, call, kind)
    return kind === 'property' && findProperty(left, call.node.name)?.property.spec.is !== 'object' ? left : FAILED
  }

  /** Makes a call; undefined when there is none of this kind and name. Throws BindFailure. */
  #tryCall(
    left: NodeValue,
    kind: Kind,
    name: string,
    args: readonly ScriptValue[],
    call: Span | undefined,
  ): ScriptValue | undefined {
    if (kind === 'property') {
      const found = findProperty(left, name)
      if (!found) return undefined
      const object = setProperty(left, found, args)
      if (object) return { type: 'object', value: object }
      // A method of the node that was called through one of its handlers gives the node back, not the handler.
      const own = left.type === 'node' || found.target === left.value
      return own || found.property.spec.is === 'property' ? left : handleOf(left, found.target)
    }
    const on = nodeOf(left) as PipelineNode<D>
    if (kind === 'dynamic') {
      const udf = this.#catalog.udf(name)
      return udf && { type: 'node', value: this.#addNode(udf, on, args, call) }
    }
    const method = this.#catalog.method(name, on)
    if (!method) return undefined
    if ('node' in method) return { type: 'node', value: this.#addNode(method.node, on, args, call) }
    return { type: 'node', value: this.#expand(method.macro, on, args, call) }
  }

  #has(left: NodeValue, kind: Kind, name: string): boolean {
    if (kind === 'property') return findProperty(left, name) !== undefined
    if (kind === 'dynamic') return this.#catalog.udf(name) !== undefined
    return this.#catalog.method(name, nodeOf(left)) !== undefined
  }

  /** Reports that there is no such call, and goes on as if the right operator had been written if there is one. */
  #unknown(left: NodeValue, call: UnboundCall, kind: Kind): ScriptValue {
    const { node } = call
    const { name } = node
    const others: readonly Kind[] =
      kind === 'chain' ? ['property', 'dynamic'] : kind === 'property' ? ['chain', 'dynamic'] : ['property', 'chain']
    const other = others.find((k) => this.#has(left, k, name))
    const problem = { span: nameSpan(node), at: node.pos }
    if (other) {
      const { sign, word } = OPERATORS[other]
      const no = `no ${OPERATORS[kind].word} method "${name}" on ${goType(left)}`
      const does = other === 'property' ? 'property' : `${word} method`
      this.#problems.report({
        code: 'wrong-operator',
        message: `${no}, but ${does} does exist. Use '${sign}' operator instead: 'node${sign}${name}(..)'.`,
        ...problem,
        help: `Write ${sign}${name}(…).`,
      })
      return this.#applyTo(left, call, other)
    }
    this.#problems.report({
      code: 'unknown-method',
      message: `no method or property "${name}" on ${goType(left)}`,
      ...problem,
      help: this.#suggestion(left, kind, name),
    })
    return kind === 'property' ? left : FAILED
  }

  #suggestion(left: NodeValue, kind: Kind, name: string): string | undefined {
    const on = nodeOf(left)
    const methods = this.#catalog.methodNames(on)
    const properties = propertyNames(left)
    const udfs = this.#catalog.udfNames()
    const near =
      kind === 'chain'
        ? [...methods, ...properties, ...udfs]
        : kind === 'property'
          ? [...properties, ...methods, ...udfs]
          : [...udfs, ...methods, ...properties]
    const { only, name: parent } = on.declaration
    return (
      didYouMean(name, near) ??
      (kind === 'chain' && only
        ? only.length > 0
          ? `After ${parent} comes ${only.map((n) => `|${n}()`).join(' or ')}.`
          : `Nothing that needs data can follow ${parent}.`
        : undefined)
    )
  }

  /** Throws BindFailure. */
  #addNode(
    declaration: D,
    on: PipelineNode<D>,
    values: readonly ScriptValue[],
    call: Span | undefined,
  ): PipelineNode<D> {
    const params = this.#defaults(declaration)
    const others = bindNamed(declaration, values, params) as unknown as readonly PipelineNode<D>[]
    let node: PipelineNode<D>
    if (declaration.watches) {
      params.watched = on.id
      node = new PipelineNode(declaration, params, this.#taskDbrps, call, on)
      this.#pipeline.addSource(node)
      if (on.children.length === 0) this.#addNode(this.#catalog.internal('noOp'), on, [], undefined)
    } else {
      node = new PipelineNode(declaration, params, this.#taskDbrps, call)
      this.#pipeline.link(node, declaration.receiverLast ? [...others, on] : [on, ...others])
    }
    if (node.depth > MAX_DEPTH) {
      throw new BindFailure('too-many-nodes', `more than ${MAX_DEPTH} nodes in a row`, { bare: true })
    }
    const reason = declaration.onCall?.(node)
    if (reason !== undefined) throw new BindFailure('call', reason)
    return node
  }

  #expand(macro: Macro, on: PipelineNode<D>, values: readonly ScriptValue[], call: Span | undefined): PipelineNode {
    const params: Record<string, unknown> = {}
    bindNamed(macro, values, params)
    return macro.expand(this.builder(call), on, params) as PipelineNode
  }

  #defaults(declaration: D): Record<string, unknown> {
    return initialParams(propertiesOf(declaration.fields, 'node'))
  }
}

/** Puts the arguments of a call into the bag under their names; gives those that are nodes. Throws BindFailure. */
function bindNamed(
  { args: declared = {}, rest, minArgs }: Arguments,
  values: readonly ScriptValue[],
  params: Record<string, unknown>,
): NodeRef[] {
  const args = declared as Readonly<Record<string, ArgBase>>
  const specs = Object.values(args)
  const restSpec = rest?.arg as ArgBase | undefined
  const bound = bindArguments({ args: specs, rest: restSpec, min: minArgs }, values)
  Object.keys(args).forEach((name, i) => {
    if (i < bound.length) params[name] = bound[i]
  })
  if (rest) params[rest.name] = bound.slice(specs.length)
  return bound.filter((_, i) => isNodeArg(specs[i] ?? restSpec)) as NodeRef[]
}

function isNodeArg(spec: ArgBase | undefined): boolean {
  return spec?.types.length === 1 && spec.types[0] === 'node'
}

/** The script's hold on a target that a handler came from. */
function handleOf(left: NodeValue, target: PropertyTarget): NodeValue {
  return 'owner' in target ? { type: 'object', value: target as ObjectHandle } : { type: 'node', value: nodeOf(left) }
}

function kindOf(type: FunctionType): Kind {
  if (type === 'global') throw new Error('a global function is called on nothing')
  return type
}

function nameSpan(node: FunctionNode): Span {
  return { start: node.pos, end: node.pos + node.name.length }
}
