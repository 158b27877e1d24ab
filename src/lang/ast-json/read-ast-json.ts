// Reads the JSON form of a tree again (ast-json.ts tells how it is written), and writes the script that it stands for.
// What comes from outside is not trusted: every member is checked, and the script must read back as the same tree.
import { parseDuration } from '../../base/duration.ts'
import { parseInt64 } from '../../base/int64.ts'
import type { Json } from '../../base/json-reader.ts'
import { compactJson, type Writable } from '../../base/json-writer.ts'
import type {
  BinaryNode,
  ChainNode,
  CommentNode,
  FunctionNode,
  FunctionType,
  IdentifierNode,
  ListItem,
  Node,
  NodeType,
  Program,
  ReferenceNode,
  UnaryNode,
} from '../ast.ts'
import { durationNode, floatNode, intNode, regexNode, stringNode } from '../build-ast.ts'
import { formatProgram } from '../formatter.ts'
import { readDuration } from '../literal.ts'
import { type ParseOptions, parse } from '../parser.ts'
import { astJson } from './ast-json.ts'

/** The JSON is no tree; the message begins with the path of the member at fault, as in `nodes[2].right`. */
export class AstJsonError extends Error {
  constructor(path: string, message: string) {
    super(path === '' ? message : `${path}: ${message}`)
    this.name = 'AstJsonError'
  }
}

type JsonObject = { readonly [key: string]: Json }

const NOWHERE = { pos: 0, end: 0 }
const FUNCTION_TYPES = ['global', 'chain', 'property', 'dynamic'] as const
const BINARY_OPERATORS = ['OR', 'AND', '==', '!=', '=~', '!~', '<', '<=', '>', '>=', '+', '-', '*', '/', '%'] as const
const UNARY_OPERATORS = ['-', '!'] as const
const CHAIN_OPERATORS = ['|', '.', '@'] as const
const FUNCTION_OF = { '|': 'chain', '.': 'property', '@': 'dynamic' } as const

/** Whether a JSON value is meant as a tree node. */
export function isAstJson(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && 'typeOf' in json
}

/** The tree of a JSON value; `path` is put before the paths in messages. Throws AstJsonError. */
export function readAstJson(json: Json | undefined, path = ''): Node {
  const o = objectOf(json, path)
  const node = READERS[oneOf(o, 'typeOf', Object.keys(READERS) as NodeType[], path)](o, path)
  return o['comment'] === undefined ? node : { ...node, comment: typed(o, 'comment', 'comment', path) as CommentNode }
}

/** The script of a tree's JSON, formatted. Throws AstJsonError, also when there is no script with this tree. */
export function scriptOfAstJson(json: Json, options: ParseOptions = {}): string {
  const node = readAstJson(json)
  return scriptOfTree(node.type === 'program' ? node : { type: 'program', statements: [node], ...NOWHERE }, options)
}

/** The text of a tree that may hold anything, as names with blanks in them. Throws AstJsonError when it reads back as another. */
export function scriptOfTree(program: Program, options: ParseOptions = {}): string {
  const text = formatProgram(program)
  const { program: again, diagnostics } = parse(text, options)
  const plain = (p: Program): string => compactJson(astJson(p) as Writable)
  if (diagnostics.length > 0 || plain(again) !== plain(program))
    throw new AstJsonError('', `no script has this tree${diagnostics[0] ? `: ${diagnostics[0].message}` : ''}`)
  return text
}

type Reader = (o: JsonObject, path: string) => Node

const READERS: Readonly<Record<NodeType, Reader>> = {
  program: (o, path) => ({ type: 'program', statements: nodesOf(o, 'nodes', path), ...NOWHERE }),
  declaration: (o, path) => ({
    type: 'declaration',
    left: typed(o, 'left', 'identifier', path) as IdentifierNode,
    right: member(o, 'right', path),
    ...NOWHERE,
  }),
  typeDeclaration: (o, path) => ({
    type: 'typeDeclaration',
    node: typed(o, 'node', 'identifier', path) as IdentifierNode,
    varType: typed(o, 'type', 'identifier', path) as IdentifierNode,
    ...NOWHERE,
  }),
  dbrp: (o, path) => ({
    type: 'dbrp',
    db: typed(o, 'db', 'reference', path) as ReferenceNode,
    rp: typed(o, 'rp', 'reference', path) as ReferenceNode,
    ...NOWHERE,
  }),
  chain: readChain,
  func: (o, path): FunctionNode => ({
    type: 'func',
    functionType: oneOf<FunctionType>(o, 'functionType', FUNCTION_TYPES, path),
    name: text(o, 'func', path),
    args: nodesOf(o, 'args', path),
    multiLine: truth(o, 'multiLine', path),
    ...NOWHERE,
  }),
  lambda: (o, path) => ({ type: 'lambda', expression: member(o, 'expression', path), ...NOWHERE }),
  binary: (o, path): BinaryNode => ({
    type: 'binary',
    operator: oneOf(o, 'operator', BINARY_OPERATORS, path),
    operatorPos: 0,
    left: member(o, 'left', path),
    right: member(o, 'right', path),
    parens: truth(o, 'parens', path),
    multiLine: truth(o, 'multiLine', path),
    ...NOWHERE,
  }),
  unary: (o, path): UnaryNode => ({
    type: 'unary',
    operator: oneOf(o, 'operator', UNARY_OPERATORS, path),
    operand: member(o, 'node', path),
    ...NOWHERE,
  }),
  identifier: (o, path) => ({ type: 'identifier', name: text(o, 'ident', path), ...NOWHERE }),
  reference: (o, path) => ({ type: 'reference', name: text(o, 'reference', path), ...NOWHERE }),
  string: (o, path) => stringNode(text(o, 'literal', path), truth(o, 'triple', path)),
  number: readNumber,
  duration: readDurationJson,
  bool: (o, path) => ({ type: 'bool', value: truth(o, 'bool', path), ...NOWHERE }),
  regex: (o, path) => regexNode(text(o, 'regex', path)),
  // Vars let lists hold more than scripts can write.
  list: (o, path) => ({ type: 'list', items: nodesOf(o, 'nodes', path) as readonly ListItem[], ...NOWHERE }),
  star: () => ({ type: 'star', ...NOWHERE }),
  comment: readComment,
}

