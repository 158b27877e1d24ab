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
