/**
 * The templates of one text, compiled when they are first called, and the functions they can call.
 */
import type { GoFunction } from './go-function.ts'
import type { Maybe } from './go-value.ts'
import { TreeCompiler } from './template-compiler.ts'
import type { Exec } from './template-exec.ts'
import { builtins } from './template-functions.ts'
import type { TemplateTree } from './template-nodes.ts'
import { Scope } from './template-scope.ts'

/** A compiled template of a set. */
export interface Compiled {
  readonly name: string
  run(s: Exec, dot: Maybe, held: boolean): void
}

/** Compiles the templates of a set when they are first asked for. */
export class SetCompiler {
  readonly #trees: ReadonlyMap<string, TemplateTree>
  readonly #functions: Readonly<Record<string, GoFunction>>
  readonly #compiled = new Map<string, Compiled>()

  constructor(trees: ReadonlyMap<string, TemplateTree>, functions: Readonly<Record<string, GoFunction>>) {
    this.#trees = trees
    this.#functions = functions
  }

  /** Undefined when the set has no template of that name. */
  template(name: string): Compiled | undefined {
    const known = this.#compiled.get(name)
    if (known !== undefined) return known
    const tree = this.#trees.get(name)
    if (tree === undefined) return undefined
    const scope = new Scope()
    const body = new TreeCompiler(this, scope).list(tree.root)
    const compiled: Compiled = {
      name,
      run(s, dot, held) {
        const { vars, template } = s
        const outer = s.dot
        const outerHeld = s.held
        s.vars = new Array<Maybe>(scope.slots)
        s.vars[0] = dot
        s.dot = dot
        s.held = held
        s.template = name
        body(s)
        s.vars = vars
        s.dot = outer
        s.held = outerHeld
        s.template = template
      },
    }
    this.#compiled.set(name, compiled)
    return compiled
  }

  /** A function by name, and whether it is one of the built-in ones and not a replacement. */
  function(name: string): { readonly fn: GoFunction; readonly builtin: boolean } | undefined {
    if (Object.hasOwn(this.#functions, name)) return { fn: this.#functions[name]!, builtin: false }
    return Object.hasOwn(builtins, name) ? { fn: builtins[name]!, builtin: true } : undefined
  }
}
