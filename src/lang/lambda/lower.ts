// From an expression to the code for one layout of points. It settles which errors come and when: the types of both
// sides are looked at before an operation is evaluated, but never into a comparison, AND, OR or !, which are bool
// whatever is in them. So a short-circuited side raises nothing that only its evaluation would.
import type { BinaryOperator } from '../ast.ts'
import { closureOf } from './closures.ts'
import { type Code, isQuiet, type Source } from './code.ts'
import { DIVIDE_BY_ZERO, EvaluationError } from './evaluation-error.ts'
import type { Expression } from './expression.ts'
import { expressionText } from './expression-text.ts'
import { type Signature, signatureText } from './function.ts'
import { FIELD_KINDS, kindName, type LambdaKind } from './kinds.ts'
import { NO_POINT } from './no-point.ts'
import { operatorFor, operatorMismatch } from './operators.ts'

/** What a name is for this layout. `null`: the field is there without a value. `undefined`: names mean nothing here. */
export type Reading =
  | { readonly is: 'value'; readonly kind: LambdaKind; readonly source: Source }
  | { readonly is: 'missing' }
  | { readonly is: 'null' }
  | { readonly is: 'clash' }
  | { readonly is: 'undefined' }

export type Readings = ReadonlyMap<string, Reading>

/** Whom the result is for: a predicate, a field or tag, a number of replicas. */
export type Want = 'bool' | 'value' | 'int'

/** The code of a whole lambda. Its kind is that of the result. */
export function lower(e: Expression, readings: Readings, want: Want): Code {
  for (const [name, r] of readings) {
    if (r.is === 'clash') return fail(new EvaluationError(`cannot have field and tags with same name "${name}"`))
  }
  const l = new Lowering(readings)
  const kind = l.kindOf(e)
  if (kind instanceof EvaluationError) return fail(kind)
  if (want === 'value') {
    if (kind === 'missing') return fail(missing(`missing value: ${expressionText(e)}`, e))
    if (!FIELD_KINDS.has(kind))
      return fail(new EvaluationError(`expression returned unexpected type ${kindName(kind)}`))
    return l.code(e, '')
  }
  return guard(l.code(e, ''), kind, want, e)
}

class Lowering {
  readonly #readings: Readings
  readonly #kinds = new Map<Expression, LambdaKind | EvaluationError>()

  constructor(readings: Readings) {
    this.#readings = readings
  }

  /** The type, or the error that asking for it raises. Never looks into what is a bool in any case. */
  kindOf(e: Expression): LambdaKind | EvaluationError {
    if (e.kind) return e.kind
    let k = this.#kinds.get(e)
    if (k === undefined) {
      k = this.#findKind(e)
      this.#kinds.set(e, k)
    }
    return k
  }

