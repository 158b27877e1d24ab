// Cuts a script into tokens. The lexer is in one of two modes: after an operand an operator may come, after anything
// else an operand must, and `*`, `/`, `=` … mean different things in the two. It knows no grammar beyond that,
// and never throws: what is no token comes out as an `error` token, after which lexing goes on.
import type { CommentNode } from './ast.ts'
import type { Token, TokenKind } from './token.ts'

const BLANKS = /\p{White_Space}+/uy
const WORD = /\p{L}[\p{L}\p{Nd}_]*/uy
const DIGIT = /\p{Nd}/uy
const NUMBER = /\p{Nd}*(?:\.\p{Nd}*)*/uy
const UNIT = /ms|[uµsmhdw]/y

const KEYWORDS: ReadonlySet<string> = new Set<TokenKind>(['AND', 'OR', 'TRUE', 'FALSE', 'var', 'dbrp'])

/** After these an operator may follow. */
const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'identifier',
  'var',
  'dbrp',
  'lambda',
  'TRUE',
  'FALSE',
  'number',
  'duration',
  'string',
  'reference',
  ')',
])

const PUNCTUATION: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ['(', '('],
  [')', ')'],
  ['[', '['],
  [']', ']'],
  [',', ','],
  ['|', '|'],
  ['@', '@'],
  ['.', '.'],
  ['-', '-'],
  ['!', '!'],
  ['*', 'star'],
])

const OPERATORS: readonly TokenKind[] = ['==', '=~', '!=', '!~', '<=', '>=', '=', '<', '>', '+', '-', '*', '/', '%']

export class Lexer {
  readonly #source: string
  #at = 0
  #operatorPossible = false
  /** Per kind of quote: from here on no closing one is left, so that it is not searched for again and again. */
  readonly #unclosedFrom = new Map<string, number>()

  constructor(source: string) {
    this.#source = source
  }

  /** The next token; EOF again and again at the end. */
  next(): Token {
    const comment = this.#skipToToken()
    const start = this.#at
    const { kind, text } = this.#scan()
    this.#operatorPossible = OPERANDS.has(kind)
    return { kind, start, end: this.#at, text: text ?? this.#source.slice(start, this.#at), comment }
  }

  #skipToToken(): CommentNode | undefined {
    let comment: { pos: number; end: number; blocks: string[][] } | undefined
    for (;;) {
      const from = this.#at
      this.#match(BLANKS)
      if (!this.#source.startsWith('//', this.#at)) break
      const pos = this.#at
      const lineEnd = this.#source.indexOf('\n', pos)
      this.#at = lineEnd < 0 ? this.#source.length : lineEnd
      const line = commentText(this.#source.slice(pos, this.#at))
      if (!comment) comment = { pos, end: pos, blocks: [[line]] }
      else if (hasBlankLine(this.#source.slice(from, pos))) comment.blocks.push([line])
      else comment.blocks.at(-1)!.push(line)
      comment.end = this.#at
      this.#operatorPossible = false
    }
    return comment && { type: 'comment', ...comment }
  }

  #scan(): { kind: TokenKind; text?: string } {
    const source = this.#source
    const start = this.#at
    if (start >= source.length) return { kind: 'EOF' }
    const char = source[start]!
    if (this.#match(WORD)) return this.#word(start)
    if (this.#looksAt(DIGIT, char === '.' ? start + 1 : start)) return this.#number(start)
    if (char === '"') return this.#quoted('"', 'reference', 'unterminated field reference')
    if (char === "'") return this.#string()
    if (this.#operatorPossible) {
      for (const operator of OPERATORS) if (this.#take(operator)) return { kind: operator }
    } else if (char === '/') return this.#quoted('/', 'regex', 'unterminated regex')
    // A bare `!` is unary in either mode, and so is whatever no operator begins with.
    const kind = PUNCTUATION.get(char)
    if (kind) {
      this.#at++
      return { kind }
    }
    const rune = String.fromCodePoint(source.codePointAt(start)!)
    this.#at += rune.length
    return { kind: 'error', text: `unknown state, last char: ${quoteRune(rune)}` }
  }

  #word(start: number): { kind: TokenKind } {
    const word = this.#source.slice(start, this.#at)
    if (KEYWORDS.has(word)) return { kind: word as TokenKind }
    return { kind: word === 'lambda' && this.#take(':') ? 'lambda' : 'identifier' }
  }

  #number(start: number): { kind: TokenKind; text?: string } {
    this.#match(NUMBER)
    const points = this.#source.slice(start, this.#at).split('.').length - 1
    if (points > 1) return { kind: 'error', text: 'multiple decimals in number' }
    return { kind: points === 0 && this.#match(UNIT) ? 'duration' : 'number' }
  }

  #string(): { kind: TokenKind; text?: string } {
    if (!this.#source.startsWith("'''", this.#at)) return this.#quoted("'", 'string', 'unterminated string')
    const close = this.#find("'''", this.#at + 3)
    if (close < 0) return this.#unclosed('unterminated string')
    this.#at = close + 3
    return { kind: 'string' }
  }

  /** A literal that ends at the next quote without a backslash before it. */
  #quoted(quote: string, kind: TokenKind, unterminated: string): { kind: TokenKind; text?: string } {
    const from = this.#at + 1
    let close = this.#find(quote, from)
    while (close > from && this.#source[close - 1] === '\\') close = this.#find(quote, close + 1)
    if (close < 0) {
      this.#unclosedFrom.set(quote, Math.min(from, this.#unclosedFrom.get(quote) ?? from))
      return this.#unclosed(unterminated)
    }
    this.#at = close + 1
    return { kind }
  }

  #find(quote: string, from: number): number {
    const unclosed = this.#unclosedFrom.get(quote)
    if (unclosed !== undefined && from >= unclosed) return -1
    const at = this.#source.indexOf(quote, from)
    if (at < 0) this.#unclosedFrom.set(quote, from)
    return at
  }

  /** What was opened and never closed is taken to end with its line, so that the lines below are still read. */
  #unclosed(text: string): { kind: TokenKind; text: string } {
    const lineEnd = this.#source.indexOf('\n', this.#at)
    this.#at = lineEnd < 0 ? this.#source.length : lineEnd
    return { kind: 'error', text }
  }

  #match(pattern: RegExp): boolean {
    if (!this.#looksAt(pattern, this.#at)) return false
    this.#at = pattern.lastIndex
    return true
  }

  #looksAt(pattern: RegExp, at: number): boolean {
    pattern.lastIndex = at
    return pattern.test(this.#source)
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }
}

/** Whether the text has two line feeds with nothing but blanks between them. */
export function hasBlankLine(text: string): boolean {
  return /\n[^\S\n]*\n/.test(text)
}

/** A comment's line without its slashes, one space after them and the blanks at its end. */
function commentText(raw: string): string {
  const text = raw.slice(2).trimEnd()
  return text.startsWith(' ') ? text.slice(1) : text
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["'", "\\'"],
  ['\\', '\\\\'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
])

/** A character in single quotes, what cannot be shown escaped as Go does it. */
function quoteRune(rune: string): string {
  const escaped = ESCAPES.get(rune)
  if (escaped) return `'${escaped}'`
  const code = rune.codePointAt(0)!
  if (code >= 0xd800 && code <= 0xdfff) return "'\ufffd'"
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(rune)) return `'${rune}'`
  if (code < 0x80) return `'\\x${code.toString(16).padStart(2, '0')}'`
  return code <= 0xffff ? `'\\u${code.toString(16).padStart(4, '0')}'` : `'\\U${code.toString(16).padStart(8, '0')}'`
}
