/**
 * Go templates: text in, a compiled template out, rendered over values of go-value.ts. The way into this room.
 */
import type { GoFunction } from './go-function.ts'
import { wellFormed } from './go-utf8.ts'
import type { TemplateValue } from './go-value.ts'
import { htmlEscapers } from './html-escapers.ts'
import { escapeTrees } from './html-pass.ts'
import { TemplateExecError } from './template-error.ts'
import { Exec, type MissingKey, type Program, placeOf } from './template-exec.ts'
import { builtins } from './template-functions.ts'
import type { TemplateTree } from './template-nodes.ts'
import { parseTrees } from './template-parser.ts'
import { type Reads, readsOf } from './template-reads.ts'
import { type Compiled, SetCompiler } from './template-set.ts'

export interface TemplateOptions {
  /** Escapes what is written by where in HTML it stands, as html/template does. */
  readonly html?: boolean
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
  /**
   * The text over some data. Throws TemplateExecError, also for an html template that cannot be escaped: like Go, that
   * is told when it is first rendered.
   */
  render(data: TemplateValue): string
}

type Functions = Readonly<Record<string, GoFunction>>
type Trees = ReadonlyMap<string, TemplateTree>

const noFunctions: Functions = {}

/** Parses and compiles a template; `name` is what its errors call it. Throws TemplateError. */
export const parseTemplate = (name: string, text: string, options: TemplateOptions = {}): Template => {
  const functions = options.functions ?? noFunctions
  const trees = parseTrees(name, text, new Set([...Object.keys(builtins), ...Object.keys(functions)]))
  const program: Program = { name, text, missingKey: options.missingKey ?? 'default' }
  let main: Compiled | TemplateExecError | undefined
  return {
    name,
    text,
    reads: readsOf(trees, name),
    render: (data) => {
      main ??= options.html === true ? htmlMain(program, trees, functions) : mainOf(trees, name, functions)
      if (main instanceof TemplateExecError) throw main
      const exec = new Exec(program, data)
      main.run(exec, data ?? undefined, false)
      return wellFormed(exec.out)
    },
  }
}

const mainOf = (trees: Trees, name: string, functions: Functions): Compiled =>
  new SetCompiler(trees, functions).template(name)!

/** The main template with escapers, or why there can be none. */
const htmlMain = (program: Program, trees: Trees, functions: Functions): Compiled | TemplateExecError => {
  const escaped = escapeTrees(trees, program.name)
  if ('trees' in escaped) return mainOf(escaped.trees, program.name, { ...functions, ...htmlEscapers })
  const { description, pos, line } = escaped.error
  const place = pos !== undefined ? placeOf(program, pos) : line ? `${program.name}:${line}` : program.name
  return new TemplateExecError(`html/template:${place}: ${description}`)
}
