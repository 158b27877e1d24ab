// Code as a tree of closures: for where functions can't be made from text, for points of too many layouts, and for
// what is computed once.
import { addInt, type Int, intToFloat, mulInt, negInt, subInt } from '../../base/int64.ts'
import type { BinaryOperator } from '../ast.ts'
import { divChecked, divDurationFloat, mulDurationFloat, raise, remChecked } from './arithmetic.ts'
import { compareText } from './byte-text.ts'
import type { Code, Source } from './code.ts'
import type { LambdaValue } from './kinds.ts'
import type { Regex } from './regex.ts'
import { type Run, withPrefix } from './run.ts'

export function closureOf(code: Code): Run {
  switch (code.op) {
    case 'const': {
      const { value } = code
      return () => value
    }
    case 'fail': {
      const { error } = code
      return () => raise(error)
    }
    case 'read':
      return reader(code.source)
    case 'unary': {
      const x = closureOf(code.operand)
      if (code.apply === 'not') return (p, s, c, o) => !x(p, s, c, o)
      if (code.apply === 'negInt') return (p, s, c, o) => negInt(x(p, s, c, o) as Int)
      return (p, s, c, o) => -(x(p, s, c, o) as number)
    }
    case 'binary':
      return binary(code)
    case 'call':
      return call(code)
  }
}

function reader(source: Source): Run {
  switch (source.from) {
    case 'slot': {
      const { index } = source
      return (p) => p.values[index] as LambdaValue
    }
    case 'tag': {
      const { index } = source
      return (p) => p.series.vals[index]
    }
    case 'fieldName': {
      const { name } = source
      return (p) => p.field(name) as LambdaValue
    }
    case 'tagName': {
      const { name } = source
      return (p) => p.series.tag(name)
    }
    case 'overlay': {
      const { index } = source
      return (_p, _s, _c, o) => o[index]
    }
    case 'time':
      return (p) => p
  }
}

function binary(code: Code & { readonly op: 'binary' }): Run {
  const l = closureOf(code.left)
  const r = closureOf(code.right)
  if (code.apply === 'and') return (p, s, c, o) => l(p, s, c, o) && r(p, s, c, o)
  if (code.apply === 'or') return (p, s, c, o) => l(p, s, c, o) || r(p, s, c, o)
  const f = operation(code) as (a: LambdaValue, b: LambdaValue) => LambdaValue
  return (p, s, c, o) => f(l(p, s, c, o), r(p, s, c, o))
}

/** What it does with the values of both sides. */
function operation(code: Code & { readonly op: 'binary' }): (a: never, b: never) => LambdaValue {
  const error = code.error!
  switch (code.apply) {
    case 'compare':
      return comparison(code.operator)
    case 'compareIntFloat': {
      const f = comparison(code.operator)
      return (a: Int, b: number) => f(intToFloat(a) as never, b as never)
    }
    case 'compareFloatInt': {
      const f = comparison(code.operator)
      return (a: number, b: Int) => f(a as never, intToFloat(b) as never)
    }
    case 'compareText': {
      const f = comparison(code.operator)
      return (a: string, b: string) => f(compareText(a, b) as never, 0 as never)
    }
    case 'match':
      return code.operator === '=~'
        ? (a: string, b: Regex): boolean => b.test(a)
        : (a: string, b: Regex): boolean => !b.test(a)
    case 'addFloat':
    case 'concat':
      return (a: number, b: number): number => a + b
    case 'subFloat':
      return (a: number, b: number): number => a - b
    case 'mulFloat':
      return (a: number, b: number): number => a * b
    case 'divFloat':
      return (a: number, b: number): number => a / b
    case 'addInt':
      return addInt
    case 'subInt':
      return subInt
    case 'mulInt':
      return mulInt
    case 'divInt':
      return (a: Int, b: Int) => divChecked(a, b, error)
    case 'remInt':
      return (a: Int, b: Int) => remChecked(a, b, error)
    case 'mulDurationFloat':
      return mulDurationFloat
    case 'mulFloatDuration':
      return (a: number, b: Int) => mulDurationFloat(b, a)
    case 'divDurationFloat':
      return divDurationFloat
    default:
      throw new Error(`no operation ${code.apply}`)
  }
}

function comparison(operator: BinaryOperator): (a: never, b: never) => boolean {
  switch (operator) {
    case '==':
      return (a, b) => a === b
    case '!=':
      return (a, b) => a !== b
    case '<':
      return (a, b) => a < b
    case '<=':
      return (a, b) => a <= b
    case '>':
      return (a, b) => a > b
    default:
      return (a, b) => a >= b
  }
}

function call(code: Code & { readonly op: 'call' }): Run {
  const args = code.args.map(closureOf)
  const { cell, prefix } = code
  const f = code.signature.run as unknown as (...a: unknown[]) => LambdaValue
  const run = applied(f, args, code.needs, cell)
  if (prefix === '' || !code.signature.fails) return run
  // Only what the function itself throws gets the prefix: its arguments bring their own.
  return (p, s, c, o) => {
    const values = args.map((x) => x(p, s, c, o))
    return withPrefix(prefix, () => f(...values))
  }
}

/** Calls without an array for the arguments, where there are as few as usual. */
function applied(
  f: (...a: unknown[]) => LambdaValue,
  args: readonly Run[],
  needs: 'cell' | 'context' | undefined,
  cell: number,
): Run {
  const [a, b, d] = args as [Run, Run, Run]
  const n = args.length
  if (needs === 'cell') {
    if (n === 0) return (_p, s) => f(s[cell])
    if (n === 1) return (p, s, c, o) => f(s[cell], a(p, s, c, o))
    return (p, s, c, o) => f(s[cell], ...args.map((x) => x(p, s, c, o)))
  }
  if (needs === 'context') {
    if (n === 0) return (_p, _s, c) => f(c)
    return (p, s, c, o) => f(c, ...args.map((x) => x(p, s, c, o)))
  }
  if (n === 1) return (p, s, c, o) => f(a(p, s, c, o))
  if (n === 2) return (p, s, c, o) => f(a(p, s, c, o), b(p, s, c, o))
  if (n === 3) return (p, s, c, o) => f(a(p, s, c, o), b(p, s, c, o), d(p, s, c, o))
  return (p, s, c, o) => f(...args.map((x) => x(p, s, c, o)))
}
