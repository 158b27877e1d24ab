// Reads InfluxQL SELECT statements. Other statements are only told apart, never understood.
import type { Fill, Measurement, Select, SelectField, SortField, Source } from './ast.ts'
import { ExpressionParser } from './expression-parser.ts'
import { InfluxqlLexer, type Token } from './lexer.ts'
import { printNumber } from './print.ts'
import { QueryError } from './query-error.ts'

/** One statement of a query: a SELECT, or the text of any other. */
export type Statement =
  | { readonly is: 'select'; readonly select: Select }
  | { readonly is: 'other'; readonly text: string }

const STATEMENTS = 'ALTER CREATE DELETE DROP EXPLAIN GRANT KILL REVOKE SELECT SET SHOW'.split(' ')

/** The statements of a text; empty ones do not count. Throws QueryError. */
export function parseQuery(source: string): readonly Statement[] {
  const p = new QueryParser(source)
  const statements: Statement[] = []
  for (;;) {
    while (p.accept(';')) {}
    if (p.peek().kind === 'end') return statements
    statements.push(p.statement())
    if (p.peek().kind !== 'end' && !p.accept(';')) p.unexpected([';', 'EOF'])
  }
}

class QueryParser extends ExpressionParser {
  constructor(source: string) {
    super(new InfluxqlLexer(source))
  }

  statement(): Statement {
    const first = this.peek()
    if (this.keyword('SELECT')) return { is: 'select', select: this.select() }
    if (first.kind !== 'keyword' || !STATEMENTS.includes(first.text)) this.unexpected(STATEMENTS)
    let last: Token = first
    for (let t = first; t.kind !== 'end' && !(t.kind === 'sign' && t.text === ';'); t = this.peek()) last = this.take()
    return { is: 'other', text: this.lexer.source.slice(first.start, last.end) }
  }

  /** What follows the word SELECT. */
  select(): Select {
    const fields = this.#list(() => this.#field())
    const into = this.keyword('INTO') ? this.#measurement() : undefined
    if (!this.keyword('FROM')) this.unexpected(['FROM'])
    const sources = this.#list(() => this.#source())
    const condition = this.keyword('WHERE') ? this.expression() : undefined
    let dimensions: Select['dimensions'] = []
    if (this.keyword('GROUP')) {
      if (!this.keyword('BY')) this.unexpected(['BY'])
      dimensions = this.#list(() => this.regex() ?? this.unary())
    }
    const fill = this.#fill()
    const sort = this.#sort()
    const limit = this.#count('LIMIT')
    const offset = this.#count('OFFSET')
    const slimit = this.#count('SLIMIT')
    const soffset = this.#count('SOFFSET')
    const timeZone = this.#timeZone()
    return { fields, into, sources, condition, dimensions, fill, sort, limit, offset, slimit, soffset, timeZone }
  }

  #list<T>(item: () => T): readonly T[] {
    const all = [item()]
    while (this.accept(',')) all.push(item())
    return all
  }

  #field(): SelectField {
    const expression = this.regex() ?? this.expression()
    return { expression, alias: this.keyword('AS') ? this.name() : '' }
  }

  #source(): Source {
    if (!this.accept('(')) return this.#measurement()
    if (!this.keyword('SELECT')) this.unexpected(['SELECT'])
    const select = this.nested(() => this.select())
    if (!this.accept(')')) this.unexpected([')'])
    return { is: 'subquery', select }
  }

  /** `m`, `rp.m`, `db.rp.m`, `db..m`, with a regular expression in the last place. */
  #measurement(): Measurement {
    const parts: string[] = []
    let pattern: string | undefined
    for (;;) {
      const regex = this.regex()
      if (regex) {
        pattern = regex.pattern
        parts.push('')
        break
      }
      if (parts.length > 0 && this.peek().kind === 'sign' && this.peek().text === '.') parts.push('')
      else parts.push(this.name(parts.length === 0 ? ['identifier', 'regex', '('] : undefined))
      if (!this.accept('.')) break
    }
    if (parts.length > 3) throw new QueryError(`too many segments in "${parts.join('.')}"`)
    const [name = '', rp = '', db = ''] = parts.toReversed()
    return { is: 'measurement', db, rp, name, pattern }
  }

  /** The word is no keyword: it is one only here. */
  #word(word: string): boolean {
    const t = this.peek()
    if (t.kind !== 'name' || t.text.toLowerCase() !== word || this.lexer.source[t.start] === '"') return false
    this.take()
    return true
  }

  #fill(): Fill {
    if (!this.#word('fill')) return { is: 'null' }
    if (!this.accept('(')) this.unexpected(['('])
    const negative = this.accept('-')
    const t = this.take()
    let fill: Fill | undefined
    const word = t.text.toLowerCase()
    if (t.kind === 'integer' || t.kind === 'number') {
      fill = { is: 'number', text: printNumber(negative ? -Number(t.text) : Number(t.text)) }
    } else if (!negative && (word === 'null' || word === 'none' || word === 'previous' || word === 'linear')) {
      fill = { is: word }
    }
    if (!fill) throw new QueryError(`expected number argument in fill() at ${this.lexer.place(t.start)}`)
    if (!this.accept(')')) this.unexpected([')'])
    return fill
  }

  #sort(): readonly SortField[] {
    if (!this.keyword('ORDER')) return []
    if (!this.keyword('BY')) this.unexpected(['BY'])
    return this.#list(() => {
      const direction = (): boolean | undefined =>
        this.keyword('ASC') ? true : this.keyword('DESC') ? false : undefined
      const bare = direction()
      if (bare !== undefined) return { name: '', ascending: bare }
      const name = this.name(['identifier', 'ASC', 'DESC'])
      return { name, ascending: direction() ?? true }
    })
  }

  #count(word: string): number {
    if (!this.keyword(word)) return 0
    const t = this.take()
    if (t.kind !== 'integer') throw new QueryError(`found ${t.text}, expected integer at ${this.lexer.place(t.start)}`)
    return Number(t.text)
  }

  #timeZone(): string {
    if (!this.#word('tz')) return ''
    if (!this.accept('(')) this.unexpected(['('])
    const t = this.take()
    if (t.kind !== 'string') throw new QueryError(`expected string argument in tz() at ${this.lexer.place(t.start)}`)
    if (!this.accept(')')) this.unexpected([')'])
    return t.text
  }
}
