// Pages that are written by hand but for parts between two marks, which are made. Knows nothing of what is in them.

const END = '<!-- end -->'

const mark = (name: string): string => `<!-- made by docs/generate.ts: ${name} -->`

/** The page with its parts as they should be. Throws when the page has no place for one of them. */
export function fillParts(page: string, parts: Readonly<Record<string, string>>): string {
  let text = page
  for (const [name, part] of Object.entries(parts)) {
    const from = text.indexOf(mark(name))
    const to = text.indexOf(END, from)
    if (from < 0 || to < 0) throw new Error(`the page has no place for: ${name}`)
    text = `${text.slice(0, from + mark(name).length)}\n${part.trimEnd()}\n${text.slice(to)}`
  }
  return text
}