  #findKind(e: Expression): LambdaKind | EvaluationError {
    switch (e.is) {
      case 'value':
        return e.kind
      case 'reference':
        return this.#read(e.name)
      case 'unary':
        return this.kindOf(e.operand)
      case 'binary': {
        const entry = this.#operation(e.operator, e.left, e.right)
        return entry instanceof EvaluationError ? entry : entry.gives
      }
      case 'call': {
        const s = this.#signature(e)
        return s instanceof EvaluationError ? s : s.gives
      }
    }
  }

  #read(name: string): LambdaKind | EvaluationError {
    const r = this.#readings.get(name)
    if (r?.is === 'value') return r.kind
    if (r?.is === 'null') return new EvaluationError(`referenced value "${name}" is nil.`, name)
    if (r?.is === 'undefined') return new EvaluationError(`name "${name}" is undefined. Names in scope: `)
    return 'missing'
  }

  #operation(operator: BinaryOperator, left: Expression, right: Expression) {
    const l = this.kindOf(left)
    if (l instanceof EvaluationError) return l
    const r = this.kindOf(right)
    if (r instanceof EvaluationError) return r
    const entry = operatorFor(operator, l, r)
    if (entry) return entry
    if (l === 'missing') return missing(`left ${sideText(left)} is missing value`, left)
    if (r === 'missing') return missing(`right ${sideText(right)} is missing value`, right)
    return new EvaluationError(operatorMismatch(operator, l, r))
  }

  #signature(e: Expression & { readonly is: 'call' }): Signature | EvaluationError {
    const kinds: LambdaKind[] = []
    for (const [i, a] of e.args.entries()) {
      const k = this.kindOf(a)
      if (k instanceof EvaluationError)
        return new EvaluationError(`Failed to handle ${i + 1} argument: ${k.message}`, k.missing)
      kinds.push(k)
    }
    if (!e.callee) return new EvaluationError(`undefined function: "${e.name}"`)
    for (const s of e.callee.signatures) {
      if (s.args.length === kinds.length && s.args.every((k, i) => k === kinds[i])) return s
    }
    const gone = e.args.filter((_, i) => kinds[i] === 'missing')
    if (gone.length > 0) {
      const [noun, verb] = gone.length > 1 ? ['arguments', 'are'] : ['argument', 'is']
      const scope = [...this.#readings].filter(([, r]) => r.is !== 'missing').map(([name]) => `"${name}"`)
      const names = gone.map(expressionText).join(', ')
      return missing(
        `Cannot call function "${e.name}" ${noun} ${names} ${verb} missing, values in scope are [${scope.join(', ')}]`,
        gone[0]!,
      )
    }
    const args = e.args.map((a, i) => `${expressionText(a)}: ${kindName(kinds[i]!)}`).join(',')
    const known = e.callee.signatures.map((s) => signatureText(s, kindName)).join(', ')
    return new EvaluationError(
      `Cannot call function "${e.name}" with args (${args}), available signatures are [${known}].`,
    )
  }

  /** `prefix` tells which argument of which call it stands in. */
  code(e: Expression, prefix: string): Code {
    switch (e.is) {
      case 'value':
        return { op: 'const', kind: e.kind, value: e.value }
      case 'reference': {
        const r = this.#readings.get(e.name)
        if (r?.is === 'value') return { op: 'read', kind: r.kind, source: r.source }
        const k = this.#read(e.name)
        return k instanceof EvaluationError
          ? fail(prefixed(k, prefix))
          : { op: 'const', kind: 'missing', value: undefined }
      }
      case 'unary':
        return this.#unary(e, prefix)
      case 'binary':
        return this.#binary(e, prefix)
      case 'call':
        return this.#call(e, prefix)
    }
  }

  #unary(e: Expression & { readonly is: 'unary' }, prefix: string): Code {
    const operand = this.code(e.operand, prefix)
    if (operand.op === 'fail') return operand
    if (e.operator === '!') {
      const guarded = guard(operand, operand.kind, 'bool', e.operand, prefix)
      return guarded.op === 'fail' ? guarded : folded({ op: 'unary', kind: 'bool', apply: 'not', operand })
    }
    const { kind } = operand
    if (kind === 'float') return folded({ op: 'unary', kind, apply: 'negFloat', operand })
    if (kind === 'int' || kind === 'duration') return folded({ op: 'unary', kind, apply: 'negInt', operand })
    if (kind === 'missing') return fail(missing(`${prefix}${referenceText(e.operand)} is missing value`, e.operand))
    return fail(new EvaluationError(`${prefix}invalid unary operator - for type ${kindName(kind)}`))
  }

  #binary(e: Expression & { readonly is: 'binary' }, prefix: string): Code {
    const entry = this.#operation(e.operator, e.left, e.right)
    if (entry instanceof EvaluationError) return fail(prefixed(entry, prefix))
    const left = this.code(e.left, prefix)
    if (left.op === 'fail') return left
    const right = this.code(e.right, prefix)
    const divides = entry.operation === 'divInt' || entry.operation === 'remInt'
    const safe = right.op === 'const' && right.value !== 0
    return folded({
      op: 'binary',
      kind: entry.gives,
      apply: entry.operation,
      operator: e.operator,
      left,
      right,
      error: divides && !safe ? new EvaluationError(prefix + DIVIDE_BY_ZERO) : undefined,
    })
  }

  #call(e: Expression & { readonly is: 'call' }, prefix: string): Code {
    const signature = this.#signature(e)
    if (signature instanceof EvaluationError) return fail(prefixed(signature, prefix))
    const args = e.args.map((a, i) => this.code(a, `${prefix}Failed to handle ${i + 1} argument: `))
    const first = args[0]
    if (first?.op === 'fail') return first
    const needs = e.callee?.needs
    if (needs === undefined && signature.fixed && args.every(isQuiet)) {
      return { op: 'const', kind: signature.gives, value: (signature.run as () => boolean)() }
    }
    const chooses = e.callee?.chooses === true && args.slice(1).every(isQuiet)
    return folded({
      op: 'call',
      kind: signature.gives,
      signature,
      needs,
      cell: e.cell,
      args,
      prefix,
      varies: e.callee?.varies === true,
      chooses,
    })
  }
}

/** The code, or its value when that is the same for every point. */
function folded(code: Code): Code {
  const parts = code.op === 'unary' ? [code.operand] : code.op === 'binary' ? [code.left, code.right] : []
  const inner = code.op === 'call' ? code.args : parts
  if ((code.op === 'call' && code.varies) || !isQuiet(code) || !inner.every((c) => c.op === 'const')) return code
  return { op: 'const', kind: code.kind, value: closureOf(code)(NO_POINT, [], NO_POINT, []) }
}

function fail(error: EvaluationError): Code {
  return { op: 'fail', kind: 'missing', error }
}

function missing(message: string, e: Expression): EvaluationError {
  return new EvaluationError(message, e.is === 'reference' ? e.name : undefined)
}

function prefixed(e: EvaluationError, prefix: string): EvaluationError {
  return prefix === '' ? e : new EvaluationError(prefix + e.message, e.missing)
}

function sideText(e: Expression): string {
  return e.is === 'reference' ? `reference value "${e.name}"` : 'value'
}

function referenceText(e: Expression): string {
  return e.is === 'reference' ? `reference "${e.name}"` : 'value'
}

/** The code, if its kind is the wanted one, else its failure. */
function guard(code: Code, kind: LambdaKind, want: 'bool' | 'int', e: Expression, prefix = ''): Code {
  if (kind === want) return code
  if (kind === 'missing') return fail(missing(`${prefix}${referenceText(e)} is missing value`, e))
  return fail(
    new EvaluationError(
      `${prefix}TypeGuard: expression returned unexpected type ${kindName(kind)}, expected ${kindName(want)}`,
    ),
  )
}
