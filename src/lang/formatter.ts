// Writes a tree as canonical script text. The layout follows from the tree alone (its flags and comments included);
// the text is what clients of the API get to see, so every blank matters. It adds parentheses only where the text
// would read back as another tree without them.
import type { BinaryNode, ChainNode, CommentNode, FunctionNode, ListNode, Node, Program } from './ast.ts'
import { writeDuration, writeFloat, writeInt, writeReference, writeRegex, writeString } from './literal.ts'
import { type ParseOptions, parseOrThrow } from './parser.ts'
import { precedence } from './token.ts'

const STEP = '    '

/** The canonical text of a script; throws a ScriptError if it does not parse. Empty input gives empty output. */
export function format(source: string, options: ParseOptions = {}): string {
  return formatProgram(parseOrThrow(source, options))
}

/** The canonical text of a script's tree. */
export function formatProgram(program: Program): string {
  const { statements } = program
  let last = ''
  // From the last to the first: a name that has to stand in parentheses opens with one itself.
  const opens: boolean[] = []
  for (let i = statements.length - 1; i >= 0; i--) {
    const statement = statements[i]!
    opens[i] = mayOpenWithParenthesis(statement) || (statement.type === 'identifier' && opens[i + 1] === true)
  }
  const texts = statements.map((statement, i) => {
    const previous = statements[i - 1]
    const parts: string[] = []
    write(parts, statement, {
      indent: '',
      newLine: true,
      afterOperand: i > 0 && !/[*/\]]$/.test(last),
      continues: previous !== undefined && mayContinue(previous),
      after: opens[i + 1] ? 'parenthesis' : 'nothing',
    })
    last = parts.join('')
    return `${last}\n`
  })
  return texts.join('\n')
}

/** The canonical text of any node, without a line feed at its end. */
export function formatExpression(node: Node): string {
  if (node.type === 'program') return formatProgram(node)
  const parts: string[] = []
  write(parts, node, { ...INSIDE, indent: '', newLine: node.comment !== undefined })
  return parts.join('')
}

interface Place {
  readonly indent: string
  /** Whether the node begins a line, whose indent is then still to be written. */
  readonly newLine: boolean
  /** Whether the lexer takes `*` and `/` for operators here: after a statement, mostly, and after `lambda:`. */
  readonly afterOperand: boolean
  /** Whether a minus here would be taken for that of a subtraction from the statement before. */
  readonly continues: boolean
  /** What comes next: no operator may follow `*` or a regex, and a name before a parenthesis would be a call. */
  readonly after: 'nothing' | 'operator' | 'parenthesis'
}

const INSIDE = { afterOperand: false, continues: false, after: 'nothing' } as const

function write(parts: string[], node: Node, place: Place): void {
  if (node.type === 'chain') writeChain(parts, node, place)
  else if (node.type === 'comment') writeComment(parts, node, place.indent, place.newLine)
  else {
    if (node.comment) writeComment(parts, node.comment, place.indent, place.newLine)
    if (node.comment || place.newLine) parts.push(place.indent)
    const wrap = needsParentheses(node, place)
    if (wrap) parts.push('(')
    writeBody(parts, node, wrap ? { ...place, ...INSIDE } : place)
    if (wrap) parts.push(')')
  }
}

function needsParentheses(node: Node, { afterOperand, continues, after }: Place): boolean {
  switch (node.type) {
    case 'star':
    case 'regex':
      return after === 'operator' || (afterOperand && !node.comment)
    case 'unary':
      return continues && node.operator === '-'
    case 'identifier':
      return after === 'parenthesis'
    default:
      return false
  }
}

/** Whether an operator after the statement would be taken for a part of it. */
function mayContinue(statement: Node): boolean {
  if (statement.type === 'declaration') return mayContinue(statement.right)
  return !['chain', 'list', 'dbrp', 'typeDeclaration'].includes(statement.type)
}

