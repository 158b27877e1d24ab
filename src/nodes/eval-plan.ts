// What eval does with points of one layout, settled once: a function per expression, where each field of the result
// comes from, and its shape. Knows nothing of nodes and groups.
import { type LentPoint, Point, withSeries } from '../base/point.ts'
import { makeShape, type Shape } from '../base/shape.ts'
import type { Time } from '../base/time.ts'
import type { Kind, Value } from '../base/value.ts'
import { EvaluationError } from '../lang/lambda/evaluation-error.ts'
import type { Cell, LambdaState } from '../lang/lambda/function.ts'
import type { FieldKind, LambdaValue } from '../lang/lambda/kinds.ts'
import type { Form, Lambda } from '../lang/lambda/lambda.ts'

export interface EvalSpec {
  readonly lambdas: readonly Lambda[]
  /** One name per lambda. */
  readonly as: readonly string[]
  readonly tags: readonly string[]
  /** Undefined: results only. Empty: everything. Else exactly these. */
  readonly keep: readonly string[] | undefined
}

/** Where a value comes from: a result, a field, or a tag of the point. */
type Origin = { readonly from: 'result' | 'field' | 'tag'; readonly index: number; readonly kind: Kind }
type Scope = ReadonlyMap<string, Origin | 'nowhere'>

/** Go's names of kinds, as the message about tags shows them. */
const GO_NAMES: Readonly<Record<Kind, string>> = {
  float: 'float64',
  int: 'int64',
  string: 'string',
  bool: 'bool',
  duration: 'time.Duration',
  null: '<nil>',
}

export class EvalPlan {
  readonly #forms: readonly Form[]
  /** What is found wrong once all expressions have been evaluated. */
  readonly #fault: EvaluationError | undefined
  readonly #shape: Shape
  /** For each field of the new shape: a slot of the point, or the complement of the number of a result. */
  readonly #take: readonly number[]
  /** The only expression, where its result is all there is: common, and much cheaper than what any of several may be. */
  readonly #lone: Form | undefined
  /** Fields that are tags of the point. */
  readonly #fromTags: readonly { readonly slot: number; readonly tag: number }[]
  readonly #tags: readonly { readonly name: string; readonly origin: Origin }[]
  #lent: LentPoint | undefined

  constructor(spec: EvalSpec, shape: Shape, keys: readonly string[]) {
    const { forms, scope } = evaluationOf(spec, shape, keys)
    this.#forms = forms
    this.#shape = shape
    this.#take = []
    this.#fromTags = []
    this.#tags = []
    // An expression that always fails leaves nothing to plan.
    if (forms.at(-1)?.fault) return
    try {
      const fields = fieldsOf(spec, shape, scope)
      const names = [...fields.keys()].sort()
      const origins = names.map((n) => fields.get(n)!)
      this.#shape = makeShape(
        names,
        origins.map((o) => o.kind),
      )
      this.#take = origins.map((o) => (o.from === 'field' ? o.index : o.from === 'result' ? ~o.index : 0))
      this.#fromTags = origins.flatMap((o, slot) => (o.from === 'tag' ? [{ slot, tag: o.index }] : []))
      this.#tags = spec.tags.map((name) => ({ name, origin: tagOf(scope.get(name)) }))
      if (forms.length === 1 && names.length === 1 && this.#take[0] === ~0 && spec.tags.length === 0)
        this.#lone = forms[0]
    } catch (e) {
      if (!(e instanceof EvaluationError)) throw e
      this.#fault = e
    }
  }

