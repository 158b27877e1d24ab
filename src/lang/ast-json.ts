// The JSON form of a tree, as pipelines carry it for their lambdas: every node an object with `typeOf`.
// It only writes; keys and names are those that clients of Kapacitor know.
import { formatDuration } from '../base/duration.ts'
import type { Node, NumberNode } from './ast.ts'

export type AstJson = string | number | bigint | boolean | readonly AstJson[] | { readonly [key: string]: AstJson }

/**
 * The JSON form of a node. Positions, layout and comments of nodes are left out; a function's name, too, as in the
 * reference. An int64 past 2^53 is a bigint, which JSON.stringify does not take: write it with the base room's writer.
 */
export function astJson(node: Node): AstJson {
  switch (node.type) {
    case 'program':
      return { typeOf: 'program', nodes: node.statements.map(astJson) }
    case 'declaration':
      return { typeOf: 'declaration', left: astJson(node.left), right: astJson(node.right) }
    case 'typeDeclaration':
      return { typeOf: 'typeDeclaration', node: astJson(node.node), type: astJson(node.varType) }
    case 'dbrp':
      return { typeOf: 'dbrp', db: astJson(node.db), rp: astJson(node.rp) }
    case 'chain':
      return { typeOf: 'chain', operator: node.operator, left: astJson(node.left), right: astJson(node.right) }
    case 'func':
      return { typeOf: 'func', functionType: node.functionType, args: node.args.map(astJson) }
    case 'lambda':
      return { typeOf: 'lambda', expression: astJson(node.expression) }
    case 'binary':
      return { typeOf: 'binary', operator: node.operator, left: astJson(node.left), right: astJson(node.right) }
    case 'unary':
      return { typeOf: 'unary', operator: node.operator, node: astJson(node.operand) }
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
      return { typeOf: 'list', nodes: node.items.map(astJson) }
    case 'star':
      return { typeOf: 'star' }
    case 'comment':
      return { typeOf: 'comment', comments: node.blocks.flat() }
  }
}

function numberJson(node: NumberNode): AstJson {
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