function readChain(o: JsonObject, path: string): ChainNode {
  const operator = oneOf(o, 'operator', CHAIN_OPERATORS, path)
  const right = member(o, 'right', path)
  const fits = right.type === 'identifier' || (right.type === 'func' && right.functionType === FUNCTION_OF[operator])
  if (!fits) throw new AstJsonError(at(path, 'right'), `nothing that can follow a ${operator}`)
  return { type: 'chain', operator, operatorPos: 0, left: member(o, 'left', path), right, ...NOWHERE } as ChainNode
}

function readNumber(o: JsonObject, path: string): Node {
  if (truth(o, 'isint', path)) {
    const value = o['int64']
    const int = typeof value === 'number' || typeof value === 'bigint' ? parseInt64(String(value)) : undefined
    if (int === undefined) throw new AstJsonError(at(path, 'int64'), 'must be an integer of 64 bits')
    return intNode(int, o['base'] === 8 ? 8 : 10)
  }
  const value = o['float64']
  if (!truth(o, 'isfloat', path) || (typeof value !== 'number' && typeof value !== 'bigint'))
    throw new AstJsonError(path, 'must have isint with int64, or isfloat with float64')
  return floatNode(Number(value))
}

function readDurationJson(o: JsonObject, path: string): Node {
  const ns = parseDuration(text(o, 'duration', path))
  if (ns === undefined) throw new AstJsonError(at(path, 'duration'), 'must be a duration such as "10s"')
  if (o['text'] === undefined) return durationNode(ns)
  const written = text(o, 'text', path)
  const read = readDuration(written)
  if (!('ns' in read) || read.ns !== ns) throw new AstJsonError(at(path, 'text'), 'is not the same duration')
  return durationNode(ns, written)
}

function readComment(o: JsonObject, path: string): CommentNode {
  const lines = (json: Json | undefined, where: string): readonly string[] => {
    if (Array.isArray(json) && json.every((line) => typeof line === 'string' && !line.includes('\n')))
      return json as string[]
    throw new AstJsonError(where, 'must be a list of lines')
  }
  const { blocks } = o
  if (blocks === undefined) return { type: 'comment', blocks: [lines(o['comments'], at(path, 'comments'))], ...NOWHERE }
  if (!Array.isArray(blocks)) throw new AstJsonError(at(path, 'blocks'), 'must be a list of lists of lines')
  return {
    type: 'comment',
    blocks: blocks.map((block, i) => lines(block, `${at(path, 'blocks')}[${i}]`)),
    ...NOWHERE,
  }
}

function objectOf(json: Json | undefined, path: string): JsonObject {
  if (isAstJson(json)) return json
  throw new AstJsonError(path, 'must be an object with a typeOf')
}

function member(o: JsonObject, key: string, path: string): Node {
  return readAstJson(o[key], at(path, key))
}

function typed(o: JsonObject, key: string, type: NodeType, path: string): Node {
  const node = member(o, key, path)
  if (node.type !== type) throw new AstJsonError(at(path, key), `must be a ${type}`)
  return node
}

function nodesOf(o: JsonObject, key: string, path: string): readonly Node[] {
  const list = o[key]
  // Go writes an empty list as null.
  if (list === null) return []
  if (!Array.isArray(list)) throw new AstJsonError(at(path, key), 'must be a list')
  return list.map((json, i) => readAstJson(json, `${at(path, key)}[${i}]`))
}

function text(o: JsonObject, key: string, path: string): string {
  const value = o[key]
  if (typeof value !== 'string') throw new AstJsonError(at(path, key), 'must be text')
  return value
}

/** False when it is not there. */
function truth(o: JsonObject, key: string, path: string): boolean {
  const value = o[key]
  if (value !== undefined && typeof value !== 'boolean') throw new AstJsonError(at(path, key), 'must be true or false')
  return value === true
}

function oneOf<T extends string>(o: JsonObject, key: string, all: readonly T[], path: string): T {
  const found = all.find((one) => one === o[key])
  if (found === undefined) throw new AstJsonError(at(path, key), `must be one of ${all.join(' ')}`)
  return found
}

function at(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
