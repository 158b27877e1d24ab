// Which RE2 patterns mean exactly the same in JavaScript, and up to which length of text they are safe there.
// The answer only has to be right for "is there a match": groups and greediness do not matter. When in doubt: no.

export interface SubsetPattern {
  /** The same pattern for `new RegExp`. */
  readonly pattern: string
  readonly flags: string
  /** Texts of up to so many code units cost a bounded number of steps, however the pattern backtracks. */
  readonly maxLength: number
}

/** Steps that one test may take at worst. */
const MAX_STEPS = 500_000
/** Ways through the pattern, repetition without bound aside. */
const MAX_WAYS = 512

/** What a part of a pattern is: its JS text, ways through it, unbounded repetitions on one way, begins with ^. */
interface Part {
  readonly text: string
  readonly ways: number
  readonly loops: number
  readonly anchored: boolean
}

const CLASSES: Readonly<Record<string, string>> = {
  d: '0-9',
  w: '0-9A-Za-z_',
  s: '\\t\\n\\f\\r ',
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
}

const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** Thrown inside, never out of here: the pattern is beyond the subset. */
const BEYOND = new Error('beyond the subset')

function beyond(): never {
  throw BEYOND
}

/** The JavaScript form of a valid RE2 pattern, or undefined when it is not within the subset. */
export function subsetOf(source: string): SubsetPattern | undefined {
  const fold = source.startsWith('(?i)')
  try {
    const reader = new Reader(fold ? source.slice(4) : source, fold)
    const whole = reader.alternation()
    if (!reader.atEnd()) return undefined
    const powers = whole.loops + (whole.anchored ? 0 : 1)
    return {
      pattern: whole.text,
      flags: fold ? 'iu' : 'u',
      maxLength: powers === 0 ? Number.MAX_SAFE_INTEGER : Math.floor((MAX_STEPS / whole.ways) ** (1 / powers)),
    }
  } catch (e) {
    if (e === BEYOND) return undefined
    throw e
  }
}

class Reader {
  readonly #chars: readonly string[]
  readonly #fold: boolean
  #at = 0

  constructor(source: string, fold: boolean) {
    this.#chars = [...source]
    this.#fold = fold
  }

  atEnd(): boolean {
    return this.#at >= this.#chars.length
  }

