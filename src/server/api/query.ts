// The query of a URL as Go reads it: a pair that cannot be decoded or that holds a semicolon is passed over, the first
// value of a name counts, unknown names do no harm.

const NONE: readonly string[] = []

/** The parameters of one request. */
export class Query {
  readonly #values = new Map<string, string[]>()

  /** `text` is what follows the question mark, or a form body. */
  constructor(text: string) {
    if (text === '') return
    for (const pair of text.split('&')) {
      if (pair === '' || pair.includes(';')) continue
      const eq = pair.indexOf('=')
      const name = decoded(eq < 0 ? pair : pair.slice(0, eq))
      const value = decoded(eq < 0 ? '' : pair.slice(eq + 1))
      if (name === undefined || value === undefined) continue
      const known = this.#values.get(name)
      if (known) known.push(value)
      else this.#values.set(name, [value])
    }
  }

  /** The first value, '' when there is none. */
  get(name: string): string {
    return this.#values.get(name)?.[0] ?? ''
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** All names with their values, in order. */
  entries(): Iterable<readonly [string, readonly string[]]> {
    return this.#values
  }

  /** All values, in order. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? NONE
  }
}

function decoded(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    // Well-formed escapes whose bytes are no UTF-8 are still a value; anything else is none.
    if (/%(?![0-9a-fA-F]{2})/.test(spaced)) return undefined
    const bytes = spaced.replace(/%([0-9a-fA-F]{2})|[^%]+/g, (m, hex: string | undefined) =>
      hex === undefined ? Buffer.from(m).toString('latin1') : String.fromCharCode(Number.parseInt(hex, 16)),
    )
    return Buffer.from(bytes, 'latin1').toString('utf8')
  }
}
