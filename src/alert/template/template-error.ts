/**
 * The two ways a template fails: it cannot be parsed (TemplateError, with a place) or it cannot be rendered over some
 * data (TemplateExecError). Messages are Go's.
 */

/** A template that cannot be parsed: `template: NAME:LINE: …`. */
export class TemplateError extends Error {
  override name = 'TemplateError'
  /** From 1. */
  readonly line: number
  /** Where in the text, in UTF-16 units from 0. */
  readonly offset: number

  constructor(message: string, line: number, offset: number) {
    super(message)
    this.line = line
    this.offset = offset
  }
}

/** A rendering that failed: `template: NAME:LINE:COLUMN: executing "NAME" at <…>: …`. */
export class TemplateExecError extends Error {
  override name = 'TemplateExecError'
}
