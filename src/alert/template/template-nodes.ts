/**
 * The tree of a parsed template, and a node's text as error messages quote it.
 * Must not know how trees come about or run.
 */
import { quoteText } from './go-quote.ts'

interface At {
  /** UTF-16 units from the start of the template. */
  readonly pos: number
}

export interface DotNode extends At {
  readonly type: 'dot'
}
export interface NilNode extends At {
  readonly type: 'nil'
}
export interface BoolNode extends At {
  readonly type: 'bool'
  readonly value: boolean
}
export interface StringNode extends At {
  readonly type: 'string'
  readonly quoted: string
  readonly value: string
}

/** A constant under all the types that can hold it; int is exact. */
export interface NumberNode extends At {
  readonly type: 'number'
  readonly text: string
  readonly int?: number | bigint
  readonly uint?: number | bigint
  readonly float?: number
  readonly complex?: { readonly re: number; readonly im: number }
}

/** .A.B */
export interface FieldNode extends At {
  readonly type: 'field'
  readonly idents: readonly string[]
}
/** $x.A.B; the first ident is the variable with its dollar sign. */
export interface VariableNode extends At {
  readonly type: 'variable'
  readonly idents: readonly string[]
}
/** (pipeline).A.B */
export interface ChainNode extends At {
  readonly type: 'chain'
  readonly node: Operand
  readonly fields: readonly string[]
}
export interface IdentifierNode extends At {
  readonly type: 'identifier'
  readonly ident: string
}

export type Operand =
  | DotNode
  | NilNode
  | BoolNode
  | StringNode
  | NumberNode
  | FieldNode
  | VariableNode
  | ChainNode
  | IdentifierNode
  | PipeNode

export interface CommandNode extends At {
  readonly type: 'command'
  readonly args: readonly Operand[]
}

export interface PipeNode extends At {
  readonly type: 'pipe'
  readonly line: number
  readonly declared: readonly VariableNode[]
  readonly assigns: boolean
  readonly commands: readonly CommandNode[]
}

export interface TextNode extends At {
  readonly type: 'text'
  readonly text: string
}
export interface ActionNode extends At {
  readonly type: 'action'
  readonly line: number
  readonly pipe: PipeNode
}
export interface BreakNode extends At {
  readonly type: 'break' | 'continue'
  readonly line: number
}
export interface BranchNode extends At {
  readonly type: 'if' | 'range' | 'with'
  readonly line: number
  readonly pipe: PipeNode
  readonly list: ListNode
  readonly otherwise: ListNode | undefined
}
export interface TemplateNode extends At {
  readonly type: 'template'
  readonly line: number
  readonly name: string
  readonly pipe: PipeNode | undefined
}
export interface ListNode extends At {
  readonly type: 'list'
  readonly nodes: readonly Statement[]
}

export type Statement = TextNode | ActionNode | BreakNode | BranchNode | TemplateNode
export type TemplateTreeNode = Operand | CommandNode | Statement | ListNode

/** A template of a set: its own name and tree. All of a set come from one text. */
export interface TemplateTree {
  readonly name: string
  readonly root: ListNode
}

const argText = (arg: Operand): string => (arg.type === 'pipe' ? `(${nodeText(arg)})` : nodeText(arg))

const pipeText = (pipe: PipeNode): string => {
  const names = pipe.declared.map(nodeText).join(', ')
  const commands = pipe.commands.map(nodeText).join(' | ')
  return names === '' ? commands : `${names} ${pipe.assigns ? '=' : ':='} ${commands}`
}

const branchText = (node: BranchNode): string => {
  const otherwise = node.otherwise === undefined ? '' : `{{else}}${nodeText(node.otherwise)}`
  return `{{${node.type} ${nodeText(node.pipe)}}}${nodeText(node.list)}${otherwise}{{end}}`
}

/** The node as Go writes it back. */
export const nodeText = (node: TemplateTreeNode): string => {
  switch (node.type) {
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'bool':
      return String(node.value)
    case 'string':
      return node.quoted
    case 'number':
    case 'text':
      return node.text
    case 'field':
      return node.idents.map((ident) => `.${ident}`).join('')
    case 'variable':
      return node.idents.join('.')
    case 'chain':
      return `${argText(node.node)}${node.fields.map((field) => `.${field}`).join('')}`
    case 'identifier':
      return node.ident
    case 'command':
      return node.args.map(argText).join(' ')
    case 'pipe':
      return pipeText(node)
    case 'action':
      return `{{${nodeText(node.pipe)}}}`
    case 'break':
    case 'continue':
      return `{{${node.type}}}`
    case 'if':
    case 'range':
    case 'with':
      return branchText(node)
    case 'template':
      return `{{template ${quoteText(node.name)}${node.pipe === undefined ? '' : ` ${nodeText(node.pipe)}`}}}`
    case 'list':
      return node.nodes.map(nodeText).join('')
  }
}