  /**
   * The new point. `states` has one state per lambda, `results` is scratch of the same length. With `lend` it is one object
   * that the next call writes anew. Throws EvaluationError.
   */
  apply(p: Point, states: readonly LambdaState[], now: Time, results: LambdaValue[], lend: boolean): Point {
    const lone = this.#lone
    if (lone !== undefined && !lend) {
      const values = [lone.run(p, states[0] as Cell[], now, results) as Value]
      return new Point(p.series, this.#shape, values, p.sec, p.ns)
    }
    const forms = this.#forms
    for (let i = 0; i < forms.length; i++) results[i] = forms[i]!.run(p, states[i] as Cell[], now, results)
    if (this.#fault) throw this.#fault
    const take = this.#take
    const from = p.values
    const lent = lend ? this.#lentFor(p) : undefined
    const values = lent ? lent.values : new Array<Value>(take.length)
    for (let i = 0; i < take.length; i++) {
      const at = take[i]!
      values[i] = at >= 0 ? from[at]! : (results[~at] as Value)
    }
    for (const { slot, tag } of this.#fromTags) values[slot] = p.series.vals[tag]!
    const made = lent ?? new Point(p.series, this.#shape, values, p.sec, p.ns)
    if (this.#tags.length === 0) return made
    let { series } = p
    for (const { name, origin } of this.#tags) series = series.with(name, textAt(origin, p, results))
    if (!lent) return withSeries(made, series)
    lent.series = series
    return lent
  }

  /** The point that is lent, but for its values. */
  #lentFor(p: Point): LentPoint {
    const lent = this.#lent
    if (lent === undefined)
      return (this.#lent = new Point(
        p.series,
        this.#shape,
        new Array<Value>(this.#take.length),
        p.sec,
        p.ns,
      ) as LentPoint)
    lent.series = p.series
    lent.sec = p.sec
    lent.ns = p.ns
    return lent
  }
}

function textAt(o: Origin, p: Point, results: readonly LambdaValue[]): string {
  const value = o.from === 'result' ? results[o.index] : o.from === 'field' ? p.values[o.index] : p.series.vals[o.index]
  return value as string
}

/** The forms of the expressions, up to one that always fails, and what the names stand for after the last. */
function evaluationOf(spec: EvalSpec, shape: Shape, keys: readonly string[]) {
  const forms: Form[] = []
  const kinds: FieldKind[] = []
  const scope = new Map<string, Origin | 'nowhere'>()
  for (const [i, lambda] of spec.lambdas.entries()) {
    for (const name of lambda.references) {
      // A result keeps its name in what comes out, also where a later expression reads the point's own field.
      const before = scope.get(name)
      if (name === 'time' || (before && before !== 'nowhere' && before.from === 'result')) continue
      const slot = shape.slot(name)
      const tag = keys.indexOf(name)
      if (slot >= 0) scope.set(name, { from: 'field', index: slot, kind: shape.kinds[slot]! })
      else if (tag >= 0) scope.set(name, { from: 'tag', index: tag, kind: 'string' })
      else scope.set(name, 'nowhere')
    }
    const form = lambda.bind(shape, keys, { names: spec.as.slice(0, i), kinds })
    forms.push(form)
    if (form.fault) break
    kinds.push(form.kind as FieldKind)
    scope.set(spec.as[i]!, { from: 'result', index: i, kind: form.kind as FieldKind })
  }
  return { forms, scope }
}

function fieldsOf(spec: EvalSpec, shape: Shape, scope: Scope): Map<string, Origin> {
  const fields = new Map<string, Origin>()
  const put = (name: string, o: Origin | 'nowhere' | undefined): void => {
    if (o && o !== 'nowhere') fields.set(name, o)
    else throw new EvaluationError(`cannot keep field "${name}", field does not exist`, name)
  }
  const raw = (slot: number): Origin => ({ from: 'field', index: slot, kind: shape.kinds[slot]! })
  if (spec.keep === undefined) {
    for (const name of spec.as) if (!spec.tags.includes(name)) put(name, scope.get(name))
  } else if (spec.keep.length === 0) {
    for (const [slot, name] of shape.names.entries()) put(name, raw(slot))
    for (const name of spec.as) put(name, scope.get(name))
  } else {
    for (const name of spec.keep) {
      const slot = shape.slot(name)
      put(name, scope.get(name) ?? (slot >= 0 ? raw(slot) : undefined))
    }
  }
  return fields
}

function tagOf(o: Origin | 'nowhere' | undefined): Origin {
  if (!o || o === 'nowhere') throw new EvaluationError('a tag has no result')
  if (o.kind === 'string') return o
  throw new EvaluationError(`result of a tag expression must be of type string, got ${GO_NAMES[o.kind]}`)
}
