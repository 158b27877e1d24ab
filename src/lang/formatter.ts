// Writes a tree as canonical script text. The layout follows from the tree alone (its flags and comments included);
// the text is what clients of the API get to see, so every blank matters.
import type { BinaryNode, ChainNode, CommentNode, FunctionNode, ListNode, Node, Program } from './ast.ts'
import { writeDuration, writeFloat, writeInt, writeReference, writeRegex, writeString } from './literal.ts'
import { type ParseOptions, parseOrThrow } from './parser.ts'

const STEP = '    '

/** The canonical text of a script; throws a ScriptError if it does not parse. Empty input gives empty output. */
export function format(source: string, options: ParseOptions = {}): string {
  return formatProgram(parseOrThrow(source, options))
}

/** The canonical text of a script's tree. */
export function formatProgram(program: Program): string {
  const parts: string[] = []
  for (const [i, statement] of program.statements.entries()) {
    if (i > 0) parts.push('\n')
    write(parts, statement, '', true)
    parts.push('\n')
  }
  return parts.join('')
}

/** The canonical text of any node, without a line feed at its end. */
export function formatExpression(node: Node): string {
  if (node.type === 'program') return formatProgram(node)
  const parts: string[] = []
  write(parts, node, '', node.type === 'comment' || node.comment !== undefined)
  return parts.join('')
}

/** Writes a node; `newLine` tells that it begins a line, whose indent is then still to be written. */
function write(parts: string[], node: Node, indent: string, newLine: boolean): void {
  if (node.type === 'chain') writeChain(parts, node, indent, newLine)
  else if (node.type === 'comment') writeComment(parts, node, indent, newLine)
  else {
    if (node.comment) writeComment(parts, node.comment, indent, newLine)
    if (node.comment || newLine) parts.push(indent)
    writeBody(parts, node, indent)
  }
}

function writeBody(parts: string[], node: Exclude<Node, ChainNode | CommentNode>, indent: string): void {
  switch (node.type) {
    case 'identifier':
      parts.push(node.name)
      break
    case 'reference':
      parts.push(writeReference(node.name))
      break
    case 'string':
      parts.push(writeString(node.value, node.triple))
      break
    case 'number':
      parts.push(node.kind === 'int' ? writeInt(node.value, node.base) : writeFloat(node.value))
      break
    case 'duration':
      parts.push(writeDuration(node.ns, node.text))
      break
    case 'bool':
      parts.push(node.value ? 'TRUE' : 'FALSE')
      break
    case 'regex':
      parts.push(writeRegex(node.source))
      break
    case 'star':
      parts.push('*')
      break
    case 'list':
      writeList(parts, node, indent)
      break
    case 'unary':
      parts.push(node.operator)
      write(parts, node.operand, indent, false)
      break
    case 'binary':
      writeBinary(parts, node, indent)
      break
    case 'lambda':
      parts.push('lambda: ')
      write(parts, node.expression, indent, false)
      break
    case 'func':
      writeCall(parts, node, indent)
      break
    case 'declaration':
      parts.push('var ', node.left.name, ' = ')
      write(parts, node.right, indent, false)
      break
    case 'typeDeclaration':
      parts.push('var ', node.node.name, ' ', node.varType.name)
      break
    case 'dbrp':
      parts.push('dbrp ', writeReference(node.db.name), '.', writeReference(node.rp.name))
      break
    case 'program':
      parts.push(formatProgram(node))
      break
  }
}

function writeComment(parts: string[], comment: CommentNode, indent: string, newLine: boolean): void {
  if (!newLine) parts.push('\n')
  for (const [i, lines] of comment.blocks.entries()) {
    if (i > 0) parts.push('\n')
    for (const line of lines) parts.push(indent, line === '' ? '//' : `// ${line}`, '\n')
  }
}

function writeChain(parts: string[], chain: ChainNode, indent: string, newLine: boolean): void {
  const links: ChainNode[] = []
  let source: Node = chain
  while (source.type === 'chain') {
    links.push(source)
    source = source.left
  }
  write(parts, source, indent, newLine)
  for (const link of links.reverse()) {
    const linkIndent = indent + (link.operator === '.' ? STEP + STEP : STEP)
    parts.push('\n')
    if (link.comment) writeComment(parts, link.comment, linkIndent, true)
    parts.push(linkIndent, link.operator)
    write(parts, link.right, linkIndent, false)
  }
}

function writeCall(parts: string[], call: FunctionNode, indent: string): void {
  const broken = call.multiLine && call.args.length > 0
  parts.push(call.name, '(')
  for (const [i, arg] of call.args.entries()) {
    if (i > 0) parts.push(broken ? ',' : ', ')
    if (broken) parts.push('\n')
    write(parts, arg, indent + STEP, broken)
  }
  if (broken) parts.push('\n', indent)
  parts.push(')')
}

function writeList(parts: string[], list: ListNode, indent: string): void {
  parts.push('[')
  for (const [i, item] of list.items.entries()) {
    if (i > 0) parts.push(', ')
    write(parts, item, indent, false)
  }
  parts.push(']')
}

function writeBinary(parts: string[], node: BinaryNode, indent: string): void {
  const inner = node.parens ? indent + STEP : indent
  if (node.parens) parts.push('(')
  // The left operand never begins a line of its own: a comment on it leaves the begun line empty.
  write(parts, node.left, inner, false)
  parts.push(' ', node.operator, node.multiLine ? '\n' : ' ')
  write(parts, node.right, inner, node.multiLine)
  if (node.parens) parts.push(')')
}
