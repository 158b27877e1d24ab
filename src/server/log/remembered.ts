// A function of a text that is asked about the same few texts again and again. Bounded: when too many texts have been
// seen, all are forgotten.

const MAX_TEXTS = 4096

export function remembered<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    let value = known.get(text)
    if (value === undefined) {
      value = compute(text)
      if (known.size >= MAX_TEXTS) known.clear()
      known.set(text, value)
    }
    return value
  }
}
