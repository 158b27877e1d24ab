/**
 * Template text to tokens: text, delimiters with their trim markers, and what stands between them.
 * Owns the characters; must not know the grammar. Errors are tokens of type 'error', as the parser words them.
 */
import { quoteText, unicodeName } from './go-quote.ts'

export type TokenType =
  | 'error'
  | 'eof'
  | 'text'
  | 'left'
  | 'right'
  | 'space'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'paren'
  | 'endparen'
  | 'char'
  | 'string'
  | 'rawstring'
  | 'number'
  | 'complex'
  | 'charconst'
  | 'bool'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'dot'
  | 'nil'
  | 'block'
  | 'break'
  | 'continue'
  | 'define'
  | 'else'
  | 'end'
  | 'if'
  | 'range'
  | 'template'
  | 'with'

export interface Token {
  readonly type: TokenType
  readonly text: string
  /** UTF-16 units from the start of the template. */
  readonly pos: number
  /** From 1: the line the token begins on. */
  readonly line: number
}

const keywords: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'nil',
  'range',
  'template',
  'with',
])

const shownAsKeyword: ReadonlySet<TokenType> = new Set([...keywords, 'dot'] as TokenType[])

/** The token as error messages show it. */
export const tokenText = (token: Token): string => {
  if (token.type === 'eof') return 'EOF'
  if (token.type === 'error') return token.text
  if (shownAsKeyword.has(token.type)) return `<${token.text}>`
  const chars = Array.from(token.text)
  // Go counts the bytes to decide, and cuts after ten characters.
  return new TextEncoder().encode(token.text).length > 10
    ? `${quoteText(chars.slice(0, 10).join(''))}...`
    : quoteText(token.text)
}

