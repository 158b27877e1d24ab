// A compiled lambda: one function per layout of points (shape and tag names), made when the first such point comes.
// Beyond a few layouts one form that looks names up serves all that agree in the kinds of what the lambda reads.
import type { Point } from '../../base/point.ts'
import type { Shape } from '../../base/shape.ts'
import type { Time } from '../../base/time.ts'
import { uninlined } from '../../base/uninlined.ts'
import type { Value } from '../../base/value.ts'
import { closureOf } from './closures.ts'
import type { Code } from './code.ts'
import type { EvaluationError } from './evaluation-error.ts'
import type { PreparedLambda } from './expression.ts'
import type { Cell, LambdaState } from './function.ts'
import type { FieldKind, LambdaKind, LambdaValue } from './kinds.ts'
import { LayoutCache } from './layout-cache.ts'
import { lower, type Reading, type Want } from './lower.ts'
import type { Run } from './run.ts'
import { generate } from './source-text.ts'

/** Layouts of one lambda that get a function of their own. */
export const MAX_FORMS = 8
/** General forms that are kept; they are forgotten when there are more. */
const MAX_GENERAL = 64
/** Names that the caller adds to what the point has, e.g. earlier results. Fields and tags of the point come first. */
export interface Overlay {
  readonly names: readonly string[]
  readonly kinds: readonly FieldKind[]
  readonly values: readonly LambdaValue[]
}

/** A lambda for one layout of points. */
export interface Form {
  /** Kind of the result; `missing` when it always fails. */
  readonly kind: LambdaKind
  readonly run: Run
  /** The error that every evaluation throws, when it is known beforehand that nothing else happens. */
  readonly fault: EvaluationError | undefined
}

const NO_OVERLAY: readonly LambdaValue[] = []

export class Lambda {
  /** Names of fields and tags (and `time`) that it reads, in order of appearance. */
  readonly references: readonly string[]
  readonly #prepared: PreparedLambda
  readonly #want: Want
  readonly #generate: boolean
  readonly #forms = new Map<string, Form>()
  readonly #general = new Map<string, Form>()
  // The layout of the last point.
  #shape: Shape | undefined
  #keys: readonly string[] | undefined
  #form: Form | undefined
  #run: Run | undefined
  readonly #recent = new LayoutCache<Form>()

  constructor(prepared: PreparedLambda, want: Want, generated: boolean) {
    this.references = prepared.references
    this.#prepared = prepared
    this.#want = want
    this.#generate = generated
  }

  /** Whether it calls count(), sigma() or spread(). */
  get stateful(): boolean {
    return this.#prepared.cells.length > 0
  }

  /** Fresh state for a group: plain data, changed in place by evaluations. */
  newState(): LambdaState {
    return this.#prepared.cells.map((f) => f.newCell?.() ?? [])
  }

  /** Kind of the last result of `evaluate`. */
  get kind(): LambdaKind {
    return this.#form?.kind ?? 'missing'
  }

  /** For `want: 'bool'`. `now` is what now() gives. Throws EvaluationError. */
  test(p: Point, state: LambdaState, now: Time): boolean {
    if (p.shape !== this.#shape || p.series.keys !== this.#keys) this.#select(p.shape, p.series.keys)
    return this.#run!(p, state as Cell[], now, NO_OVERLAY) as boolean
  }

  /** The result, a field's value; its kind is `kind`. Throws EvaluationError. */
  evaluate(p: Point, state: LambdaState, now: Time, overlay?: Overlay): Value {
    if (overlay) {
      this.#shape = undefined
      this.#form = this.bind(p.shape, p.series.keys, overlay)
      return this.#form.run(p, state as Cell[], now, overlay.values) as Value
    }
    if (p.shape !== this.#shape || p.series.keys !== this.#keys) this.#select(p.shape, p.series.keys)
    return this.#run!(p, state as Cell[], now, NO_OVERLAY) as Value
  }

  #select(shape: Shape, keys: readonly string[]): void {
    let form = this.#recent.get(shape, keys)
    if (!form) {
      form = uninlined(() => this.bind(shape, keys))
      this.#recent.set(shape, keys, form)
    }
    this.#shape = shape
    this.#keys = keys
    this.#form = form
    this.#run = form.run
  }

  /** The form for points of this shape whose series has these tag keys; only kinds and names of the overlay matter. */
  bind(shape: Shape, keys: readonly string[], overlay?: Pick<Overlay, 'names' | 'kinds'>): Form {
    const readings = this.references.map((name) => readingOf(name, shape, keys, overlay))
    const key = readings.map(exactKey).join()
    const known = this.#forms.get(key)
    if (known) return known
    if (this.#forms.size < MAX_FORMS) {
      const form = this.#make(readings, this.#generate)
      this.#forms.set(key, form)
      return form
    }
    const generalKey = readings.map(generalKeyOf).join()
    let form = this.#general.get(generalKey)
    if (!form) {
      form = this.#make(
        readings.map((r, i) => byName(r, this.references[i]!)),
        false,
      )
      if (this.#general.size >= MAX_GENERAL) this.#general.clear()
      this.#general.set(generalKey, form)
    }
    return form
  }

  /** How many forms there are now: of single layouts and general ones. For the test of the bounds. */
  formCounts(): { readonly exact: number; readonly general: number } {
    return { exact: this.#forms.size, general: this.#general.size }
  }

  #make(readings: readonly Reading[], generated: boolean): Form {
    const named = new Map(this.references.map((name, i) => [name, readings[i]!]))
    const code: Code = lower(this.#prepared.expression, named, this.#want)
    return {
      kind: code.kind,
      run: generated ? generate(code) : closureOf(code),
      fault: code.op === 'fail' ? code.error : undefined,
    }
  }
}

/** What a name is: time before a field, a field before a tag, a tag before the overlay; field and tag at once clash. */
function readingOf(
  name: string,
  shape: Shape,
  keys: readonly string[],
  overlay: Pick<Overlay, 'names' | 'kinds'> | undefined,
): Reading {
  if (name === 'time') return { is: 'value', kind: 'time', source: { from: 'time' } }
  const slot = shape.slot(name)
  const tag = keys.indexOf(name)
  if (slot >= 0) {
    if (tag >= 0) return { is: 'clash' }
    const kind = shape.kinds[slot]!
    return kind === 'null' ? { is: 'null' } : { is: 'value', kind, source: { from: 'slot', index: slot } }
  }
  if (tag >= 0) return { is: 'value', kind: 'string', source: { from: 'tag', index: tag } }
  const at = overlay ? overlay.names.lastIndexOf(name) : -1
  if (at < 0) return { is: 'missing' }
  return { is: 'value', kind: overlay!.kinds[at]!, source: { from: 'overlay', index: at } }
}

function exactKey(r: Reading): string {
  if (r.is !== 'value') return r.is
  return `${r.kind}@${r.source.from}${'index' in r.source ? r.source.index : ''}`
}

function generalKeyOf(r: Reading): string {
  return r.is === 'value' && r.source.from !== 'overlay' ? `${r.kind}@${r.source.from}` : exactKey(r)
}

function byName(r: Reading, name: string): Reading {
  if (r.is !== 'value') return r
  if (r.source.from === 'slot') return { ...r, source: { from: 'fieldName', name } }
  return r.source.from === 'tag' ? { ...r, source: { from: 'tagName', name } } : r
}
