// A page of a list: pattern, offset and limit, as all lists of the API take them.

import { quoteText } from '../../alert/template/go-quote.ts'
import { Fault } from '../../base/fault.ts'
import { BadPattern, PathPattern } from '../../base/path-match.ts'
import type { Query } from './query.ts'

const DEFAULT_LIMIT = 100

export interface Page {
  /** Whether a name belongs to the list at all. */
  readonly matches: (name: string) => boolean
  readonly offset: number
  readonly limit: number
}

/** Reads `pattern`, `offset` and `limit`. Throws Fault (400). A pattern that can't be read matches nothing. */
export function readPage(query: Query): Page {
  const offset = integer(query, 'offset', 0)
  const limit = integer(query, 'limit', DEFAULT_LIMIT)
  // A negative limit asks for everything there is.
  if (limit < 0) return { matches: () => true, offset: 0, limit: Number.POSITIVE_INFINITY }
  return { matches: matcher(query.get('pattern')), offset, limit }
}

function matcher(pattern: string): (name: string) => boolean {
  if (pattern === '') return () => true
  try {
    const compiled = new PathPattern(pattern)
    return (name) => compiled.matches(name)
  } catch (e) {
    if (e instanceof BadPattern) return () => false
    throw e
  }
}

function integer(query: Query, name: string, fallback: number): number {
  const text = query.get(name)
  if (text === '') return fallback
  const n = /^[+-]?[0-9]+$/.test(text) ? Number(text) : Number.NaN
  if (Math.abs(n) < 2 ** 63) return n
  const why = Number.isNaN(n) ? 'invalid syntax' : 'value out of range'
  const parsing = `strconv.ParseInt: parsing ${quoteText(text)}: ${why}`
  throw new Fault(`bad-${name}`, `invalid ${name} parameter ${quoteText(text)} must be an integer: ${parsing}`, {
    status: 400,
  })
}

/** The items of the page; `offset` and `limit` count what matches. Stops as soon as the page is full. */
export function takePage<T>(page: Page, items: Iterable<T>): T[] {
  const out: T[] = []
  const end = page.offset + page.limit
  let i = 0
  if (end <= 0) return out
  for (const item of items) {
    if (i >= end) break
    if (i >= page.offset) out.push(item)
    i++
  }
  return out
}
