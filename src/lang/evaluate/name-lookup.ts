// Names of methods and properties: the first letter's case does not matter, that of the others does.
// It maps names to whatever they stand for and knows nothing of it.

/** The name with its first letter in upper case: what decides whether two names are the same. */
export function capitalized(name: string): string {
  const first = String.fromCodePoint(name.codePointAt(0) ?? 0)
  return name === '' ? '' : first.toUpperCase() + name.slice(first.length)
}

/** Things by name, found by any spelling that means the same. */
export class NameLookup<T> {
  readonly #byName = new Map<string, T>()
  readonly #names: string[] = []

  /** A later thing of the same name is passed over. */
  add(name: string, thing: T): void {
    const key = capitalized(name)
    if (this.#byName.has(key)) return
    this.#byName.set(key, thing)
    this.#names.push(name)
  }

  get(name: string): T | undefined {
    return this.#byName.get(capitalized(name))
  }

  /** As they were added. */
  names(): readonly string[] {
    return this.#names
  }
}
