// The tree of a TICKscript: plain readonly objects, told apart by `type`.
// It holds what stood in the source and where (offsets only); it knows nothing of scopes, types or nodes of a
// pipeline. Line and character are computed from an offset when they are shown, see diagnostic.ts.
import type { Int } from '../base/int64.ts'

/** What every tree node carries. */
export interface NodeBase {
  /** UTF-16 index into the source of the node's first character (its comment not included); 0 in nodes made by code. */
  readonly pos: number
  /** UTF-16 index just past the node's last character; 0 in nodes made by code. */
  readonly end: number
  /** The comment that stands before the node. */
  readonly comment?: CommentNode | undefined
}

/** Comment lines without their slashes. A block is a run of lines without a blank line between them. */
export interface CommentNode extends NodeBase {
  readonly type: 'comment'
  readonly blocks: readonly (readonly string[])[]
}

export interface IdentifierNode extends NodeBase {
  readonly type: 'identifier'
  readonly name: string
}

/** `"name"`: a field, a tag or `time`. `name` is unescaped. */
export interface ReferenceNode extends NodeBase {
  readonly type: 'reference'
  readonly name: string
}

/** `value` is unescaped; `triple` tells how it was quoted. */
export interface StringNode extends NodeBase {
  readonly type: 'string'
  readonly value: string
  readonly triple: boolean
}

/** A signed 64-bit integer: a number while it is safe, else a bigint. `base` is 8 when it was written with a leading 0. */
export interface IntNode extends NodeBase {
  readonly type: 'number'
  readonly kind: 'int'
  readonly value: Int
  readonly base: 8 | 10
}

export interface FloatNode extends NodeBase {
  readonly type: 'number'
  readonly kind: 'float'
  readonly value: number
  readonly base: 10
}

export type NumberNode = IntNode | FloatNode

/** Nanoseconds: a number while it is safe, else a bigint. `text` is the literal as written; made by code it may lack. */
export interface DurationNode extends NodeBase {
  readonly type: 'duration'
  readonly ns: Int
  readonly text?: string | undefined
}

export interface BoolNode extends NodeBase {
  readonly type: 'bool'
  readonly value: boolean
}

/** `source` is the pattern without the slashes around it, `\/` already turned into `/`. */
export interface RegexNode extends NodeBase {
  readonly type: 'regex'
  readonly source: string
}

/** The value `*`, as in `groupBy(*)`. */
export interface StarNode extends NodeBase {
  readonly type: 'star'
}

export interface ListNode extends NodeBase {
  readonly type: 'list'
  readonly items: readonly ListItem[]
}

export type ListItem = IdentifierNode | StringNode | StarNode

export interface UnaryNode extends NodeBase {
  readonly type: 'unary'
  readonly operator: UnaryOperator
  readonly operand: Node
}

export interface BinaryNode extends NodeBase {
  readonly type: 'binary'
  readonly operator: BinaryOperator
  /** UTF-16 index of the operator. */
  readonly operatorPos: number
  readonly left: Node
  readonly right: Node
  /** Whether it stood in parentheses; `pos` and `end` then include them. */
  readonly parens: boolean
  /** Whether the source had a line break between the beginnings of the operands. */
  readonly multiLine: boolean
}

/** `pos` is that of the word `lambda:`. */
export interface LambdaNode extends NodeBase {
  readonly type: 'lambda'
  readonly expression: Node
}

/** How a call was made: alone, after `|`, after `.` or after `@`. */
export type FunctionType = 'global' | 'chain' | 'property' | 'dynamic'

/** `pos` is that of the name. */
export interface FunctionNode extends NodeBase {
  readonly type: 'func'
  readonly functionType: FunctionType
  readonly name: string
  readonly args: readonly Node[]
  /** Whether the source had a line break between the name and the beginning of the last argument. */
  readonly multiLine: boolean
}

export type ChainOperator = '|' | '.' | '@'

/** `left|right`. The comment of a chain stands before its operator, that of its source before the leftmost node. */
export interface ChainNode extends NodeBase {
  readonly type: 'chain'
  readonly operator: ChainOperator
  /** UTF-16 index of the operator. */
  readonly operatorPos: number
  readonly left: Node
  /** A call, or a name when a property is read. */
  readonly right: FunctionNode | IdentifierNode
}

/** `var left = right` */
export interface DeclarationNode extends NodeBase {
  readonly type: 'declaration'
  readonly left: IdentifierNode
  readonly right: Node
}

/** `var node varType` */
export interface TypeDeclarationNode extends NodeBase {
  readonly type: 'typeDeclaration'
  readonly node: IdentifierNode
  readonly varType: IdentifierNode
}

/** `dbrp "db"."rp"` */
export interface DbrpNode extends NodeBase {
  readonly type: 'dbrp'
  readonly db: ReferenceNode
  readonly rp: ReferenceNode
}

/** A whole script. A comment at its very end is a statement of its own. */
export interface Program extends NodeBase {
  readonly type: 'program'
  readonly statements: readonly Node[]
}

export type LiteralNode = StringNode | NumberNode | DurationNode | BoolNode | RegexNode | StarNode

export type Node =
  | LiteralNode
  | IdentifierNode
  | ReferenceNode
  | ListNode
  | UnaryNode
  | BinaryNode
  | LambdaNode
  | FunctionNode
  | ChainNode
  | DeclarationNode
  | TypeDeclarationNode
  | DbrpNode
  | CommentNode
  | Program

export type NodeType = Node['type']

export type UnaryOperator = '-' | '!'

export type BinaryOperator =
  | 'OR'
  | 'AND'
  | '=='
  | '!='
  | '=~'
  | '!~'
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'

/**
 * The description of a var: the comment above its declaration, lines joined by a line feed; '' without one.
 * Two blocks are kept apart by two empty lines, as clients know it from Kapacitor.
 */
export function descriptionOf(node: DeclarationNode | TypeDeclarationNode): string {
  return node.comment?.blocks.map((lines) => lines.join('\n')).join('\n\n\n') ?? ''
}