function mayOpenWithParenthesis(node: Node): boolean {
  if (node.type === 'binary') return node.parens || mayOpenWithParenthesis(node.left)
  return node.type === 'star' || node.type === 'regex' || (node.type === 'unary' && node.operator === '-')
}

function writeBody(parts: string[], node: Exclude<Node, ChainNode | CommentNode>, place: Place): void {
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
      writeList(parts, node, place.indent)
      break
    case 'unary':
      parts.push(node.operator)
      write(parts, grouped(node.operand, Number.POSITIVE_INFINITY), operandPlace(place))
      break
    case 'binary':
      writeBinary(parts, node, place)
      break
    case 'lambda':
      parts.push('lambda: ')
      write(parts, node.expression, { ...operandPlace(place), afterOperand: true })
      break
    case 'func':
      writeCall(parts, node, place.indent)
      break
    case 'declaration':
      parts.push('var ', node.left.name, ' = ')
      write(parts, node.right, operandPlace(place))
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

/** The place right after a sign that only an operand can follow. */
function operandPlace(place: Place): Place {
  return { ...place, newLine: false, afterOperand: false, continues: false }
}

function writeComment(parts: string[], comment: CommentNode, indent: string, newLine: boolean): void {
  if (!newLine) parts.push('\n')
  for (const [i, lines] of comment.blocks.entries()) {
    if (i > 0) parts.push('\n')
    for (const line of lines) parts.push(indent, line === '' ? '//' : `// ${line}`, '\n')
  }
}

function writeChain(parts: string[], chain: ChainNode, { indent, newLine }: Place): void {
  const links: ChainNode[] = []
  let source: Node = chain
  while (source.type === 'chain') {
    links.push(source)
    source = source.left
  }
  write(parts, source, { ...INSIDE, indent, newLine })
  for (const link of links.reverse()) {
    const linkIndent = indent + (link.operator === '.' ? STEP + STEP : STEP)
    parts.push('\n')
    if (link.comment) writeComment(parts, link.comment, linkIndent, true)
    parts.push(linkIndent, link.operator)
    write(parts, link.right, { ...INSIDE, indent: linkIndent, newLine: false })
  }
}

function writeCall(parts: string[], call: FunctionNode, indent: string): void {
  const broken = call.multiLine && call.args.length > 0
  parts.push(call.name, '(')
  for (const [i, arg] of call.args.entries()) {
    if (i > 0) parts.push(broken ? ',' : ', ')
    if (broken) parts.push('\n')
    write(parts, arg, { ...INSIDE, indent: indent + STEP, newLine: broken })
  }
  if (broken) parts.push('\n', indent)
  parts.push(')')
}

function writeList(parts: string[], list: ListNode, indent: string): void {
  parts.push('[')
  for (const [i, item] of list.items.entries()) {
    if (i > 0) parts.push(', ')
    write(parts, item, { ...INSIDE, indent, newLine: false })
  }
  parts.push(']')
}

function writeBinary(parts: string[], node: BinaryNode, place: Place): void {
  const { operator, parens, multiLine } = node
  const level = precedence(operator)
  const inner: Place = parens
    ? { ...INSIDE, indent: place.indent + STEP, newLine: false }
    : { ...place, newLine: false }
  // Words and the minus are the same to the lexer whatever stood before them.
  const after = operator === 'AND' || operator === 'OR' || operator === '-' ? 'nothing' : 'operator'
  if (parens) parts.push('(')
  // The left operand never counts as the beginning of a line: a comment on it leaves the line that was begun empty.
  write(parts, grouped(node.left, level), { ...inner, after })
  parts.push(' ', operator, multiLine ? '\n' : ' ')
  write(parts, grouped(node.right, level + 1), { ...operandPlace(inner), newLine: multiLine })
  if (parens) parts.push(')')
}

/** An operand as it must be written: an operation that binds too loosely, as trees made by code may hold it, in parentheses. */
function grouped(operand: Node, level: number): Node {
  return operand.type === 'binary' && !operand.parens && precedence(operand.operator) < level
    ? { ...operand, parens: true }
    : operand
}
