// The names of a script and their values; they are set once. Values given from outside wait here for their vars.
import type { Span } from '../diagnostic.ts'
import { didYouMean } from '../suggest.ts'
import type { Problems } from './problems.ts'
import type { ScriptValue } from './script-value.ts'

export class Scope {
  readonly #problems: Problems
  readonly #values = new Map<string, ScriptValue>()
  readonly #used = new Set<string>()

  constructor(problems: Problems) {
    this.#problems = problems
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  isUsed(name: string): boolean {
    return this.#used.has(name)
  }

  set(name: string, value: ScriptValue): void {
    this.#values.set(name, value)
  }

  /** The value of a name; reports and gives up when there is none. */
  get(name: string, span: Span, context: 'script' | 'lambda' = 'script'): ScriptValue {
    const value = this.#values.get(name)
    this.#used.add(name)
    if (value) return value
    const names = [...this.#values.keys()]
    return this.#problems.fail({
      code: 'undefined-name',
      message: `name "${name}" is undefined. Names in scope: ${names.join(',')}`,
      span,
      help: didYouMean(name, names) ?? hintFor(name, names, context),
    })
  }
}

function hintFor(name: string, names: readonly string[], context: 'script' | 'lambda'): string | undefined {
  const other = { stream: 'batch', batch: 'stream' }[name]
  if (other !== undefined && names.includes(other)) {
    return `This is a ${other} task: its source is ${other}.`
  }
  return context === 'lambda' ? `Write "${name}" in double quotes to name a field or tag of a point.` : undefined
}
