// Which chain methods a script may call on which node: the given declarations, macros and UDFs, found by name.
import type { Declaration, Macro } from './declaration.ts'
import { NameLookup } from './name-lookup.ts'
import type { PipelineNode } from './pipeline.ts'

/** All that scripts of a server may call. */
export interface Registry<D extends Declaration> {
  readonly declarations: readonly D[]
  readonly macros?: readonly Macro[] | undefined
  /** Called with `@`. */
  readonly udfs?: readonly D[] | undefined
}

export type Method<D extends Declaration> = { readonly node: D } | { readonly macro: Macro }

export class Catalog<D extends Declaration> {
  readonly #methods = new NameLookup<Method<D>>()
  readonly #internal = new Map<string, D>()
  readonly #udfs: ReadonlyMap<string, D>

  constructor({ declarations, macros = [], udfs = [] }: Registry<D>) {
    for (const node of declarations) {
      if (node.internal) this.#internal.set(node.name, node)
      else this.#methods.add(node.name, { node })
    }
    for (const macro of macros) this.#methods.add(macro.name, { macro })
    this.#udfs = new Map(udfs.map((udf) => [udf.name, udf]))
  }

  /** A declaration that scripts cannot call: `stream`, `batch`, `noOp`. */
  internal(name: string): D {
    const declaration = this.#internal.get(name)
    if (!declaration) throw new Error(`there is no declaration of ${name}`)
    return declaration
  }

  /** The chain method of this name if the node has it. */
  method(name: string, on: PipelineNode): Method<D> | undefined {
    const method = this.#methods.get(name)
    return method && allows(on.declaration, method) ? method : undefined
  }

  methodNames(on: PipelineNode): string[] {
    return this.#methods.names().filter((name) => this.method(name, on))
  }

  /** UDFs are found by their exact names. */
  udf(name: string): D | undefined {
    return this.#udfs.get(name)
  }

  udfNames(): string[] {
    return [...this.#udfs.keys()]
  }
}

function allows<D extends Declaration>(parent: Declaration, method: Method<D>): boolean {
  const { name, on, everywhere } = 'node' in method ? method.node : method.macro
  if (everywhere) return true
  if (on && !on.includes(parent.name)) return false
  return parent.only === undefined || parent.only.includes(name)
}
