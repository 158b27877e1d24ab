/**
 * Which values count as true, and how eq, lt and the rest compare: Go's rules, where 1 and 1.0 do not compare at all.
 * Must not know templates.
 */
import { byteOrder } from '../../base/byte-order.ts'
import type { Int } from '../../base/int64.ts'
import { GoDuration } from './go-duration.ts'
import { GoError } from './go-function.ts'
import { valueText } from './go-print.ts'
import { sprintf } from './go-printf.ts'
import { GoStruct } from './go-struct.ts'
import { GoTime } from './go-time.ts'
import {
  GoComplex,
  type GoFunc,
  GoInt,
  GoMap,
  GoNamedInt,
  GoNamedString,
  GoSlice,
  kindOf,
  type Maybe,
  typeOf,
} from './go-value.ts'

export const isTrue = (value: Maybe): boolean => {
  if (value === null || value === undefined) return false
  if (typeof value !== 'object') return Boolean(value) || Number.isNaN(value)
  if (value instanceof GoInt || value instanceof GoDuration || value instanceof GoNamedInt) return value.value !== 0
  if (value instanceof GoMap) return value.source.size > 0
  if (value instanceof GoSlice) return value.items.length > 0
  if (value instanceof GoNamedString) return value.text !== ''
  if (value instanceof GoComplex) return value.re !== 0 || value.im !== 0
  return true
}

type Basic = 'invalid' | 'bool' | 'complex' | 'int' | 'uint' | 'float' | 'string'

const basicKind = (value: Maybe): Basic => {
  if (value === null || value === undefined) return 'invalid'
  const kind = kindOf(value)
  return kind === 'bool' ||
    kind === 'complex' ||
    kind === 'int' ||
    kind === 'uint' ||
    kind === 'float' ||
    kind === 'string'
    ? kind
    : 'invalid'
}

const integerOf = (value: Maybe): Int => (value as GoInt | GoDuration | GoNamedInt).value
const textOf = (value: Maybe): string => (typeof value === 'string' ? value : (value as GoNamedString).text)

const typeName = (value: Maybe): string => (value === null || value === undefined ? 'nil' : typeOf(value))

const comparable = (value: Maybe): boolean => {
  if (value instanceof GoStruct) {
    return value.of.fields.every((field) =>
      comparable('embed' in field ? field.embed.of(field.get(value.source)) : field.get(value.source)),
    )
  }
  return !(value instanceof GoMap || value instanceof GoSlice || (value as GoFunc | null)?.kind === 'func')
}

const sameStruct = (a: GoStruct, b: GoStruct): boolean =>
  a.of === b.of &&
  a.of.fields.every((field) => {
    if (!('embed' in field)) return sameValue(field.get(a.source), field.get(b.source))
    return sameStruct(field.embed.of(field.get(a.source)), field.embed.of(field.get(b.source)))
  })

const sameValue = (a: Maybe, b: Maybe): boolean => {
  if (a instanceof GoTime && b instanceof GoTime) return a.sec === b.sec && a.ns === b.ns && a.zone === b.zone
  if (a instanceof GoStruct && b instanceof GoStruct) return sameStruct(a, b)
  if (a === null || b === null || a === undefined || b === undefined || typeOf(a) !== typeOf(b)) return a === b
  return basicKind(a) === 'invalid' ? a === b : sameBasic(a, b, basicKind(a))
}

const sameBasic = (a: Maybe, b: Maybe, kind: Basic): boolean => {
  if (kind === 'int' || kind === 'uint') return integerOf(a) === integerOf(b)
  if (kind === 'string') return textOf(a) === textOf(b)
  if (kind !== 'complex') return a === b
  return (a as GoComplex).re === (b as GoComplex).re && (a as GoComplex).im === (b as GoComplex).im
}

const isNil = (value: Maybe): boolean => value === null || value === undefined

/** eq: whether the first equals any of the others. Throws GoError for what Go does not compare. */
export const isEqual = (first: Maybe, others: readonly Maybe[]): boolean => {
  if (others.length === 0) throw new GoError('missing argument for comparison')
  const kind = basicKind(first)
  for (const other of others) if (equals(first, kind, other)) return true
  return false
}

const equals = (first: Maybe, kind: Basic, other: Maybe): boolean => {
  const otherKind = basicKind(other)
  if (kind !== otherKind) {
    if ((kind === 'int' && otherKind === 'uint') || (kind === 'uint' && otherKind === 'int')) {
      return integerOf(first) === integerOf(other)
    }
    if (isNil(first) || isNil(other)) return false
    throw new GoError(`incompatible types for comparison: ${typeName(first)} and ${typeName(other)}`)
  }
  if (kind !== 'invalid') return sameBasic(first, other, kind)
  if (isNil(first) || isNil(other)) return isNil(first) === isNil(other)
  if (kindOf(first!) !== kindOf(other!)) {
    throw new GoError(
      `non-comparable types ${sprintf('%s', [first])}: ${typeName(first)}, ${typeName(other)}: ${valueText(other!)}`,
    )
  }
  if (!comparable(other)) throw new GoError(`non-comparable type ${sprintf('%s', [other])}: ${typeName(other)}`)
  return sameValue(first, other)
}

/** lt. Throws GoError for what Go does not order. */
export const isLess = (first: Maybe, second: Maybe): boolean => {
  const kind = basicKind(first)
  const other = basicKind(second)
  const bad = 'invalid type for comparison'
  if (kind === 'invalid' || other === 'invalid') throw new GoError(bad)
  const integers = (kind === 'int' || kind === 'uint') && (other === 'int' || other === 'uint')
  if (integers) return integerOf(first) < integerOf(second)
  if (kind !== other) {
    throw new GoError(`incompatible types for comparison: ${typeName(first)} and ${typeName(second)}`)
  }
  if (kind === 'float') return (first as number) < (second as number)
  if (kind === 'string') return byteOrder(textOf(first), textOf(second)) < 0
  throw new GoError(bad)
}

/** le: less or equal, so that NaN is neither. */
export const isLessOrEqual = (first: Maybe, second: Maybe): boolean => isLess(first, second) || isEqual(first, [second])
