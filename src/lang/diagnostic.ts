// What is wrong with a script, and the three ways to show it: one compatible line, a caret block for people, JSON.
// It knows offsets and text only, nothing of the tree or of what found the fault.

/** A stretch of the source as UTF-16 indices, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Label {
  readonly span: Span
  readonly text: string
}

export type Severity = 'error' | 'warning'

export interface Diagnostic {
  /** Stable, kebab-case: what documentation and tests name. */
  readonly code: string
  readonly severity: Severity
  /** The compatible text: what Kapacitor would answer, position prefix included where it gives one. */
  readonly message: string
  readonly span: Span
  readonly labels?: readonly Label[] | undefined
  /** A sentence that tells how to mend it. */
  readonly help?: string | undefined
}

/** A script that cannot be used. `message` is the first diagnostic's compatible line. */
export class ScriptError extends Error {
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0]?.message ?? 'invalid script')
    this.name = 'ScriptError'
    this.diagnostics = diagnostics
  }
}

/** 1-based line and 1-based character, counted in bytes of UTF-8, of a UTF-16 index. */
export function lineAndChar(source: string, offset: number): { line: number; char: number } {
  const at = Math.max(0, Math.min(offset, source.length))
  let line = 1
  let lineStart = 0
  for (let next = source.indexOf('\n'); next >= 0 && next < at; next = source.indexOf('\n', next + 1)) {
    line++
    lineStart = next + 1
  }
  return { line, char: byteLength(source.slice(lineStart, at)) + 1 }
}

/** The position prefix that evaluation errors carry: `line 3 char 9: message`. */
export function withPosition(source: string, offset: number, message: string): string {
  const { line, char } = lineAndChar(source, offset)
  return `line ${line} char ${char}: ${message}`
}

const encoder = new TextEncoder()

/** Length in bytes of UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length
}

/** The line for clients that know Kapacitor's answers. */
export function renderLine(diagnostic: Diagnostic): string {
  return diagnostic.message
}

/**
 * The form for people: what, where, the line with carets below it, labels, help.
 * `name` is shown as the place's file, `script` by default.
 */
export function renderBlock(source: string, diagnostic: Diagnostic, name = 'script'): string {
  const { line, char } = lineAndChar(source, diagnostic.span.start)
  const labels = [{ span: diagnostic.span, text: '' }, ...(diagnostic.labels ?? [])]
  const places = labels.map((label) => ({ ...excerpt(source, label.span), text: label.text }))
  const width = Math.max(...places.map((place) => String(place.line).length))
  const gutter = ' '.repeat(width)
  const rows = [
    `${diagnostic.severity}[${diagnostic.code}]: ${diagnostic.message}`,
    `${gutter}--> ${name}:${line}:${char}`,
  ]
  for (const place of places) {
    rows.push(`${gutter} |`, `${String(place.line).padStart(width)} | ${place.content}`)
    rows.push(`${gutter} | ${place.carets}${place.text && ` ${place.text}`}`)
  }
  if (diagnostic.help) rows.push(`${gutter} = help: ${diagnostic.help}`)
  return rows.map((row) => row.trimEnd()).join('\n')
}

export interface DiagnosticJson {
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly start: Position
  readonly end: Position
  readonly labels?: readonly { readonly start: Position; readonly end: Position; readonly text: string }[]
  readonly help?: string
}

/** `line` and `char` are 1-based, `char` in bytes of UTF-8; `offset` is a 0-based UTF-16 index. */
export interface Position {
  readonly line: number
  readonly char: number
  readonly offset: number
}

/** The form for the API and editors. */
export function diagnosticJson(source: string, diagnostic: Diagnostic): DiagnosticJson {
  const { code, severity, message, span, labels, help } = diagnostic
  const place = ({ start, end }: Span) => ({ start: position(source, start), end: position(source, end) })
  return {
    code,
    severity,
    message,
    ...place(span),
    ...(labels && { labels: labels.map((label) => ({ ...place(label.span), text: label.text })) }),
    ...(help !== undefined && { help }),
  }
}

function position(source: string, offset: number): Position {
  return { ...lineAndChar(source, offset), offset }
}

/** So much of a line is shown at most, in characters. */
const MAX_EXCERPT = 120

function excerpt(source: string, { start, end }: Span): { line: number; content: string; carets: string } {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1
  const lineFeed = source.indexOf('\n', start)
  const lineEnd = lineFeed < 0 ? source.length : lineFeed
  // Of a very long line, as scripts made by programs have it, only the part around the fault is of use.
  const from = lineEnd - lineStart <= MAX_EXCERPT ? lineStart : Math.max(lineStart, start - MAX_EXCERPT / 2)
  const content = source.slice(from, Math.min(lineEnd, from + MAX_EXCERPT))
  const before = source.slice(from, start)
  const marked = source.slice(start, Math.min(Math.max(end, start), from + content.length))
  return {
    line: lineAndChar(source, start).line,
    content: content.replaceAll('\t', ' '),
    carets: ' '.repeat([...before].length) + '^'.repeat(Math.max(1, [...marked].length)),
  }
}
