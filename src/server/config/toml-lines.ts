// Finds the line of every key of a TOML text that a parser has already taken, so that messages about values can name
// it. Walks the text by the same rules but builds no values. Keys are addressed by paths like `influxdb.0.urls`.

type PathPart = string | number

/** Paths are joined by NUL, which no key holds unescaped in practice. */
const SEPARATOR = '\0'

export class TomlLines {
  readonly #lines = new Map<string, number>()
  readonly #text: string
  #at = 0
  #counted = 0
  #current = 1
  /** Number of elements seen so far of each array of tables. */
  readonly #counts = new Map<string, number>()

  constructor(text: string) {
    this.#text = text
    let table: PathPart[] = []
    while (this.#skipBlank()) {
      if (text[this.#at] === '[') table = this.#header()
      else this.#pair(table)
    }
  }

  /** The line of a key, counted from 1, or of the nearest table above it that is written; undefined when none is. */
  of(path: readonly PathPart[]): number | undefined {
    for (let n = path.length; n > 0; n--) {
      const line = this.#lines.get(path.slice(0, n).join(SEPARATOR))
      if (line !== undefined) return line
    }
    return undefined
  }

  /** The line of the place where the walk is; it only goes on, so lines are counted once. */
  #line(): number {
    for (;;) {
      const end = this.#text.indexOf('\n', this.#counted)
      if (end < 0 || end >= this.#at) return this.#current
      this.#current++
      this.#counted = end + 1
    }
  }

  #note(path: readonly PathPart[], line: number): void {
    const key = path.join(SEPARATOR)
    if (!this.#lines.has(key)) this.#lines.set(key, line)
  }

  /** Goes to the next thing that is neither space nor comment; false at the end. */
  #skipBlank(): boolean {
    for (;;) {
      const c = this.#text[this.#at]
      if (c === undefined) return false
      if (c === '#') this.#skipLine()
      else if (c === ' ' || c === '\t' || c === '\n' || c === '\r') this.#at++
      else return true
    }
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end < 0 ? this.#text.length : end
  }

  #header(): PathPart[] {
    const line = this.#line()
    const array = this.#text.startsWith('[[', this.#at)
    this.#at += array ? 2 : 1
    const path = this.#resolve(this.#dottedKey())
    this.#skipLine()
    if (!array) {
      this.#note(path, line)
      return path
    }
    const key = path.join(SEPARATOR)
    const index = this.#counts.get(key) ?? 0
    this.#counts.set(key, index + 1)
    this.#note(path, line)
    const element = [...path, index]
    this.#note(element, line)
    return element
  }

  /** A header names tables; where an array of tables stands on the way, its last element is meant. */
  #resolve(parts: readonly string[]): PathPart[] {
    const path: PathPart[] = []
    parts.forEach((part, i) => {
      path.push(part)
      const count = this.#counts.get(path.join(SEPARATOR))
      if (count !== undefined && i < parts.length - 1) path.push(count - 1)
    })
    return path
  }

  #dottedKey(): string[] {
    const parts: string[] = []
    for (;;) {
      this.#skipBlank()
      const c = this.#text[this.#at]
      if (c === '"' || c === "'") parts.push(this.#quotedKey(c))
      else {
        const from = this.#at
        while (/[A-Za-z0-9_-]/.test(this.#text[this.#at] ?? '')) this.#at++
        // Whatever else the parser took as a key: never stand still.
        if (from === this.#at) this.#at++
        parts.push(this.#text.slice(from, this.#at))
      }
      this.#skipBlank()
      if (this.#text[this.#at] !== '.') return parts
      this.#at++
    }
  }

  #quotedKey(quote: string): string {
    const from = this.#at
    this.#skipString()
    const inner = this.#text.slice(from + 1, this.#at - 1)
    if (quote === "'") return inner
    try {
      return JSON.parse(`"${inner}"`) as string
    } catch {
      return inner
    }
  }

  #pair(table: readonly PathPart[]): void {
    const line = this.#line()
    const path = [...table, ...this.#dottedKey()]
    this.#note(path, line)
    this.#skipBlank()
    if (this.#text[this.#at] === '=') this.#at++
    this.#skipBlank()
    this.#value(path)
  }

  #value(path: readonly PathPart[]): void {
    const c = this.#text[this.#at]
    if (c === '"' || c === "'") this.#skipString()
    else if (c === '{') this.#group('}', () => this.#pair(path))
    else if (c === '[') {
      let index = 0
      this.#group(']', () => {
        const element = [...path, index++]
        this.#note(element, this.#line())
        this.#value(element)
      })
    } else while (this.#at < this.#text.length && !/[,\]}#\s]/.test(this.#text[this.#at]!)) this.#at++
  }

  #group(close: string, item: () => void): void {
    this.#at++
    while (this.#skipBlank()) {
      const c = this.#text[this.#at]
      if (c === close) {
        this.#at++
        return
      }
      if (c === ',') this.#at++
      else {
        const from = this.#at
        item()
        if (this.#at === from) this.#at++
      }
    }
  }

  #skipString(): void {
    const quote = this.#text[this.#at]!
    const triple = quote.repeat(3)
    const long = this.#text.startsWith(triple, this.#at)
    this.#at += long ? 3 : 1
    while (this.#at < this.#text.length) {
      if (quote === '"' && this.#text[this.#at] === '\\') this.#at += 2
      else if (long && this.#text.startsWith(triple, this.#at)) {
        this.#at += 3
        // Up to two quotes may stand before the closing three.
        while (this.#text[this.#at] === quote) this.#at++
        return
      } else if (!long && this.#text[this.#at] === quote) {
        this.#at++
        return
      } else this.#at++
    }
  }
}
