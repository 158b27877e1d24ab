/**
 * Tokens to template trees: actions, pipelines, control structures, definitions. Owns the grammar and its errors,
 * which name the line of the last token read, as Go's do. Must not know how trees run.
 */
import { quoteText, unquote } from './go-quote.ts'
import { TemplateError } from './template-error.ts'
import { Lexer, type Token, type TokenType, tokenText } from './template-lexer.ts'
import {
  type ActionNode,
  type BranchNode,
  type BreakNode,
  type ChainNode,
  type CommandNode,
  type ListNode,
  type NumberNode,
  nodeText,
  type Operand,
  type PipeNode,
  type Statement,
  type TemplateNode,
  type TemplateTree,
  type VariableNode,
} from './template-nodes.ts'
import { parseChar, parseComplex, parseNumber } from './template-number.ts'
import { TokenStream } from './template-tokens.ts'

/** {{end}} and {{else}}, which close a list and do not stay in the tree. */
interface Closer {
  readonly type: 'end' | 'else'
  readonly pos: number
}

type Item = Statement | Closer

const isCloser = (item: Item): item is Closer => item.type === 'end' || item.type === 'else'

/** Parentheses and blocks may nest this deep; Go allows more, no template needs it. */
const maxNesting = 500

const operandStarts: ReadonlySet<TokenType> = new Set<TokenType>([
  'bool',
  'charconst',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawstring',
  'string',
  'variable',
  'paren',
])

const notExecutable: ReadonlySet<string> = new Set(['bool', 'dot', 'nil', 'number', 'string'])

/** Whether a tree holds nothing but space, so that another definition of its name may replace it. */
const isEmptyTree = (root: ListNode): boolean =>
  root.nodes.every((node) => node.type === 'text' && node.text.trim() === '')

/** What the parsers of one text share. */
interface Source {
  readonly name: string
  readonly lexer: Lexer
  readonly functions: ReadonlySet<string>
  readonly trees: Map<string, TemplateTree>
  depth: number
}

class TreeParser {
  readonly #source: Source
  readonly #tokens: TokenStream
  #vars: string[] = ['$']
  #ranges = 0
  #actionLine = 0

  constructor(source: Source) {
    this.#source = source
    this.#tokens = new TokenStream(source.lexer)
  }

