// The JSON form of a tree, as pipelines carry it for their lambdas: every node an object with `typeOf`.
// It only writes; keys and names are those that clients of Kapacitor know, with what they lack beside them so that the
// form can be read back (read-ast-json.ts).
import { formatDuration } from '../../base/duration.ts'
import type { CommentNode, DurationNode, Node, NumberNode } from '../ast.ts'

export type AstJson = string | number | bigint | boolean | readonly AstJson[] | { readonly [key: string]: AstJson }

type JsonObject = { [key: string]: AstJson }

export interface AstJsonOptions {
  /**
   * Whether to tell also how the source was laid out: comments, parentheses, line breaks, the style of quotes and
   * durations as written. Only then does the script that is made of it equal the formatted one.
   */
  readonly layout?: boolean
}

/**
 * The JSON form of a node; positions are left out. A call has its name under `func`, which Kapacitor leaves out. An
 * int64 past 2^53 is a bigint, which JSON.stringify does not take: write it with the base room's writer.
 */
export function astJson(node: Node, { layout = false }: AstJsonOptions = {}): JsonObject {
  const json = bodyJson(node, { layout })
  if (!layout) return json
  switch (node.type) {
    case 'binary':
      if (node.parens) json['parens'] = true
      if (node.multiLine) json['multiLine'] = true
      break
    case 'func':
      if (node.multiLine) json['multiLine'] = true
      break
    case 'string':
      if (node.triple) json['triple'] = true
      break
    case 'duration':
      Object.assign(json, writtenOf(node))
      break
    case 'comment':
      if (node.blocks.length > 1) json['blocks'] = node.blocks
      break
  }
  if (node.comment) json['comment'] = astJson(node.comment, { layout })
  return json
}

function bodyJson(node: Node, options: AstJsonOptions): JsonObject {
  const of = (n: Node): AstJson => astJson(n, options)
  switch (node.type) {
    case 'program':
      return { typeOf: 'program', nodes: node.statements.map(of) }
    case 'declaration':
      return { typeOf: 'declaration', left: of(node.left), right: of(node.right) }
    case 'typeDeclaration':
      return { typeOf: 'typeDeclaration', node: of(node.node), type: of(node.varType) }
    case 'dbrp':
      return { typeOf: 'dbrp', db: of(node.db), rp: of(node.rp) }
    case 'chain':
      return { typeOf: 'chain', operator: node.operator, left: of(node.left), right: of(node.right) }
    case 'func':
      return { typeOf: 'func', func: node.name, functionType: node.functionType, args: node.args.map(of) }
    case 'lambda':
      return { typeOf: 'lambda', expression: of(node.expression) }
    case 'binary':
      return { typeOf: 'binary', operator: node.operator, left: of(node.left), right: of(node.right) }
    case 'unary':
      return { typeOf: 'unary', operator: node.operator, node: of(node.operand) }
    case 'identifier':
      return { typeOf: 'identifier', ident: node.name }
    case 'reference':
      return { typeOf: 'reference', reference: node.name }
    case 'string':
      return { typeOf: 'string', literal: node.value }
    case 'number':
      return numberJson(node)
    case 'duration':
      return { typeOf: 'duration', duration: formatDuration(node.ns) }
    case 'bool':
      return { typeOf: 'bool', bool: node.value }
    case 'regex':
      return { typeOf: 'regex', regex: node.source }
    case 'list':
      return { typeOf: 'list', nodes: node.items.map(of) }
    case 'star':
      return { typeOf: 'star' }
    case 'comment':
      return commentJson(node)
  }
}

function commentJson(node: CommentNode): JsonObject {
  return { typeOf: 'comment', comments: node.blocks.flat() }
}

function writtenOf({ ns, text }: DurationNode): JsonObject {
  return text === undefined || text === formatDuration(ns) ? {} : { text }
}

function numberJson(node: NumberNode): JsonObject {
  const isInt = node.kind === 'int'
  return {
    typeOf: 'number',
    isint: isInt,
    isfloat: !isInt,
    int64: isInt ? node.value : 0,
    float64: isInt ? 0 : node.value,
    base: isInt ? node.base : 0,
  }
}
