// Where the parser stands: the current token, the comments not yet given to a node, the faults found so far.
// It owns how faults are worded and how parsing gets going again after one; it knows no grammar.
import type { CommentNode, Node } from './ast.ts'
import { byteLength, type Diagnostic, lineAndChar } from './diagnostic.ts'
import { hasBlankLine, Lexer } from './lexer.ts'
import { hintFor } from './parse-hint.ts'
import type { SyntaxCode } from './syntax-codes.ts'
import { displayName, type Token, type TokenKind } from './token.ts'

/** So many faults are reported for a script at most. */
export const MAX_DIAGNOSTICS = 20
/** So deep may brackets, calls and unary operators be nested. */
export const MAX_NESTING = 500
/** So high may a tree be: whoever walks it by recursion does not run out of stack. A long chain is a high tree, too. */
export const MAX_HEIGHT = 1000

/** Thrown when the grammar fits no more; what is wrong has been reported already. Never leaves the parser. */
export class SyntaxFailure extends Error {
  /** Whether parsing cannot go on at all. */
  readonly final: boolean

  constructor(final: boolean) {
    super('syntax failure')
    this.final = final
  }
}

export class ParseCursor {
  readonly source: string
  readonly diagnostics: Diagnostic[] = []
  token: Token
  /** End of the token consumed last. */
  lastEnd = 0
  /** How many round and square brackets are open. */
  brackets = 0
  readonly #lexer: Lexer
  readonly #lineFeeds: number[] = []
  readonly #heights = new Map<Node, number>()
  #comment: CommentNode | undefined
  #nesting = 0

  constructor(source: string) {
    this.source = source
    this.#lexer = new Lexer(source)
    this.token = this.#lexer.next()
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) this.#lineFeeds.push(at)
  }

  is(kind: TokenKind): boolean {
    return this.token.kind === kind
  }

  /** Consumes the current token; its comment goes to the next node that asks. */
  advance(): Token {
    const token = this.token
    this.#comment = this.joinComments(this.#comment, token.comment)
    this.lastEnd = token.end
    if (token.kind === '(' || token.kind === '[') this.brackets++
    else if (token.kind === ')' || token.kind === ']') this.brackets--
    this.token = this.#lexer.next()
    return token
  }

  accept(kind: TokenKind): boolean {
    if (!this.is(kind)) return false
    this.advance()
    return true
  }

  expect(kind: TokenKind): Token {
    return this.is(kind) ? this.advance() : this.unexpected([kind])
  }

  /** The comment for a node that begins with the current token: that before it, and those that no node has taken. */
  takeComment(): CommentNode | undefined {
    const comment = this.joinComments(this.#comment, this.token.comment)
    this.#comment = undefined
    if (this.token.comment) this.token = { ...this.token, comment: undefined }
    return comment
  }

  /** The comments before tokens already consumed that no node has taken. */
  takeSkippedComment(): CommentNode | undefined {
    const comment = this.#comment
    this.#comment = undefined
    return comment
  }

  joinComments(a: CommentNode | undefined, b: CommentNode | undefined): CommentNode | undefined {
    if (!a || !b) return a ?? b
    const blocks = hasBlankLine(this.source.slice(a.end, b.pos))
      ? [...a.blocks, ...b.blocks]
      : [...a.blocks.slice(0, -1), [...(a.blocks.at(-1) ?? []), ...(b.blocks[0] ?? [])], ...b.blocks.slice(1)]
    return { type: 'comment', pos: a.pos, end: b.end, blocks }
  }

  /** Whether a line feed stands between two offsets. */
  hasLineFeed(from: number, to: number): boolean {
    const next = this.#lineFeeds[this.#lineFeedsBefore(from)]
    return next !== undefined && next < to
  }

  /** Registers a new node over its children, and refuses one that makes the tree too high. */
  grow<N extends Node>(node: N, ...children: readonly Node[]): N {
    let height = 0
    for (const child of children) height = Math.max(height, this.#heights.get(child) ?? 0)
    if (height >= MAX_HEIGHT) this.#tooDeep(MAX_HEIGHT)
    this.#heights.set(node, height + 1)
    return node
  }

  /** Runs a part of the grammar that may contain itself. */
  nest<T>(parse: () => T): T {
    if (this.#nesting >= MAX_NESTING) this.#tooDeep(MAX_NESTING)
    this.#nesting++
    try {
      return parse()
    } finally {
      this.#nesting--
    }
  }

  /** Reports the current token as one that does not fit. */
  unexpected(expected: readonly string[]): never {
    const { start, end } = this.token
    const names = expected.map((name) => `"${name}"`).join(',')
    this.report({
      code: this.is('error') ? 'bad-token' : 'unexpected-token',
      severity: 'error',
      message: `parser: unexpected ${displayName(this.token)} ${this.#place(start)}. expected: ${names}`,
      span: { start, end },
      help: hintFor(this.source, this.token, expected),
    })
    throw new SyntaxFailure(false)
  }

  /** Reports a fault after which parsing can go on as if nothing were. */
  report(diagnostic: Diagnostic & { readonly code: SyntaxCode }): void {
    this.diagnostics.push(diagnostic)
    if (this.diagnostics.length >= MAX_DIAGNOSTICS) throw new SyntaxFailure(true)
  }

  /** After a failure: skips tokens until one of them fits. Always stops at the end of the script. */
  skipUntil(fits: (token: Token) => boolean): void {
    while (!this.is('EOF') && !fits(this.token)) {
      this.advance()
      // Comments of what is skipped belong to nothing that is read.
      this.#comment = undefined
    }
  }

  /** Whether only blanks stand before a token on its line. */
  isFirstOnLine(token: Token): boolean {
    const index = this.#lineFeedsBefore(token.start)
    const lineStart = index === 0 ? 0 : this.#lineFeeds[index - 1]! + 1
    return this.lastEnd <= lineStart
  }

  #lineFeedsBefore(offset: number): number {
    let low = 0
    let high = this.#lineFeeds.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#lineFeeds[middle]! < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  #tooDeep(limit: number): never {
    const { start, end } = this.token
    this.report({
      code: 'too-deep',
      severity: 'error',
      message: `parser: expression is nested too deep ${this.#place(start)}. limit: ${limit}`,
      span: { start, end },
      help: 'Give parts of the expression names with var.',
    })
    throw new SyntaxFailure(true)
  }

  /** `line 1 char 8 in "…"`, with up to ten bytes of the line before the offset and ten after it. */
  #place(offset: number): string {
    const { line, char } = lineAndChar(this.source, offset)
    const before = lastBytes(this.source.slice(Math.max(0, offset - 10), offset), 10)
    const after = firstBytes(this.source.slice(offset, offset + 10), 10)
    const lineStart = before.lastIndexOf('\n') + 1
    const lineEnd = after.indexOf('\n')
    return `line ${line} char ${char} in "${before.slice(lineStart)}${lineEnd < 0 ? after : after.slice(0, lineEnd)}"`
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function firstBytes(text: string, count: number): string {
  return byteLength(text) <= count ? text : decoder.decode(encoder.encode(text).subarray(0, count))
}

function lastBytes(text: string, count: number): string {
  return byteLength(text) <= count ? text : decoder.decode(encoder.encode(text).slice(-count))
}