  #peek(ahead = 0): string | undefined {
    return this.#chars[this.#at + ahead]
  }

  #next(): string {
    return this.#chars[this.#at++] ?? beyond()
  }

  #take(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#peek(i) !== text[i]) return false
    this.#at += text.length
    return true
  }

  alternation(): Part {
    const first = this.#sequence()
    if (this.#peek() !== '|') return first
    let { text, ways, loops, anchored } = first
    while (this.#take('|')) {
      const more = this.#sequence()
      text += `|${more.text}`
      ways += more.ways
      loops = Math.max(loops, more.loops)
      anchored &&= more.anchored
    }
    if (ways > MAX_WAYS) beyond()
    return { text, ways, loops, anchored }
  }

  #sequence(): Part {
    let text = ''
    let ways = 1
    let loops = 0
    let anchored = false
    for (let first = true; ; first = false) {
      const c = this.#peek()
      if (c === undefined || c === '|' || c === ')') break
      const item = this.#item(c)
      text += item.text
      ways *= item.ways
      loops += item.loops
      if (first) anchored = item.anchored
      if (ways > MAX_WAYS) beyond()
    }
    return { text, ways, loops, anchored }
  }

  #item(c: string): Part {
    if (c === '(') return this.#group()
    const assertion = this.#assertion(c)
    if (assertion) {
      if (/[*+?{]/.test(this.#peek() ?? '')) beyond()
      return { text: assertion, ways: 1, loops: 0, anchored: assertion === '^' }
    }
    return this.#repeated(c === '[' ? this.#class() : this.#single())
  }

  #group(): Part {
    this.#at++
    if (this.#take('?:')) {
      // plain
    } else if (this.#take('?P<') || this.#take('?<')) {
      while (this.#next() !== '>') if (this.atEnd()) beyond()
    } else if (this.#peek() === '?') beyond()
    const body = this.alternation()
    if (!this.#take(')')) beyond()
    let text = `(?:${body.text})`
    let ways = body.ways
    if (this.#take('?')) {
      this.#take('?')
      text += '?'
      ways += 1
      return { text, ways, loops: body.loops, anchored: false }
    }
    if (/[*+{]/.test(this.#peek() ?? '')) beyond()
    return { text, ways, loops: body.loops, anchored: body.anchored }
  }

  #assertion(c: string): string | undefined {
    if (c === '^' || c === '$') {
      this.#at++
      return c
    }
    if (c !== '\\') return undefined
    const letter = this.#peek(1)
    if (letter === 'A' || letter === 'z') {
      this.#at += 2
      return letter === 'A' ? '^' : '$'
    }
    if (letter === 'b' || letter === 'B') {
      if (this.#fold) beyond()
      this.#at += 2
      return `\\${letter}`
    }
    return undefined
  }

  /** A quantifier behind a single character or class. */
  #repeated(text: string): Part {
    const c = this.#peek()
    if (c === '*' || c === '+') {
      this.#at++
      this.#take('?')
      return { text: text + c, ways: 1, loops: 1, anchored: false }
    }
    if (c === '?') {
      this.#at++
      this.#take('?')
      return { text: `${text}?`, ways: 2, loops: 0, anchored: false }
    }
    if (c === '{') {
      const m = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#chars.slice(this.#at, this.#at + 12).join(''))
      if (!m) beyond() // RE2 takes it for text
      this.#at += m[0].length
      this.#take('?')
      const from = Number(m[1])
      const to = m[2] ? (m[3] ? Number(m[3]) : Number.POSITIVE_INFINITY) : from
      if (to < from || from > 1000 || (to > 1000 && Number.isFinite(to))) beyond()
      if (to === Number.POSITIVE_INFINITY) return { text: text + m[0], ways: 1, loops: 1, anchored: false }
      return { text: text + m[0], ways: Math.max(1, to - from + 1), loops: 0, anchored: false }
    }
    return { text, ways: 1, loops: 0, anchored: false }
  }

  /** One character, the dot or a Perl class outside of brackets. */
  #single(): string {
    const c = this.#next()
    if (c === '.') return '[^\\n]'
    if (/[*+?{]/.test(c)) beyond()
    if (c !== '\\') return literal(c.codePointAt(0)!)
    const letter = this.#peek() ?? beyond()
    if (/[dswDSW]/.test(letter)) {
      this.#at++
      const low = letter.toLowerCase()
      if (low !== letter && this.#fold) beyond()
      return `[${low === letter ? '' : '^'}${CLASSES[low]}]`
    }
    return literal(this.#escape())
  }

  /** The code point of an escape; the backslash is behind. */
  #escape(): number {
    const c = this.#next()
    if (CONTROLS[c] !== undefined) return CONTROLS[c]
    if (c === 'x') {
      const m = /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))/.exec(this.#chars.slice(this.#at, this.#at + 8).join(''))
      if (!m) beyond()
      this.#at += m[0].length
      const code = Number.parseInt(m[1] ?? m[2]!, 16)
      return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? beyond() : code
    }
    return /[!-/:-@[-`{-~]/.test(c) ? c.charCodeAt(0) : beyond()
  }

  #class(): string {
    this.#at++
    const negated = this.#take('^')
    if (negated && this.#fold) beyond()
    let text = negated ? '[^' : '['
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#take('[:')) {
        let name = ''
        while (!this.#take(':]')) name += this.#next()
        text += CLASSES[name] && name.length > 1 ? CLASSES[name] : beyond()
        continue
      }
      if (this.#peek() === '-' && !first && this.#peek(1) !== ']') beyond()
      if (this.#peek() === '\\' && /[dsw]/.test(this.#peek(1) ?? '')) {
        text += CLASSES[this.#peek(1)!]
        this.#at += 2
        continue
      }
      const low = this.#classChar()
      if (this.#peek() === '-' && this.#peek(1) !== ']') {
        this.#at++
        const high = this.#classChar()
        if (high < low) beyond()
        text += `${literal(low)}-${literal(high)}`
      } else text += literal(low)
    }
    this.#at++
    return `${text}]`
  }

  #classChar(): number {
    const c = this.#next()
    if (c === '[' && this.#peek() === ':') beyond()
    return c === '\\' ? this.#escape() : c.codePointAt(0)!
  }
}

/** A code point that means nothing but itself, inside and outside of brackets. */
function literal(code: number): string {
  const c = String.fromCodePoint(code)
  return /^[0-9A-Za-z _]$/.test(c) ? c : `\\u{${code.toString(16)}}`
}
