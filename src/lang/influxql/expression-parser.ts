// Reads InfluxQL expressions: what stands in fields, conditions and dimensions. Keeps parentheses, so that what is
// written out again needs none added.
import { parseDuration } from '../../base/duration.ts'
import { negInt } from '../../base/int64.ts'
import type { Expression } from './ast.ts'
import type { InfluxqlLexer, Token } from './lexer.ts'
import { QueryError } from './query-error.ts'

const PRECEDENCE: Readonly<Record<string, number>> = {
  OR: 1,
  AND: 2,
  '=': 3,
  '!=': 3,
  '<>': 3,
  '=~': 3,
  '!~': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '|': 4,
  '^': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '&': 5,
}
const TYPES: readonly string[] = ['float', 'integer', 'unsigned', 'string', 'boolean', 'field', 'tag']
/** So deep may expressions and subqueries be nested; more would exhaust the stack. */
const MAX_DEPTH = 500
const OPERANDS = ['identifier', 'string', 'number', 'bool']

export class ExpressionParser {
  readonly lexer: InfluxqlLexer
  #at = 0
  #next: Token | undefined
  #depth = 0

  constructor(lexer: InfluxqlLexer) {
    this.lexer = lexer
  }

  peek(): Token {
    this.#next ??= this.lexer.read(this.#at)
    return this.#next
  }

  take(): Token {
    const t = this.peek()
    this.#at = t.end
    this.#next = undefined
    return t
  }

  /** Takes the sign if it comes next. */
  accept(sign: string): boolean {
    const t = this.peek()
    if (t.kind !== 'sign' || t.text !== sign) return false
    this.take()
    return true
  }

  /** Takes the keyword if it comes next. */
  keyword(word: string): boolean {
    const t = this.peek()
    if (t.kind !== 'keyword' || t.text !== word) return false
    this.take()
    return true
  }

  name(expected: readonly string[] = ['identifier']): string {
    if (this.peek().kind !== 'name') this.unexpected(expected)
    return this.take().text
  }

  /** Takes a regular expression if it comes next. */
  regex(): Extract<Expression, { is: 'regex' }> | undefined {
    const found = this.lexer.regex(this.#at)
    if (!found) return undefined
    this.#at = found.end
    this.#next = undefined
    return { is: 'regex', pattern: found.pattern }
  }

  unexpected(expected: readonly string[]): never {
    const t = this.peek()
    const found = t.kind === 'end' ? 'EOF' : this.lexer.source.slice(t.start, t.end)
    throw new QueryError(`found ${found}, expected ${expected.join(', ')} at ${this.lexer.place(t.start)}`)
  }

  /** Counts how deep what is read stands in others of its kind. */
  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new QueryError('the query is nested too deeply')
    const value = read()
    this.#depth--
    return value
  }

  expression(above = 0): Expression {
    return this.nested(() => this.#expression(above))
  }

  #expression(above: number): Expression {
    let left = this.unary()
    for (;;) {
      const t = this.peek()
      const precedence = t.kind === 'sign' || t.kind === 'keyword' ? PRECEDENCE[t.text] : undefined
      if (precedence === undefined || precedence <= above) break
      this.take()
      const op = t.text === '<>' ? '!=' : t.text
      let right: Expression | undefined
      if (op === '=~' || op === '!~') {
        right = this.regex()
        if (!right) this.unexpected(['regex'])
      } else right = this.expression(precedence)
      left = { is: 'binary', op, left, right }
    }
    return left
  }

  unary(): Expression {
    const t = this.peek()
    switch (t.kind) {
      case 'name':
        return this.#named()
      case 'string':
        this.take()
        return { is: 'string', value: t.text }
      case 'integer':
        this.take()
        return { is: 'integer', digits: t.text.replace(/^0+(?=\d)/, '') }
      case 'number':
        this.take()
        return { is: 'number', value: Number(t.text) }
      case 'duration':
        this.take()
        return this.#duration(t)
      case 'parameter':
        this.take()
        return { is: 'parameter', name: t.text }
      case 'keyword':
        return this.#keyword(t)
      case 'sign':
        return this.#signed(t)
      case 'end':
        return this.unexpected(OPERANDS)
    }
  }

  #duration(t: Token): Expression {
    const value = parseDuration(t.text)
    if (value === undefined) throw new QueryError(`invalid duration ${t.text} at ${this.lexer.place(t.start)}`)
    return { is: 'duration', value }
  }

  /** `x`, `x.y`, `x::tag`, `f(…)` */
  #named(): Expression {
    const first = this.take()
    const quoted = this.lexer.source[first.start] === '"'
    if (!quoted && this.accept('(')) return this.#call(first.text.toLowerCase())
    let name = first.text
    while (this.accept('.')) name += `.${this.name()}`
    return { is: 'name', name, type: this.#type() }
  }

  #call(name: string): Expression {
    const args: Expression[] = []
    if (!this.accept(')')) {
      do args.push(this.regex() ?? this.expression())
      while (this.accept(','))
      if (!this.accept(')')) this.unexpected([')'])
    }
    return { is: 'call', name, args }
  }

  /** `::float` and the like; empty when there is none. */
  #type(): string {
    if (!this.accept('::')) return ''
    const t = this.peek()
    const type = t.text.toLowerCase()
    if (!TYPES.includes(type)) this.unexpected(TYPES)
    this.take()
    return type
  }

  #keyword(t: Token): Expression {
    switch (t.text) {
      case 'TRUE':
      case 'FALSE':
        this.take()
        return { is: 'bool', value: t.text === 'TRUE' }
      case 'DISTINCT':
        this.take()
        if (this.accept('(')) return this.#call('distinct')
        return { is: 'distinct', name: this.name(['identifier', '(']) }
      default:
        return this.unexpected(OPERANDS)
    }
  }

  #signed(t: Token): Expression {
    switch (t.text) {
      case '(': {
        this.take()
        const inner = this.expression()
        if (!this.accept(')')) this.unexpected([')'])
        return { is: 'paren', inner }
      }
      case '*':
        this.take()
        return { is: 'star', type: this.#type() }
      case '+':
      case '-':
        this.take()
        return signed(
          this.nested(() => this.unary()),
          t.text === '-',
        )
      default:
        return this.unexpected(OPERANDS)
    }
  }
}

/** A literal takes the sign; anything else is multiplied. */
function signed(e: Expression, negative: boolean): Expression {
  switch (e.is) {
    case 'integer':
      if (!negative) return e
      return {
        is: 'integer',
        digits: e.digits.startsWith('-') ? e.digits.slice(1) : e.digits === '0' ? '0' : `-${e.digits}`,
      }
    case 'number':
      return { is: 'number', value: negative ? -e.value : e.value }
    case 'duration':
      return { is: 'duration', value: negative ? negInt(e.value) : e.value }
    default:
      return { is: 'binary', op: '*', left: { is: 'integer', digits: negative ? '-1' : '1' }, right: e }
  }
}
