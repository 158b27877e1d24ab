/**
 * The state of one rendering and the limits it keeps: output, variables, the node errors are told at.
 * Must not know nodes' meaning.
 */
import { quoteText } from './go-quote.ts'
import { byteLength } from './go-utf8.ts'
import type { Maybe } from './go-value.ts'
import { TemplateExecError } from './template-error.ts'
import { nodeText, type TemplateTreeNode } from './template-nodes.ts'

/** What becomes of a field of a map that has no such key. */
export type MissingKey = 'default' | 'zero' | 'error'

/** What all renderings of a template share. */
export interface Program {
  readonly name: string
  readonly text: string
  readonly missingKey: MissingKey
}

/** Levels of templates and branches within each other; Go allows 100,000 templates, no stack here does. */
export const maxDepth = 1_000
/** Iterations and template calls of one rendering. */
export const maxSteps = 10_000_000
/** UTF-16 units of one rendering's output, or of one value in it. */
export const maxLength = 1 << 26

export class Exec {
  readonly program: Program
  out = ''
  dot: Maybe
  /** Whether dot was taken out of a slice or map of interface{}: errors then name that type, as Go's do. */
  held = false
  vars: Maybe[] = []
  /** The node that was evaluated last, for error messages. */
  node: TemplateTreeNode | undefined
  /** The name of the template that is executing. */
  template: string
  depth = 0
  #steps = 0

  constructor(program: Program, dot: Maybe) {
    this.program = program
    this.template = program.name
    this.dot = dot
  }

  fail(message: string): never {
    const name = quoteText(this.template)
    if (this.node === undefined) throw new TemplateExecError(`template: ${this.template}: ${message}`)
    const place = placeOf(this.program, this.node.pos)
    throw new TemplateExecError(`template: ${place}: executing ${name} at <${nodeText(this.node)}>: ${message}`)
  }

  /** Counts an iteration or a call, so that no rendering goes on for ever. */
  step(): void {
    if (++this.#steps > maxSteps) this.fail(`exceeded maximum of ${maxSteps} iterations`)
    if (this.out.length > maxLength) this.fail(`exceeded maximum output of ${maxLength} characters`)
  }

  enter(): void {
    if (++this.depth > maxDepth) this.fail(`exceeded maximum template depth (${maxDepth})`)
  }

  leave(): void {
    this.depth--
  }
}

/** `NAME:LINE:COLUMN` of a place, the column in bytes from 0. */
export const placeOf = (program: { readonly name: string; readonly text: string }, pos: number): string => {
  const before = program.text.slice(0, pos)
  const newline = before.lastIndexOf('\n')
  const line = before.split('\n').length
  return `${program.name}:${line}:${byteLength(before.slice(newline + 1))}`
}
