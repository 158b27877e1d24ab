/**
 * Go templates: text in, a compiled template out, rendered over values of go-value.ts. The way into this room.
 */
import type { GoFunction } from './go-function.ts'
import { wellFormed } from './go-utf8.ts'
import type { TemplateValue } from './go-value.ts'
import { Exec, type MissingKey, type Program } from './template-exec.ts'
import { builtins } from './template-functions.ts'
import { parseTrees } from './template-parser.ts'
import { type Reads, readsOf } from './template-reads.ts'
import { SetCompiler } from './template-set.ts'

export interface TemplateOptions {
  /** Functions beyond the standard ones, such as jsonFunctions(). */
  readonly functions?: Readonly<Record<string, GoFunction>>
  /** What reading an absent key of a map gives: `<no value>`, the zero value of its type, or an error. */
  readonly missingKey?: MissingKey
}

/** A template ready to be rendered any number of times. */
export interface Template {
  readonly name: string
  readonly text: string
  /** The top-level fields of the data it can read, 'all' when it uses the data as a whole. */
  readonly reads: Reads
  /** The text over some data. Throws TemplateExecError. */
  render(data: TemplateValue): string
}

const noFunctions: Readonly<Record<string, GoFunction>> = {}

/** Parses and compiles a template; `name` is what its errors call it. Throws TemplateError. */
export const parseTemplate = (name: string, text: string, options: TemplateOptions = {}): Template => {
  const functions = options.functions ?? noFunctions
  const trees = parseTrees(name, text, new Set([...Object.keys(builtins), ...Object.keys(functions)]))
  const program: Program = { name, text, missingKey: options.missingKey ?? 'default' }
  const main = new SetCompiler(trees, functions).template(name)!
  return {
    name,
    text,
    reads: readsOf(trees, name),
    render: (data) => {
      const exec = new Exec(program, data)
      main.run(exec, data ?? undefined, false)
      return wellFormed(exec.out)
    },
  }
}
