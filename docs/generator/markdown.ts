// Small pieces of Markdown that all generated pages are made of. Knows nothing of what they are about.

/** The first lines of a generated page. */
export function pageHead(title: string, intro: string): string {
  return `<!-- Made by \`node docs/generate.ts\` from the declarations: edit those, not this page. -->\n# ${title}\n\n${intro}\n`
}

export function code(text: string): string {
  return `\`${text}\``
}

export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`
}

/** A table; nothing when it has no rows. Bars within cells are escaped. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |\n`
  return `${line(heads)}${line(heads.map(() => '---'))}${rows.map(line).join('')}`
}

/** A link to a heading of this or another page. */
export function link(text: string, page = '', heading = text): string {
  return `[${text}](${page}#${heading
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-')})`
}

/** Paragraphs, each followed by an empty line; empty ones are left out. */
export function paragraphs(...parts: readonly string[]): string {
  return parts
    .filter((p) => p !== '')
    .map((p) => `${p.trimEnd()}\n\n`)
    .join('')
}
