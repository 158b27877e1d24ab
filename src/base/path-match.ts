// Shell patterns as Go's path.Match reads them: `*` and `?` stop at a slash, classes and escapes, an error for a
// pattern that is none. Knows nothing of what is matched with it.

/** A pattern that cannot be read. */
export class BadPattern extends Error {
  constructor() {
    super('syntax error in pattern')
    this.name = 'BadPattern'
  }
}

type Term =
  | { readonly is: 'star' }
  | { readonly is: 'any' }
  | { readonly is: 'text'; readonly rune: string }
  | { readonly is: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] }

/** One character of a class, an escape resolved; the position behind it. */
function classRune(runes: readonly string[], at: number): readonly [number, number] {
  let i = at
  if (i >= runes.length || runes[i] === '-' || runes[i] === ']') throw new BadPattern()
  if (runes[i] === '\\' && ++i >= runes.length) throw new BadPattern()
  const rune = runes[i++]!.codePointAt(0)!
  if (i >= runes.length) throw new BadPattern()
  return [rune, i]
}

function readClass(runes: readonly string[], at: number): readonly [Term, number] {
  let i = at
  const negated = runes[i] === '^'
  if (negated) i++
  const ranges: (readonly [number, number])[] = []
  while (!(runes[i] === ']' && ranges.length > 0)) {
    let low: number
    ;[low, i] = classRune(runes, i)
    let high = low
    if (runes[i] === '-') [high, i] = classRune(runes, i + 1)
    ranges.push([low, high])
  }
  return [{ is: 'class', negated, ranges }, i + 1]
}

function readTerms(pattern: string): Term[] {
  const runes = Array.from(pattern)
  const terms: Term[] = []
  for (let i = 0; i < runes.length; ) {
    const rune = runes[i++]!
    if (rune === '*') {
      if (terms.at(-1)?.is !== 'star') terms.push({ is: 'star' })
    } else if (rune === '?') terms.push({ is: 'any' })
    else if (rune === '[') {
      let term: Term
      ;[term, i] = readClass(runes, i)
      terms.push(term)
    } else if (rune === '\\') {
      if (i >= runes.length) throw new BadPattern()
      terms.push({ is: 'text', rune: runes[i++]! })
    } else terms.push({ is: 'text', rune })
  }
  return terms
}

function matchesOne(term: Term, rune: string): boolean {
  switch (term.is) {
    case 'any':
      return rune !== '/'
    case 'text':
      return term.rune === rune
    case 'class': {
      const code = rune.codePointAt(0)!
      return term.ranges.some(([low, high]) => low <= code && code <= high) !== term.negated
    }
    case 'star':
      return false
  }
}

/** A compiled pattern. */
export class PathPattern {
  readonly #terms: readonly Term[]

  /** Throws BadPattern for an open class, an empty one or a trailing backslash. */
  constructor(pattern: string) {
    this.#terms = readTerms(pattern)
  }

  /** Whether the pattern covers the whole name. Takes at most length(name) · length(pattern) steps. */
  matches(name: string): boolean {
    const terms = this.#terms
    const runes = Array.from(name)
    let t = 0
    let n = 0
    // Only the last star needs to be tried again: whatever an earlier one could take, the last one can as well.
    let starAt = -1
    let starEnd = 0
    while (n < runes.length || t < terms.length) {
      const term = terms[t]
      if (term?.is === 'star') {
        starAt = t++
        starEnd = n
      } else if (term && n < runes.length && matchesOne(term, runes[n]!)) {
        t++
        n++
      } else if (starAt >= 0 && starEnd < runes.length && runes[starEnd] !== '/') {
        n = ++starEnd
        t = starAt + 1
      } else return false
    }
    return true
  }
}
