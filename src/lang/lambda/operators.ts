// Which operator takes which types, what it gives, and the text when it takes none of them.
// The names of the operations are what the two code generators implement; nothing is computed here.
import type { BinaryOperator } from '../ast.ts'
import { kindName, type LambdaKind } from './kinds.ts'

/** `c` stands for a comparison by the operator itself; the letters behind tell what the sides are. */
export type Operation =
  | 'and'
  | 'or'
  | 'compare' // values that JS compares as they are: floats, ints, durations, bools, and strings for equality
  | 'compareIntFloat'
  | 'compareFloatInt'
  | 'compareText'
  | 'match'
  | 'addFloat'
  | 'subFloat'
  | 'mulFloat'
  | 'divFloat'
  | 'addInt'
  | 'subInt'
  | 'mulInt'
  | 'divInt'
  | 'remInt'
  | 'concat'
  | 'mulDurationFloat'
  | 'mulFloatDuration'
  | 'divDurationFloat'

export interface OperatorEntry {
  readonly gives: LambdaKind
  readonly operation: Operation
}

const table = new Map<string, OperatorEntry>()
const lefts = new Set<string>()

function add(
  operators: readonly BinaryOperator[],
  left: LambdaKind,
  right: LambdaKind,
  gives: LambdaKind,
  operation: Operation,
): void {
  for (const o of operators) {
    table.set(`${o} ${left} ${right}`, { gives, operation })
    lefts.add(`${o} ${left}`)
  }
}

const EQUAL: readonly BinaryOperator[] = ['==', '!=']
const ORDER: readonly BinaryOperator[] = ['<', '<=', '>', '>=']
const COMPARE: readonly BinaryOperator[] = [...EQUAL, ...ORDER]

add(['AND'], 'bool', 'bool', 'bool', 'and')
add(['OR'], 'bool', 'bool', 'bool', 'or')
add(EQUAL, 'bool', 'bool', 'bool', 'compare')
add(EQUAL, 'string', 'string', 'bool', 'compare')
add(ORDER, 'string', 'string', 'bool', 'compareText')
add(COMPARE, 'float', 'float', 'bool', 'compare')
add(COMPARE, 'int', 'int', 'bool', 'compare')
add(COMPARE, 'int', 'float', 'bool', 'compareIntFloat')
add(COMPARE, 'float', 'int', 'bool', 'compareFloatInt')
add(COMPARE, 'duration', 'duration', 'bool', 'compare')
add(['=~', '!~'], 'string', 'regex', 'bool', 'match')

add(['+'], 'float', 'float', 'float', 'addFloat')
add(['-'], 'float', 'float', 'float', 'subFloat')
add(['*'], 'float', 'float', 'float', 'mulFloat')
add(['/'], 'float', 'float', 'float', 'divFloat')
add(['+'], 'int', 'int', 'int', 'addInt')
add(['-'], 'int', 'int', 'int', 'subInt')
add(['*'], 'int', 'int', 'int', 'mulInt')
add(['/'], 'int', 'int', 'int', 'divInt')
add(['%'], 'int', 'int', 'int', 'remInt')
add(['+'], 'string', 'string', 'string', 'concat')
add(['+'], 'duration', 'duration', 'duration', 'addInt')
add(['-'], 'duration', 'duration', 'duration', 'subInt')
add(['*'], 'duration', 'int', 'duration', 'mulInt')
add(['*'], 'int', 'duration', 'duration', 'mulInt')
add(['*'], 'duration', 'float', 'duration', 'mulDurationFloat')
add(['*'], 'float', 'duration', 'duration', 'mulFloatDuration')
add(['/'], 'duration', 'int', 'duration', 'divInt')
add(['/'], 'duration', 'float', 'duration', 'divDurationFloat')
add(['/'], 'duration', 'duration', 'int', 'divInt')

/** The operation for these sides; undefined when there is none. */
export function operatorFor(o: BinaryOperator, left: LambdaKind, right: LambdaKind): OperatorEntry | undefined {
  return table.get(`${o} ${left} ${right}`)
}

export function isLogical(o: BinaryOperator): boolean {
  return o === 'AND' || o === 'OR'
}

export function isComparison(o: BinaryOperator): boolean {
  return o === '==' || o === '!=' || o === '<' || o === '<=' || o === '>' || o === '>=' || o === '=~' || o === '!~'
}

/** The message when there is no operation. A side of unknown type is `undefined`. */
export function operatorMismatch(
  o: BinaryOperator,
  left: LambdaKind | undefined,
  right: LambdaKind | undefined,
): string {
  const l = left ? kindName(left) : 'invalid type'
  if (!left || !lefts.has(`${o} ${left}`)) {
    const family = isLogical(o) ? 'logical' : isComparison(o) ? 'comparison' : 'math'
    return `invalid ${family} operator ${o} for type ${l}`
  }
  const r = right ? kindName(right) : 'invalid type'
  return `mismatched type to binary operator. got ${l} ${o} ${r}. see bool(), int(), float(), string(), duration()`
}
