// Expressions that are computed when a script is defined, and the search for constants that no evaluation survives.
import { type Time, timeFromMillis } from '../../base/time.ts'
import type { Node } from '../ast.ts'
import type { ScriptValue } from '../evaluate/script-value.ts'
import type { LambdaParam } from '../fields.ts'
import { BUILTINS } from './builtins.ts'
import { closureOf } from './closures.ts'
import { EvaluationError } from './evaluation-error.ts'
import { type Expression, LambdaError, prepare } from './expression.ts'
import { expressionText } from './expression-text.ts'
import type { LambdaValue } from './kinds.ts'
import { lower, type Readings, type Want } from './lower.ts'
import { NO_POINT } from './no-point.ts'

/**
 * Computes an expression without names, such as `2 * 3 + int('4')`, with all functions at hand. Throws LambdaError or
 * EvaluationError with the reason when it can't be. `now` is what now() gives; the clock when not given.
 */
export function evaluateConstant(node: Node, now: Time = timeFromMillis(Date.now())): ScriptValue {
  const { expression, references, cells } = prepare(node, { functions: BUILTINS })
  const nowhere: Readings = new Map(references.map((name) => [name, { is: 'undefined' }]))
  const code = lower(expression, nowhere, 'value')
  const value = closureOf(code)(
    NO_POINT,
    cells.map((f) => f.newCell?.() ?? []),
    now,
    [],
  )
  return { type: code.kind, value } as ScriptValue
}

/**
 * The reason why evaluating a lambda must fail on every point it gets to, because of constants in it: a division of
 * integers by 0, an argument that its function never takes. Undefined when there is none.
 */
export function constantFault(param: LambdaParam): string | undefined {
  try {
    return faultOf(prepare(param.node.expression, { functions: BUILTINS }).expression)
  } catch (e) {
    // What can't be compiled is reported when the task is started.
    if (e instanceof LambdaError) return undefined
    throw e
  }
}

function faultOf(e: Expression): string | undefined {
  switch (e.is) {
    case 'value':
    case 'reference':
      return undefined
    case 'unary':
      return faultOf(e.operand)
    case 'binary': {
      const inside = faultOf(e.left) ?? (decides(e) ? undefined : faultOf(e.right))
      if (inside || (e.operator !== '/' && e.operator !== '%')) return inside
      const divisor = e.right.kind === 'int' || e.right.kind === 'duration' ? constantValue(e.right) : undefined
      if (divisor !== 0 || e.left.kind === 'float') return undefined
      return `integer divide by zero in ${expressionText(e)}`
    }
    case 'call': {
      for (const a of e.args) {
        const inside = faultOf(a)
        if (inside) return inside
      }
      return e.callee?.refuse?.(e.args.map((a) => constantValue(a)))
    }
  }
}

/** Whether the left side of AND or OR is a constant that leaves the right side unevaluated. */
function decides(e: Expression & { readonly is: 'binary' }): boolean {
  if (e.operator !== 'AND' && e.operator !== 'OR') return false
  return constantValue(e.left, 'bool') === (e.operator === 'OR')
}

/** The value of an expression without references and calls; undefined for any other. */
function constantValue(e: Expression, want: Want = 'value'): LambdaValue | undefined {
  if (!isConstant(e)) return undefined
  try {
    return closureOf(lower(e, new Map(), want))(NO_POINT, [], NO_POINT, [])
  } catch (error) {
    if (error instanceof EvaluationError) return undefined
    throw error
  }
}

function isConstant(e: Expression): boolean {
  switch (e.is) {
    case 'value':
      return true
    case 'unary':
      return isConstant(e.operand)
    case 'binary':
      return isConstant(e.left) && isConstant(e.right)
    default:
      return false
  }
}
