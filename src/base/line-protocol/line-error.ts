// What a refused write says: the lines that could not be read and why, in the text that clients know, bounded.

import { textOf } from './bytes.ts'
import { NEWLINE } from './characters.ts'

export interface LineError {
  /** 1-based number of the line's first line in the body. */
  readonly line: number
  /** The line without its leading blanks; cut when very long. */
  readonly text: string
  readonly reason: string
}

/** Longest text of one line, in UTF-16 units; longer ones are cut and end in `…`. */
export const MAX_ERROR_TEXT = 2_048
/** At most so many refused lines are told, and about so much of their text in total. */
export const MAX_ERRORS = 1_000
export const MAX_ERRORS_TEXT = 262_144

/** Collects the refused lines of one body, in order. */
export class RefusedLines {
  readonly errors: LineError[] = []
  readonly #body: Uint8Array
  #line = 1
  #counted = 0
  #told = 0

  constructor(body: Uint8Array) {
    this.#body = body
  }

  /** The line in [start, end) was refused; lines must come in order. */
  add(start: number, end: number, reason: string): void {
    if (this.errors.length >= MAX_ERRORS || this.#told >= MAX_ERRORS_TEXT) return
    for (; this.#counted < start; this.#counted++) if (this.#body[this.#counted] === NEWLINE) this.#line++
    // Four bytes make at least one unit of text, so that a huge line is never decoded as a whole.
    const text = cut(textOf(this.#body, start, Math.min(end, start + 4 * MAX_ERROR_TEXT)))
    this.#told += text.length + reason.length
    this.errors.push({ line: this.#line, text, reason: cut(reason) })
  }
}

function cut(text: string): string {
  return text.length > MAX_ERROR_TEXT ? `${text.slice(0, MAX_ERROR_TEXT)}…` : text
}

/** `unable to parse 'LINE': REASON`, one for each refused line. */
export function formatErrors(errors: readonly LineError[]): string {
  return errors.map((e) => `unable to parse '${e.text}': ${e.reason}`).join('\n')
}
