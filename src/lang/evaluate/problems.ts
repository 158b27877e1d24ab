// Collects what is wrong with a script while it is evaluated. What fails is reported at once and given up by a jump
// to whoever can go on without it.

import { type Diagnostic, type Label, ScriptError, type Span, withPosition } from '../diagnostic.ts'
import type { FaultCode, WarningCode } from './fault-codes.ts'

/** So many faults are reported for a script at most. */
export const MAX_PROBLEMS = 20

/** Thrown when something has been given up; the fault has been reported already. Never leaves the evaluator. */
export class GivenUp extends Error {}

export interface Problem {
  readonly code: FaultCode
  /** Without position. */
  readonly message: string
  readonly span: Span
  /** The offset that the message begins with, as line and character; none when not given. */
  readonly at?: number | undefined
  readonly labels?: readonly Label[] | undefined
  readonly help?: string | undefined
}

export class Problems {
  readonly source: string
  /** In the order of finding, so many at most as faults. */
  readonly warnings: Diagnostic[] = []
  readonly #diagnostics: Diagnostic[] = []

  constructor(source: string) {
    this.source = source
  }

  get found(): boolean {
    return this.#diagnostics.length > 0
  }

  /** Throws ScriptError when there are too many. */
  report({ code, message, span, at, labels, help }: Problem): void {
    this.#diagnostics.push({
      code,
      severity: 'error',
      message: at === undefined ? message : withPosition(this.source, at, message),
      span,
      labels,
      help,
    })
    if (this.#diagnostics.length >= MAX_PROBLEMS) throw new ScriptError(this.#diagnostics)
  }

  warn(code: WarningCode, message: string, span: Span, help?: string): void {
    if (this.warnings.length < MAX_PROBLEMS) this.warnings.push({ code, severity: 'warning', message, span, help })
  }

  /** Reports and gives up. */
  fail(problem: Problem): never {
    this.report(problem)
    throw new GivenUp(problem.message)
  }

  /** For what depends on something that failed: `throw problems.giveUp()`. */
  giveUp(): GivenUp {
    return new GivenUp('depends on what failed')
  }

  /** What is computed, or the other thing when it was given up. */
  attempt<T>(compute: () => T, otherwise: T): T {
    try {
      return compute()
    } catch (e) {
      if (e instanceof GivenUp) return otherwise
      throw e
    }
  }

  /** Throws ScriptError when anything was reported. */
  throwIfAny(): void {
    if (this.found) throw new ScriptError(this.#diagnostics)
  }
}
