// Cuts an InfluxQL text into tokens, one at a time; a regular expression is read only where the parser asks for one.
import { isKeyword } from './keywords.ts'
import { QueryError } from './query-error.ts'

export type TokenKind = 'name' | 'keyword' | 'string' | 'integer' | 'number' | 'duration' | 'parameter' | 'sign' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** Names and strings without quotes and escapes; keywords in capitals; else as written. */
  readonly text: string
  readonly start: number
  readonly end: number
}

const BLANKS = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)*/y
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y
const DURATION = /(?:[0-9]+(?:ns|ms|u|µ|s|m|h|d|w))+/y
const NUMBER = /[0-9]+(?:\.[0-9]*)?|\.[0-9]+/y
const SIGN = /=~|!~|!=|<>|<=|>=|::|[=<>+\-*/%&|^(),;.:]/y
const REGEX = /\/((?:[^/\\\n]|\\.)*)\//y

export class InfluxqlLexer {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }

  /** The token at or behind `at`. Throws QueryError. */
  read(at: number): Token {
    const start = this.#match(BLANKS, at)!.end
    const c = this.source[start]
    if (c === undefined) return { kind: 'end', text: '', start, end: start }
    if (c === '"') return this.#quoted('name', start)
    if (c === "'") return this.#quoted('string', start)
    const word = this.#match(WORD, start)
    if (word) {
      if (!isKeyword(word.text)) return { kind: 'name', text: word.text, start, end: word.end }
      return { kind: 'keyword', text: word.text.toUpperCase(), start, end: word.end }
    }
    if (c === '$') return this.#parameter(start)
    const duration = this.#match(DURATION, start)
    if (duration) return { kind: 'duration', ...duration, start }
    const number = this.#match(NUMBER, start)
    if (number) return { kind: number.text.includes('.') ? 'number' : 'integer', ...number, start }
    const sign = this.#match(SIGN, start)
    if (sign) return { kind: 'sign', ...sign, start }
    return { kind: 'sign', text: c, start, end: start + c.length }
  }

  /** The regular expression at or behind `at`, without its slashes; undefined when there is none. */
  regex(at: number): { readonly pattern: string; readonly end: number } | undefined {
    const start = this.#match(BLANKS, at)!.end
    const found = this.#match(REGEX, start)
    if (!found) return undefined
    return { pattern: found.text.slice(1, -1).replaceAll('\\/', '/'), end: found.end }
  }

  /** `line 1, char 8` */
  place(at: number): string {
    const before = this.source.slice(0, at)
    const line = before.split('\n').length
    return `line ${line}, char ${at - before.lastIndexOf('\n')}`
  }

  #match(pattern: RegExp, at: number): { text: string; end: number } | undefined {
    pattern.lastIndex = at
    const m = pattern.exec(this.source)
    return m ? { text: m[0], end: pattern.lastIndex } : undefined
  }

  #quoted(kind: 'name' | 'string', start: number): Token {
    const quote = this.source[start]!
    let text = ''
    for (let i = start + 1; ; i++) {
      let c = this.source[i]
      if (c === undefined || c === '\n') {
        throw new QueryError(`found bad string: unclosed ${quote} at ${this.place(start)}`)
      }
      if (c === quote) return { kind, text, start, end: i + 1 }
      if (c === '\\') {
        const escaped = this.source[++i]
        c = escaped === 'n' ? '\n' : escaped === '\\' || escaped === '"' || escaped === "'" ? escaped : undefined
        if (c === undefined) throw new QueryError(`found bad escape \\${escaped ?? ''} at ${this.place(i - 1)}`)
      }
      text += c
    }
  }

  #parameter(start: number): Token {
    const next = this.source[start + 1] === '"' ? this.#quoted('name', start + 1) : this.#match(WORD, start + 1)
    if (!next) throw new QueryError(`found $, expected identifier at ${this.place(start)}`)
    return { kind: 'parameter', text: next.text, start, end: next.end }
  }
}
