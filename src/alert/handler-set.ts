// The handlers that a server knows, by kind: from what a script or a topic handler's JSON says to options that are
// checked and ready to send with. Knows nothing of topics or queues.
import { Fault } from '../base/fault.ts'
import { suggest } from '../lang/suggest.ts'
import {
  defaultConfig,
  type HandlerConfigs,
  type HandlerDeclaration,
  optionsOfScript,
} from './handlers/define-handler.ts'
import { kebab } from './handlers/option.ts'
import type { InlineHandler } from './sink.ts'

export type HandlerOptions = Readonly<Record<string, unknown>>

/** A handler with its options, ready to take events. */
export interface ReadyHandler {
  readonly declaration: HandlerDeclaration
  readonly options: HandlerOptions
}

export class HandlerSet {
  readonly #kinds: ReadonlyMap<string, HandlerDeclaration>
  readonly #configs: HandlerConfigs

  constructor(declarations: readonly HandlerDeclaration[], configs: HandlerConfigs = { of: defaultConfig }) {
    this.#kinds = new Map(declarations.map((d) => [d.kind, d]))
    this.#configs = configs
  }

  get kinds(): readonly string[] {
    return [...this.#kinds.keys()].sort()
  }

  /** Throws Fault when there is no such kind. */
  declaration(kind: string): HandlerDeclaration {
    const d = this.#kinds.get(kind)
    if (!d) {
      const near = suggest(kind, this.#kinds.keys())
      throw new Fault(
        'unknown-handler-kind',
        `unsupported action kind "${kind}"${near ? `, did you mean "${near}"?` : ''}`,
        {
          status: 400,
        },
      )
    }
    return d
  }

  config(d: HandlerDeclaration): unknown {
    return this.#configs.of(d)
  }

  /** A handler as a script names it. Throws Fault with the reason why it can't work. */
  ofScript(inline: InlineHandler): ReadyHandler {
    const declaration = this.declaration(inline.kind)
    return this.#checked(declaration, optionsOfScript(declaration, inline.params))
  }

  /** A topic handler's kind and JSON options (null = none). Throws Fault with the reason why it can't work. */
  ofSpec(kind: string, json: unknown): ReadyHandler {
    const declaration = this.declaration(kind)
    return this.#checked(declaration, optionsOfJson(declaration, json))
  }

  #checked(declaration: HandlerDeclaration, options: HandlerOptions): ReadyHandler {
    const reason = declaration.check?.(options, this.config(declaration))
    if (reason !== undefined) throw new Fault('bad-handler', reason, { status: 400 })
    return { declaration, options }
  }
}

/** A handler's options from their JSON form. Keys match in any case; one that is none is an error. */
export function optionsOfJson(d: HandlerDeclaration, json: unknown): HandlerOptions {
  const options: Record<string, unknown> = {}
  const names = new Map<string, string>()
  for (const [name, o] of Object.entries(d.options)) {
    options[name] = o.initial
    names.set((o.key ?? kebab(name)).toLowerCase(), name)
  }
  if (json === null || json === undefined || d.ignoresOptions) return options
  if (typeof json !== 'object' || Array.isArray(json)) throw badOptions(d, 'must be an object')
  for (const [key, value] of Object.entries(json)) {
    const name = names.get(key.toLowerCase()) ?? names.get(kebab(key))
    if (name === undefined) {
      const near = suggest(key.toLowerCase(), names.keys())
      throw badOptions(d, `has invalid keys: ${key}${near ? ` (did you mean "${near}"?)` : ''}`)
    }
    if (value === null) continue
    try {
      options[name] = d.options[name]!.decode(value)
    } catch (e) {
      throw badOptions(d, `"${key}" ${(e as Error).message}`)
    }
  }
  return options
}

function badOptions(d: HandlerDeclaration, reason: string): Fault {
  return new Fault('bad-handler-options', `failed to decode options of handler ${d.kind}: ${reason}`, { status: 400 })
}
