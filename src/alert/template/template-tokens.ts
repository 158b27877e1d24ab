/**
 * The parser's view of the tokens: one at a time, with room to put three back.
 */
import type { Lexer, Token } from './template-lexer.ts'

export class TokenStream {
  readonly #lexer: Lexer
  /** Tokens read and put back: a token and up to two before it. */
  readonly #tokens: Token[] = []
  #peeked = 0

  constructor(lexer: Lexer) {
    this.#lexer = lexer
  }

  /** The token read last from the text, which errors are told at. */
  get latest(): Token | undefined {
    return this.#tokens[0]
  }

  next(): Token {
    if (this.#peeked > 0) this.#peeked--
    else this.#tokens[0] = this.#lexer.next()
    return this.#tokens[this.#peeked]!
  }

  backup(): void {
    this.#peeked++
  }

  backup2(before: Token): void {
    this.#tokens[1] = before
    this.#peeked = 2
  }

  backup3(first: Token, second: Token): void {
    this.#tokens[1] = second
    this.#tokens[2] = first
    this.#peeked = 3
  }

  peek(): Token {
    if (this.#peeked > 0) return this.#tokens[this.#peeked - 1]!
    this.#peeked = 1
    this.#tokens[0] = this.#lexer.next()
    return this.#tokens[0]
  }

  nextNonSpace(): Token {
    let token = this.next()
    while (token.type === 'space') token = this.next()
    return token
  }

  peekNonSpace(): Token {
    const token = this.nextNonSpace()
    this.backup()
    return token
  }
}
