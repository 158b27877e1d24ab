// Reads the first JSON value of a text and passes over what follows. Refusals are worded as Go words them. Integers
// keep all digits; objects have no prototype, so that no key means more than itself.

/** What was read. Numbers come as their text when they are asked for exactly. */
export type Json = null | boolean | number | bigint | string | JsonNumber | Json[] | { [key: string]: Json }

/** A number as it was written. */
export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** The text holds no JSON value at its beginning. `offset` is a UTF-16 index. */
export class JsonError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.name = 'JsonError'
    this.offset = offset
  }
}

/** Deeper nesting is refused: no request needs it, and it would exhaust the stack. */
export const MAX_JSON_DEPTH = 1_000

export interface JsonOptions {
  /** Numbers as JsonNumber; else integers as number or bigint and all others as number. */
  readonly exactNumbers?: boolean
}

/** The first value of the text. Throws JsonError. */
export function readFirstJson(text: string, options: JsonOptions = {}): Json {
  return new Reader(text, options.exactNumbers === true).first()
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
// All that may stand in a string without an escape, in one run.
const PLAIN = /[^"\\\u0000-\u001f]*/y
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class Reader {
  readonly #text: string
  readonly #exact: boolean
  #at = 0
  #depth = 0

  constructor(text: string, exact: boolean) {
    this.#text = text
    this.#exact = exact
  }

  first(): Json {
    this.#blanks()
    if (this.#at >= this.#text.length) throw new JsonError('EOF', this.#at)
    return this.#value()
  }

  #blanks(): void {
    for (;;) {
      const c = this.#text.charCodeAt(this.#at)
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return
      this.#at++
    }
  }

  #fail(where: string): never {
    if (this.#at >= this.#text.length) throw new JsonError('unexpected EOF', this.#at)
    const c = String.fromCodePoint(this.#text.codePointAt(this.#at)!)
    const shown = c === "'" ? "'\\''" : c === '"' ? `'"'` : `'${JSON.stringify(c).slice(1, -1)}'`
    throw new JsonError(`invalid character ${shown} ${where}`, this.#at)
  }

  #value(): Json {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object()
      case '[':
        return this.#list()
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #enter(): void {
    this.#at++
    if (++this.#depth > MAX_JSON_DEPTH) throw new JsonError('exceeded max depth', this.#at)
    this.#blanks()
  }

  #object(): Json {
    const out: { [key: string]: Json } = Object.create(null)
    this.#enter()
    if (this.#text[this.#at] !== '}') {
      for (;;) {
        if (this.#text[this.#at] !== '"') this.#fail('looking for beginning of object key string')
        const key = this.#string()
        this.#blanks()
        if (this.#text[this.#at] !== ':') this.#fail('after object key')
        this.#at++
        this.#blanks()
        out[key] = this.#value()
        this.#blanks()
        if (this.#text[this.#at] === '}') break
        if (this.#text[this.#at] !== ',') this.#fail('after object key:value pair')
        this.#at++
        this.#blanks()
      }
    }
    this.#leave()
    return out
  }

  #list(): Json {
    const out: Json[] = []
    this.#enter()
    if (this.#text[this.#at] !== ']') {
      for (;;) {
        out.push(this.#value())
        this.#blanks()
        if (this.#text[this.#at] === ']') break
        if (this.#text[this.#at] !== ',') this.#fail('after array element')
        this.#at++
        this.#blanks()
      }
    }
    this.#leave()
    return out
  }

  #leave(): void {
    this.#at++
    this.#depth--
  }

  #string(): string {
    let out = ''
    this.#at++
    for (;;) {
      PLAIN.lastIndex = this.#at
      PLAIN.test(this.#text)
      out += this.#text.slice(this.#at, PLAIN.lastIndex)
      this.#at = PLAIN.lastIndex
      const c = this.#text[this.#at]
      if (c === '"') break
      if (c !== '\\') this.#fail('in string literal')
      this.#at++
      out += this.#escape()
    }
    this.#at++
    return out.isWellFormed() ? out : out.toWellFormed()
  }

  #escape(): string {
    const c = this.#text[this.#at] ?? ''
    const known = ESCAPES[c]
    if (known !== undefined) {
      this.#at++
      return known
    }
    if (c !== 'u') this.#fail('in string escape code')
    this.#at++
    let code = 0
    for (let i = 0; i < 4; i++, this.#at++) {
      const digit = Number.parseInt(this.#text[this.#at] ?? '', 16)
      if (Number.isNaN(digit)) this.#fail('in \\u hexadecimal character escape')
      code = code * 16 + digit
    }
    return String.fromCharCode(code)
  }

  #word<T>(word: string, value: T): T {
    for (let i = 1; i < word.length; i++) {
      this.#at++
      if (this.#text[this.#at] !== word[i]) this.#fail(`in literal ${word} (expecting '${word[i]}')`)
    }
    this.#at++
    return value
  }

  #number(): Json {
    NUMBER.lastIndex = this.#at
    const text = NUMBER.exec(this.#text)?.[0]
    if (text === undefined) {
      if (this.#text[this.#at] === '-') {
        this.#at++
        this.#fail('in numeric literal')
      }
      this.#fail('looking for beginning of value')
    }
    this.#at += text.length
    const next = this.#text[this.#at]
    if (next === '.' || next === 'e' || next === 'E') {
      this.#at++
      this.#fail(next === '.' ? 'after decimal point in numeric literal' : 'in exponent of numeric literal')
    }
    if (this.#exact) return new JsonNumber(text)
    const value = Number(text)
    return Number.isSafeInteger(value) || /[.eE]/.test(text) || text.length > 400 ? value : BigInt(text)
  }
}