  #fail(message: string): never {
    const token = this.#tokens.latest
    const line = token?.line ?? 0
    throw new TemplateError(`template: ${this.#source.name}:${line}: ${message}`, Math.max(line, 1), token?.pos ?? 0)
  }

  #unexpected(token: Token, context: string): never {
    if (token.type !== 'error') this.#fail(`unexpected ${tokenText(token)} in ${context}`)
    let extra = ''
    if (this.#actionLine !== 0 && this.#actionLine !== token.line) {
      const started = `started at ${this.#source.name}:${this.#actionLine}`
      extra = token.text.endsWith(' action') ? ` ${started}` : ` in action ${started}`
    }
    this.#fail(token.text + extra)
  }

  #expect(type: TokenType, context: string): Token {
    const token = this.#tokens.nextNonSpace()
    return token.type === type ? token : this.#unexpected(token, context)
  }

  #nested<T>(parse: () => T): T {
    if (++this.#source.depth > maxNesting) this.#fail('max expression depth exceeded')
    const result = parse()
    this.#source.depth--
    return result
  }

  #add(name: string, root: ListNode): void {
    const known = this.#source.trees.get(name)
    if (known === undefined || isEmptyTree(known.root)) this.#source.trees.set(name, { name, root })
    else if (!isEmptyTree(root)) this.#fail(`template: multiple definition of template ${quoteText(name)}`)
  }

  /** The whole text: like a list, with definitions between. */
  main(): void {
    const nodes: Statement[] = []
    const { pos } = this.#tokens.peek()
    while (this.#tokens.peek().type !== 'eof') {
      if (this.#tokens.peek().type === 'left') {
        const left = this.#tokens.next()
        if (this.#tokens.nextNonSpace().type === 'define') {
          new TreeParser(this.#source).#definition()
          continue
        }
        this.#tokens.backup2(left)
      }
      const item = this.#textOrAction()
      if (isCloser(item)) this.#fail(`unexpected {{${item.type}}}`)
      nodes.push(item)
    }
    this.#add(this.#source.name, { type: 'list', pos, nodes })
  }

  #definition(): void {
    const context = 'define clause'
    const token = this.#tokens.nextNonSpace()
    const name = this.#templateName(token, context)
    this.#expect('right', context)
    const { list, closer } = this.#list()
    if (closer.type !== 'end') this.#fail(`unexpected {{else}} in ${context}`)
    this.#add(name, list)
  }

  /** Statements up to {{end}} or {{else}}. */
  #list(): { list: ListNode; closer: Closer } {
    return this.#nested(() => {
      const nodes: Statement[] = []
      const { pos } = this.#tokens.peekNonSpace()
      while (this.#tokens.peekNonSpace().type !== 'eof') {
        const item = this.#textOrAction()
        if (isCloser(item)) return { list: { type: 'list', pos, nodes }, closer: item }
        nodes.push(item)
      }
      return this.#fail('unexpected EOF')
    })
  }

  #textOrAction(): Item {
    const token = this.#tokens.nextNonSpace()
    if (token.type === 'text') return { type: 'text', pos: token.pos, text: token.text }
    if (token.type !== 'left') return this.#unexpected(token, 'input')
    this.#actionLine = token.line
    const item = this.#action()
    this.#actionLine = 0
    return item
  }

  #action(): Item {
    const token = this.#tokens.nextNonSpace()
    switch (token.type) {
      case 'block':
        return this.#block()
      case 'break':
      case 'continue':
        return this.#breakOrContinue(token, token.type)
      case 'else':
        return this.#else()
      case 'end':
        return { type: 'end', pos: this.#expect('right', 'end').pos }
      case 'if':
      case 'range':
      case 'with':
        return this.#branch(token.type)
      case 'template':
        return this.#template()
    }
    this.#tokens.backup()
    const { pos, line } = this.#tokens.peek()
    return { type: 'action', pos, line, pipe: this.#pipeline('command', 'right') } satisfies ActionNode
  }

  #breakOrContinue(token: Token, type: 'break' | 'continue'): BreakNode {
    const next = this.#tokens.nextNonSpace()
    if (next.type !== 'right') this.#unexpected(next, `{{${type}}}`)
    if (this.#ranges === 0) this.#fail(`{{${type}}} outside {{range}}`)
    return { type, pos: token.pos, line: token.line }
  }

  #else(): Closer {
    const next = this.#tokens.peekNonSpace()
    // "else if" and "else with": the keyword stays for the branch to go on with.
    if (next.type === 'if' || next.type === 'with') return { type: 'else', pos: next.pos }
    return { type: 'else', pos: this.#expect('right', 'else').pos }
  }

  #branch(type: 'if' | 'range' | 'with'): BranchNode {
    const outer = this.#vars.length
    const pipe = this.#pipeline(type, 'right')
    if (type === 'range') this.#ranges++
    const { list, closer } = this.#list()
    if (type === 'range') this.#ranges--
    const otherwise = closer.type === 'else' ? this.#otherwise(type, closer.pos) : undefined
    this.#vars.length = outer
    return { type, pos: pipe.pos, line: pipe.line, pipe, list, otherwise }
  }

  #otherwise(type: 'if' | 'range' | 'with', pos: number): ListNode {
    if (type !== 'range' && this.#tokens.peek().type === type) {
      this.#tokens.next()
      return this.#nested(() => ({ type: 'list', pos, nodes: [this.#branch(type)] }))
    }
    const { list, closer } = this.#list()
    if (closer.type !== 'end') this.#fail(`expected end; found {{${closer.type}}}`)
    return list
  }

  #block(): TemplateNode {
    const context = 'block clause'
    const token = this.#tokens.nextNonSpace()
    const name = this.#templateName(token, context)
    const pipe = this.#pipeline(context, 'right')
    const inner = new TreeParser(this.#source)
    const { list, closer } = inner.#list()
    if (closer.type !== 'end') this.#fail(`unexpected {{else}} in ${context}`)
    inner.#add(name, list)
    return { type: 'template', pos: token.pos, line: token.line, name, pipe }
  }

  #template(): TemplateNode {
    const context = 'template clause'
    const token = this.#tokens.nextNonSpace()
    const name = this.#templateName(token, context)
    let pipe: PipeNode | undefined
    if (this.#tokens.nextNonSpace().type !== 'right') {
      this.#tokens.backup()
      pipe = this.#pipeline(context, 'right')
    }
    return { type: 'template', pos: token.pos, line: token.line, name, pipe }
  }

  #templateName(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'rawstring') this.#unexpected(token, context)
    return unquote(token.text) ?? this.#fail('invalid syntax')
  }

  #pipeline(context: string, end: 'right' | 'endparen'): PipeNode {
    const { pos, line } = this.#tokens.peekNonSpace()
    const declared: VariableNode[] = []
    const assigns = this.#declarations(context, declared)
    const commands: CommandNode[] = []
    for (;;) {
      const token = this.#tokens.nextNonSpace()
      if (token.type === end) break
      if (!operandStarts.has(token.type)) this.#unexpected(token, context)
      this.#tokens.backup()
      commands.push(this.#command())
    }
    if (commands.length === 0) this.#fail(`missing value for ${context}`)
    commands.forEach((command, i) => {
      if (i > 0 && notExecutable.has(command.args[0]!.type)) {
        this.#fail(`non executable command in pipeline stage ${i + 1}`)
      }
    })
    return { type: 'pipe', pos, line, declared, assigns, commands }
  }

  /** `$x :=`, `$x =` or `$i, $x :=` at the start of a pipeline; whether it assigns. */
  #declarations(context: string, declared: VariableNode[]): boolean {
    for (;;) {
      const variable = this.#tokens.peekNonSpace()
      if (variable.type !== 'variable') return false
      this.#tokens.next()
      const adjacent = this.#tokens.peek()
      const next = this.#tokens.peekNonSpace()
      const comma = next.type === 'char' && next.text === ','
      if (next.type === 'assign' || next.type === 'declare' || comma) {
        this.#tokens.nextNonSpace()
        declared.push(variableNode(variable.pos, variable.text))
        this.#vars.push(variable.text)
        if (!comma) return next.type === 'assign'
        if (context !== 'range' || declared.length >= 2) this.#fail(`too many declarations in ${context}`)
        const { type } = this.#tokens.peekNonSpace()
        if (type !== 'variable' && type !== 'right' && type !== 'endparen') {
          this.#fail('range can only initialize variables')
        }
        continue
      }
      if (adjacent.type === 'space') this.#tokens.backup3(variable, adjacent)
      else this.#tokens.backup2(variable)
      return false
    }
  }

  #command(): CommandNode {
    const { pos } = this.#tokens.peekNonSpace()
    const args: Operand[] = []
    for (;;) {
      this.#tokens.peekNonSpace()
      const operand = this.#operand()
      if (operand !== undefined) args.push(operand)
      const token = this.#tokens.next()
      if (token.type === 'space') continue
      if (token.type === 'right' || token.type === 'endparen') this.#tokens.backup()
      else if (token.type !== 'pipe') this.#unexpected(token, 'operand')
      break
    }
    if (args.length === 0) this.#fail('empty command')
    return { type: 'command', pos, args }
  }

  /** A term and the fields behind it; undefined when no operand comes next. */
  #operand(): Operand | undefined {
    const node = this.#term()
    if (node === undefined || this.#tokens.peek().type !== 'field') return node
    const { pos } = this.#tokens.peek()
    const fields: string[] = []
    while (this.#tokens.peek().type === 'field') fields.push(this.#tokens.next().text.slice(1))
    switch (node.type) {
      case 'field':
        return { type: 'field', pos, idents: [...node.idents, ...fields] }
      case 'variable':
        return { type: 'variable', pos, idents: [...node.idents, ...fields] }
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return this.#fail(`unexpected . after term ${quoteText(nodeText(node))}`)
      default:
        return { type: 'chain', pos, node, fields } satisfies ChainNode
    }
  }

  #term(): Operand | undefined {
    const token = this.#tokens.nextNonSpace()
    const { pos, text } = token
    switch (token.type) {
      case 'identifier':
        if (!this.#source.functions.has(text)) this.#fail(`function ${quoteText(text)} not defined`)
        return { type: 'identifier', pos, ident: text }
      case 'dot':
      case 'nil':
        return { type: token.type, pos }
      case 'variable':
        if (!this.#vars.includes(text)) this.#fail(`undefined variable ${quoteText(text)}`)
        return variableNode(pos, text)
      case 'field':
        return { type: 'field', pos, idents: [text.slice(1)] }
      case 'bool':
        return { type: 'bool', pos, value: text === 'true' }
      case 'charconst':
      case 'complex':
      case 'number':
        return this.#number(token)
      case 'paren':
        return this.#nested(() => this.#pipeline('parenthesized pipeline', 'endparen'))
      case 'string':
      case 'rawstring':
        return { type: 'string', pos, quoted: text, value: unquote(text) ?? this.#fail('invalid syntax') }
    }
    this.#tokens.backup()
    return undefined
  }

  #number(token: Token): NumberNode {
    const parse = token.type === 'charconst' ? parseChar : token.type === 'complex' ? parseComplex : parseNumber
    const held = parse(token.text)
    if (typeof held === 'string') this.#fail(held)
    return { type: 'number', pos: token.pos, text: token.text, ...held }
  }
}

const variableNode = (pos: number, name: string): VariableNode => ({ type: 'variable', pos, idents: [name] })

/** The templates of a text by name, its own under `name`. Throws TemplateError. */
export const parseTrees = (
  name: string,
  text: string,
  functions: ReadonlySet<string>,
): ReadonlyMap<string, TemplateTree> => {
  const trees = new Map<string, TemplateTree>()
  new TreeParser({ name, lexer: new Lexer(text), functions, trees, depth: 0 }).main()
  return trees
}
