// The grammar of expressions: chains, calls, lists, lambdas, operators, literals.
// It builds tree nodes from the tokens of a cursor; statements are in parser.ts, values of literals in literal.ts.

import type { Int } from '../base/int64.ts'
import type {
  BinaryOperator,
  ChainNode,
  ChainOperator,
  CommentNode,
  FunctionNode,
  FunctionType,
  IdentifierNode,
  LambdaNode,
  ListItem,
  ListNode,
  Node,
  UnaryOperator,
} from './ast.ts'
import { readDuration, readNumber, unescapeQuote } from './literal.ts'
import { type ParseCursor, SyntaxFailure } from './parse-cursor.ts'
import type { SyntaxCode } from './syntax-codes.ts'
import { OPERAND_NAMES, precedence, type Token, type TokenKind } from './token.ts'

/** Gives what is wrong with a regex pattern, as RE2 words it (`error parsing regexp: …`), or undefined. */
export type ValidateRegex = (source: string) => string | undefined

export class ExpressionParser {
  readonly #cursor: ParseCursor
  readonly #validateRegex: ValidateRegex | undefined

  constructor(cursor: ParseCursor, validateRegex: ValidateRegex | undefined) {
    this.#cursor = cursor
    this.#validateRegex = validateRegex
  }

  /** Anything that may stand on the right of `var x =`, as an argument of a call, or as a statement. */
  expression(): Node {
    return this.#cursor.nest(() => {
      switch (this.#cursor.token.kind) {
        case 'identifier': {
          const term = this.#callOrName('global', () => this.expression())
          return precedence(this.#cursor.token.kind) >= 0 ? this.#binary(term, 0) : this.#chain(term)
        }
        case 'lambda':
          return this.#lambda()
        case '[':
          return this.#list()
        default:
          return this.primaryExpression()
      }
    })
  }

  /** Operands and operators only, no chains: what a lambda is made of. */
  primaryExpression(): Node {
    return this.#binary(this.#primary(), 0)
  }

  #chain(source: Node): Node {
    const cursor = this.#cursor
    const brackets = cursor.brackets
    let left = source
    while (isChainOperator(cursor.token.kind)) {
      const operatorComment = cursor.takeComment()
      const { start: operatorPos, kind } = cursor.advance()
      const operator = kind as ChainOperator
      const comment = cursor.joinComments(operatorComment, cursor.takeComment())
      try {
        const right = this.#link(operator)
        const node: ChainNode = {
          type: 'chain',
          pos: left.pos,
          end: cursor.lastEnd,
          operator,
          operatorPos,
          left,
          right,
          comment,
        }
        left = cursor.grow(node, left, right)
      } catch (failure) {
        this.#resumeInChain(failure, brackets)
      }
    }
    return left
  }

  #link(operator: ChainOperator): FunctionNode | IdentifierNode {
    if (operator === '|')
      return this.#call(this.#cursor.expect('identifier'), undefined, 'chain', () => this.expression())
    return this.#callOrName(operator === '.' ? 'property' : 'dynamic', () => this.expression())
  }

  #callOrName(functionType: FunctionType, argument: () => Node): FunctionNode | IdentifierNode {
    const cursor = this.#cursor
    const comment = cursor.takeComment()
    const name = cursor.expect('identifier')
    if (cursor.is('(')) return this.#call(name, comment, functionType, argument)
    return { type: 'identifier', pos: name.start, end: name.end, name: name.text, comment }
  }

  #call(name: Token, comment: CommentNode | undefined, functionType: FunctionType, argument: () => Node): FunctionNode {
    const cursor = this.#cursor
    cursor.expect('(')
    const args = this.#separated(')', argument)
    const end = cursor.expect(')').end
    const last = args.at(-1)
    const multiLine = last !== undefined && cursor.hasLineFeed(name.start, last.pos)
    return cursor.grow(
      { type: 'func', pos: name.start, end, functionType, name: name.text, args, multiLine, comment },
      ...args,
    )
  }

  #list(): ListNode {
    const cursor = this.#cursor
    const comment = cursor.takeComment()
    const pos = cursor.expect('[').start
    const items = this.#separated(']', () => this.#listItem())
    const end = cursor.expect(']').end
    return { type: 'list', pos, end, items, comment }
  }

  #listItem(): ListItem {
    const cursor = this.#cursor
    const comment = cursor.takeComment()
    const { kind, start: pos, end, text } = cursor.token
    switch (kind) {
      case 'identifier':
        cursor.advance()
        return { type: 'identifier', pos, end, name: text, comment }
      case 'string':
        cursor.advance()
        return { type: 'string', pos, end, ...stringValue(text), comment }
      case 'star':
        cursor.advance()
        return { type: 'star', pos, end, comment }
      default:
        return cursor.unexpected(['identifier', 'string', '*'])
    }
  }

  /** Items with commas between them, one after the last allowed; the opening bracket is consumed, the closing one not. */
  #separated<T>(close: TokenKind, item: () => T): T[] {
    const cursor = this.#cursor
    const brackets = cursor.brackets
    const items: T[] = []
    while (!cursor.is(close)) {
      try {
        items.push(item())
        if (!cursor.is(',') && !cursor.is(close)) cursor.unexpected([close])
      } catch (failure) {
        this.#resumeInBrackets(failure, brackets, close)
      }
      if (!cursor.accept(',')) break
    }
    return items
  }

  #lambda(): LambdaNode {
    const cursor = this.#cursor
    const comment = cursor.takeComment()
    const pos = cursor.expect('lambda').start
    const expression = this.primaryExpression()
    return cursor.grow({ type: 'lambda', pos, end: cursor.lastEnd, expression, comment }, expression)
  }

  /** Goes on after a left operand with all operators that bind at least so tightly. */
  #binary(first: Node, loosest: number): Node {
    const cursor = this.#cursor
    let left = first
    for (let level = precedence(cursor.token.kind); level >= loosest; level = precedence(cursor.token.kind)) {
      const { start: operatorPos, kind } = cursor.advance()
      const right = this.#binary(this.#primary(), level + 1)
      const multiLine = cursor.hasLineFeed(left.pos, right.pos)
      left = cursor.grow(
        {
          type: 'binary',
          pos: left.pos,
          end: cursor.lastEnd,
          operator: kind as BinaryOperator,
          operatorPos,
          left,
          right,
          parens: false,
          multiLine,
        },
        left,
        right,
      )
    }
    return left
  }

  #primary(): Node {
    const cursor = this.#cursor
    const { kind, start: pos, end, text } = cursor.token
    switch (kind) {
      case '(':
        return cursor.nest(() => this.#parenthesised())
      case '-':
      case '!':
        return cursor.nest(() => this.#unary(kind))
      case 'identifier':
        return cursor.nest(() => this.#callOrName('global', () => this.primaryExpression()))
    }
    const comment = cursor.takeComment()
    switch (kind) {
      case 'number': {
        cursor.advance()
        const value = readNumber(text)
        if (!value) this.#badValue('bad-number', pos, end, `illegal number syntax: "${text}"`, numberHint(text))
        return { type: 'number', pos, end, ...(value ?? { kind: 'int', value: 0, base: 10 }), comment }
      }
      case 'duration':
        cursor.advance()
        return { type: 'duration', pos, end, ns: this.#nanoseconds(pos, end, text), text, comment }
      case 'string':
        cursor.advance()
        return { type: 'string', pos, end, ...stringValue(text), comment }
      case 'reference':
        cursor.advance()
        return { type: 'reference', pos, end, name: referenceName(text), comment }
      case 'regex': {
        cursor.advance()
        const source = unescapeQuote(text.slice(1, -1), '/')
        const fault = this.#validateRegex?.(source)
        if (fault !== undefined) this.#badValue('bad-regex', pos, end, fault)
        return { type: 'regex', pos, end, source, comment }
      }
      case 'TRUE':
      case 'FALSE':
        cursor.advance()
        return { type: 'bool', pos, end, value: kind === 'TRUE', comment }
      case 'star':
        cursor.advance()
        return { type: 'star', pos, end, comment }
      default:
        return cursor.unexpected(OPERAND_NAMES)
    }
  }

  #parenthesised(): Node {
    const cursor = this.#cursor
    const before = cursor.takeComment()
    const pos = cursor.expect('(').start
    const inner = this.primaryExpression()
    const end = cursor.expect(')').end
    const comment = cursor.joinComments(before, inner.comment)
    // Parentheses around anything but an operation say nothing, nor does a second pair: they are not kept.
    const operation = inner.type === 'binary' && !inner.parens
    return cursor.grow(operation ? { ...inner, pos, end, parens: true, comment } : { ...inner, comment }, inner)
  }

  #unary(operator: UnaryOperator): Node {
    const cursor = this.#cursor
    const comment = cursor.takeComment()
    const pos = cursor.advance().start
    const operand = this.#primary()
    return cursor.grow({ type: 'unary', pos, end: cursor.lastEnd, operator, operand, comment }, operand)
  }

  #nanoseconds(start: number, end: number, text: string): Int {
    const value = readDuration(text)
    if ('ns' in value) return value.ns
    if (value.fault === 'syntax') this.#badValue('bad-number', start, end, `illegal number syntax: "${text}"`)
    else
      this.#badValue('duration-overflow', start, end, `overflowed duration ${text}: choose a smaller duration or INF`)
    return 0
  }

  #badValue(code: SyntaxCode, start: number, end: number, text: string, help?: string): void {
    this.#cursor.report({ code, severity: 'error', message: `parser: ${text}`, span: { start, end }, help })
  }

  /** After a failure inside brackets: goes to the next comma or the closing bracket, unless the brackets were left open. */
  #resumeInBrackets(failure: unknown, brackets: number, close: TokenKind): void {
    const cursor = this.#cursor
    if (!(failure instanceof SyntaxFailure) || failure.final) throw failure
    cursor.skipUntil((token) => {
      if (beginsStatement(token.kind) || this.#leadsLine(token)) return true
      return cursor.brackets <= brackets && endsArgument(token.kind)
    })
    if (!cursor.is(',') && !cursor.is(close)) throw failure
  }

  /** After a failure in a link of a chain: goes to the next link, unless the statement ends before it. */
  #resumeInChain(failure: unknown, brackets: number): void {
    const cursor = this.#cursor
    if (!(failure instanceof SyntaxFailure) || failure.final) throw failure
    cursor.skipUntil((token) => {
      if (beginsStatement(token.kind) || this.#leadsLine(token)) return true
      if (cursor.brackets > brackets) return false
      return isChainOperator(token.kind) || cursor.isFirstOnLine(token) || (brackets > 0 && endsArgument(token.kind))
    })
    cursor.brackets = brackets
    if (!isChainOperator(cursor.token.kind)) throw failure
  }

  /** Whether a link of a chain begins a line, as links mostly do: then whatever was open before it has been given up. */
  #leadsLine(token: Token): boolean {
    return isChainOperator(token.kind) && this.#cursor.isFirstOnLine(token)
  }
}

export function beginsStatement(kind: TokenKind): boolean {
  return kind === 'var' || kind === 'dbrp'
}

/** The name in a reference token. */
export function referenceName(text: string): string {
  return unescapeQuote(text.slice(1, -1), '"')
}

function endsArgument(kind: TokenKind): boolean {
  return kind === ',' || kind === ')' || kind === ']'
}

function isChainOperator(kind: TokenKind): boolean {
  return kind === '|' || kind === '.' || kind === '@'
}

function stringValue(text: string): { value: string; triple: boolean } {
  if (text.startsWith("'''")) return { value: text.slice(3, -3), triple: true }
  return { value: unescapeQuote(text.slice(1, -1), "'"), triple: false }
}

function numberHint(text: string): string | undefined {
  if (/^0[0-9]+$/.test(text) && /[89]/.test(text)) return 'A number that begins with 0 is octal: leave out the 0.'
  return /^[0-9]+$/.test(text) ? 'The largest integer is 9223372036854775807.' : undefined
}