const isSpace = (char: string | undefined): boolean => char === ' ' || char === '\t' || char === '\r' || char === '\n'
const wordChar = /[\p{L}\p{Nd}_]/u
const word = /[\p{L}\p{Nd}_]*/uy
const unsigned =
  /(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y

const matchAt = (pattern: RegExp, text: string, at: number): string => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

const charAt = (text: string, at: number): string => {
  const point = text.codePointAt(at)
  return point === undefined ? '' : String.fromCodePoint(point)
}

const terminators: ReadonlySet<string> = new Set(['', '.', ',', '|', ':', ')', '('])

export class Lexer {
  readonly #text: string
  #pos = 0
  #start = 0
  #line = 1
  #counted = 0
  #inside = false
  #parens = 0
  #failed = false

  constructor(text: string) {
    this.#text = text
  }

  next(): Token {
    if (this.#failed) return { type: 'eof', text: 'EOF', pos: 0, line: this.#line }
    return this.#inside ? this.#action() : this.#outside()
  }

  #lineAt(pos: number): number {
    for (let at = this.#text.indexOf('\n', this.#counted); at >= 0 && at < pos; ) {
      this.#line++
      this.#counted = at + 1
      at = this.#text.indexOf('\n', this.#counted)
    }
    return this.#line
  }

  /** The token from the start mark to here. */
  #emit(type: TokenType): Token {
    const token = {
      type,
      text: this.#text.slice(this.#start, this.#pos),
      pos: this.#start,
      line: this.#lineAt(this.#start),
    }
    this.#start = this.#pos
    return token
  }

  #error(message: string): Token {
    this.#failed = true
    return { type: 'error', text: message, pos: this.#start, line: this.#lineAt(this.#start) }
  }

  #outside(): Token {
    for (;;) {
      const open = this.#text.indexOf('{{', this.#pos)
      if (open < 0) {
        this.#pos = this.#text.length
        return this.#pos > this.#start ? this.#emit('text') : { ...this.#emit('eof'), text: 'EOF' }
      }
      if (open > this.#pos) {
        const text = this.#textUntil(open)
        if (text !== undefined) return text
      }
      const token = this.#open()
      if (token !== undefined) return token
    }
  }

  /** The text before a delimiter, trimmed if the delimiter asks for it; undefined when nothing is left. */
  #textUntil(open: number): Token | undefined {
    this.#pos = open
    if (this.#trimsLeft(open + 2)) while (this.#pos > this.#start && isSpace(this.#text[this.#pos - 1])) this.#pos--
    const token = this.#emit('text')
    this.#pos = open
    this.#start = open
    return token.text === '' ? undefined : token
  }

  #trimsLeft(at: number): boolean {
    return this.#text[at] === '-' && isSpace(this.#text[at + 1])
  }

  /** A left delimiter, or undefined after a comment. */
  #open(): Token | undefined {
    this.#pos += 2
    const marker = this.#trimsLeft(this.#pos) ? 2 : 0
    if (this.#text.startsWith('/*', this.#pos + marker)) {
      this.#pos += marker
      this.#start = this.#pos
      return this.#comment()
    }
    const token = this.#emit('left')
    this.#inside = true
    this.#pos += marker
    this.#start = this.#pos
    this.#parens = 0
    return token
  }

  #comment(): Token | undefined {
    const close = this.#text.indexOf('*/', this.#pos + 2)
    if (close < 0) return this.#error('unclosed comment')
    this.#pos = close + 2
    const trim = this.#closes(this.#pos)
    if (trim === undefined) return this.#error('comment ends before closing delimiter')
    this.#pos += trim ? 4 : 2
    if (trim) this.#skipSpaces()
    this.#start = this.#pos
    return undefined
  }

  /** Whether a right delimiter stands at a place, and whether it trims; undefined when none does. */
  #closes(at: number): boolean | undefined {
    if (isSpace(this.#text[at]) && this.#text.startsWith('-}}', at + 1)) return true
    return this.#text.startsWith('}}', at) ? false : undefined
  }

  #skipSpaces(): void {
    while (isSpace(this.#text[this.#pos])) this.#pos++
  }

  #close(trim: boolean): Token {
    if (trim) {
      this.#pos += 2
      this.#start = this.#pos
    }
    this.#pos += 2
    const token = this.#emit('right')
    if (trim) {
      this.#skipSpaces()
      this.#start = this.#pos
    }
    this.#inside = false
    return token
  }

  #action(): Token {
    const trim = this.#closes(this.#pos)
    if (trim !== undefined) return this.#parens === 0 ? this.#close(trim) : this.#error('unclosed left paren')
    const char = charAt(this.#text, this.#pos)
    if (char === '') return this.#error('unclosed action')
    if (isSpace(char)) return this.#spaces()
    if (wordChar.test(char) && !(char >= '0' && char <= '9')) return this.#identifier()
    switch (char) {
      case '"':
        return this.#quoted('"', 'string', 'unterminated quoted string')
      case "'":
        return this.#quoted("'", 'charconst', 'unterminated character constant')
      case '`':
        return this.#rawString()
      case '$':
        return this.#fieldOrVariable('variable')
      case '.':
        if (this.#pos + 1 < this.#text.length && !/[0-9]/.test(this.#text[this.#pos + 1]!)) {
          return this.#fieldOrVariable('field')
        }
    }
    if (char === '.' || char === '+' || char === '-' || (char >= '0' && char <= '9')) return this.#number()
    return this.#mark(char)
  }

  #mark(char: string): Token {
    this.#pos += char.length
    switch (char) {
      case '=':
        return this.#emit('assign')
      case ':':
        if (this.#text[this.#pos] !== '=') return this.#error('expected :=')
        this.#pos++
        return this.#emit('declare')
      case '|':
        return this.#emit('pipe')
      case '(':
        this.#parens++
        return this.#emit('paren')
      case ')':
        this.#parens--
        return this.#parens < 0 ? this.#error('unexpected right paren') : this.#emit('endparen')
    }
    if (char >= ' ' && char <= '~') return this.#emit('char')
    return this.#error(`unrecognized character in action: ${unicodeName(char.codePointAt(0)!)}`)
  }

  /** A run of spaces; the last one is left to a trimming right delimiter it may begin. */
  #spaces(): Token {
    this.#skipSpaces()
    if (this.#text.startsWith('-}}', this.#pos)) {
      this.#pos--
      if (this.#pos === this.#start) return this.#close(true)
    }
    return this.#emit('space')
  }

  #atTerminator(): boolean {
    const char = charAt(this.#text, this.#pos)
    return isSpace(char) || terminators.has(char) || this.#text.startsWith('}}', this.#pos)
  }

  #badCharacter(): Token {
    return this.#error(`bad character ${unicodeName(this.#text.codePointAt(this.#pos)!)}`)
  }

  #identifier(): Token {
    const text = matchAt(word, this.#text, this.#pos)
    this.#pos += text.length
    if (!this.#atTerminator()) return this.#badCharacter()
    if (keywords.has(text)) return this.#emit(text as TokenType)
    return this.#emit(text === 'true' || text === 'false' ? 'bool' : 'identifier')
  }

  #fieldOrVariable(type: 'field' | 'variable'): Token {
    this.#pos++
    if (this.#atTerminator()) return this.#emit(type === 'variable' ? 'variable' : 'dot')
    this.#pos += matchAt(word, this.#text, this.#pos).length
    return this.#atTerminator() ? this.#emit(type) : this.#badCharacter()
  }

  #quoted(quote: string, type: TokenType, message: string): Token {
    for (let at = this.#pos + 1; ; at++) {
      let char = this.#text[at]
      if (char === quote) {
        this.#pos = at + 1
        return this.#emit(type)
      }
      if (char === '\\') char = this.#text[++at]
      if (char === undefined || char === '\n') return this.#error(message)
    }
  }

  #rawString(): Token {
    const close = this.#text.indexOf('`', this.#pos + 1)
    if (close < 0) return this.#error('unterminated raw quoted string')
    this.#pos = close + 1
    return this.#emit('rawstring')
  }

  #number(): Token {
    if (!this.#scanNumber()) return this.#badNumber()
    const sign = this.#text[this.#pos]
    if (sign !== '+' && sign !== '-') return this.#emit('number')
    // A complex number: 1+2i.
    if (!this.#scanNumber() || this.#text[this.#pos - 1] !== 'i') return this.#badNumber()
    return this.#emit('complex')
  }

  #badNumber(): Token {
    return this.#error(`bad number syntax: ${quoteText(this.#text.slice(this.#start, this.#pos))}`)
  }

  /** Takes what looks like a number; false when a word goes on behind it. */
  #scanNumber(): boolean {
    const sign = this.#text[this.#pos]
    if (sign === '+' || sign === '-') this.#pos++
    this.#pos += matchAt(unsigned, this.#text, this.#pos).length
    const after = charAt(this.#text, this.#pos)
    if (!wordChar.test(after)) return true
    this.#pos += after.length
    return false
  }
}
