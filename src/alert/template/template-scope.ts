/**
 * What the compiler's parts share: the closures nodes become and the slots variables live in.
 */
import type { Maybe } from './go-value.ts'
import type { Exec } from './template-exec.ts'

/** What a statement ends with: it went through, or a {{break}} or {{continue}} is on its way to its range. */
export type Flow = 0 | 1 | 2
export const breaks: Flow = 1
export const continues: Flow = 2

export type Emit = (s: Exec) => Flow
export type Eval = (s: Exec) => Maybe
/** A command; `final` is what the pipeline hands on to it. */
export type CommandEval = (s: Exec, final: Maybe) => Maybe

export interface Variable {
  readonly name: string
  readonly slot: number
  heldSlot?: number
}

/** The variables of a template: each declaration has a slot; names are looked up from the innermost one. */
export class Scope {
  slots = 1
  readonly #names: Variable[] = [{ name: '$', slot: 0 }]

  declare(name: string): number {
    const slot = this.slots++
    this.#names.push({ name, slot })
    return slot
  }

  find(name: string): Variable | undefined {
    return this.#names.findLast((entry) => entry.name === name)
  }

  /** Makes room for the note that a range's element came out of an interface{}. */
  markHeld(variable: Variable): number {
    variable.heldSlot ??= this.slots++
    return variable.heldSlot
  }

  mark(): number {
    return this.#names.length
  }

  pop(mark: number): void {
    this.#names.length = mark
  }
}
