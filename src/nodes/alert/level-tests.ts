// Which level a point has: the level expressions and resets of an alert node in their exact order. An expression that
// is asked twice is evaluated twice, which stateful functions notice.
import type { Level } from '../../alert/level.ts'
import { OK } from '../../alert/level.ts'
import type { Point } from '../../base/point.ts'
import type { Ctx } from '../../flow/contract.ts'
import type { LambdaParam } from '../../lang/fields.ts'
import { compileLambda, EvaluationError, type Lambda } from '../../lang/lambda/compile-lambda.ts'
import type { LambdaState } from '../../lang/lambda/function.ts'

export interface LevelExpressions {
  readonly info: LambdaParam | undefined
  readonly warn: LambdaParam | undefined
  readonly crit: LambdaParam | undefined
  readonly infoReset: LambdaParam | undefined
  readonly warnReset: LambdaParam | undefined
  readonly critReset: LambdaParam | undefined
}

export class LevelTests {
  readonly #ctx: Ctx
  /** By level; the resets after the levels. */
  readonly #lambdas: readonly (Lambda | undefined)[]
  readonly #lowest: number
  readonly #highest: number

  constructor(e: LevelExpressions, ctx: Ctx) {
    this.#ctx = ctx
    const compile = (
      name: string,
      param: LambdaParam | undefined,
      level: LambdaParam | undefined,
    ): Lambda | undefined =>
      param && level
        ? compileLambda(param, { want: 'bool', prefix: `Failed to compile stateful expression for ${name}: ` })
        : undefined
    this.#lambdas = [
      undefined,
      compile('info', e.info, e.info),
      compile('warn', e.warn, e.warn),
      compile('crit', e.crit, e.crit),
      compile('infoReset', e.infoReset, e.info),
      compile('warnReset', e.warnReset, e.warn),
      compile('critReset', e.critReset, e.crit),
    ]
    const defined = ([1, 2, 3] as const).filter((l) => this.#lambdas[l])
    this.#lowest = defined[0] ?? 4
    this.#highest = defined.at(-1) ?? 0
  }

  newState(): LambdaState[] {
    return this.#lambdas.map((l) => l?.newState() ?? [])
  }

  /** The level of a point whose group stands at `current`. */
  levelOf(p: Point, current: Level, states: LambdaState[]): Level {
    const lowest = this.#lowest
    const from = current > lowest ? current : lowest
    for (let level = this.#highest; level >= from; level--) {
      if (this.#lambdas[level] && this.#holds(level, p, states)) return level as Level
    }
    if (current === OK) return OK
    if (this.#lambdas[current + 3] && this.#keeps(current + 3, p, states)) return current
    for (let level: number = current; level >= lowest; level--) {
      if (this.#lambdas[level] && this.#holds(level, p, states)) return level as Level
    }
    return OK
  }

  #holds(at: number, p: Point, states: LambdaState[]): boolean {
    try {
      return this.#lambdas[at]!.test(p, states[at]!, this.#ctx.now())
    } catch (e) {
      this.#report(e, p)
      return false
    }
  }

  /** Whether a reset expression says that the level stays. */
  #keeps(at: number, p: Point, states: LambdaState[]): boolean {
    try {
      return !this.#lambdas[at]!.test(p, states[at]!, this.#ctx.now())
    } catch (e) {
      this.#report(e, p)
      return false
    }
  }

  #report(e: unknown, p: Point): void {
    if (e instanceof EvaluationError && e.missing !== undefined) this.#ctx.missing(e.missing, e, p)
    else this.#ctx.error(e, p)
  }
}
