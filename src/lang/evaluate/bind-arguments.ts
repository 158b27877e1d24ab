// Checks the arguments of one call against their declaration and gives them the form that nodes take.
// Nothing is converted: types fit exactly or not at all. Messages are worded as Go's reflection words them.

import { formatDuration } from '../../base/duration.ts'
import { type Int, intToFloat } from '../../base/int64.ts'
import { type ArgBase, type ArgValue, goTypeName, type TaggedArg } from '../fields.ts'
import { writeFloat, writeString } from '../literal.ts'
import type { FaultCode } from './fault-codes.ts'
import { goType, type ScriptValue, toTagged } from './script-value.ts'

/** Why a call can't be made. */
export class BindFailure extends Error {
  readonly code: FaultCode
  /** Position of the argument at fault; undefined when it is all of them. */
  readonly argument: number | undefined
  readonly help: string | undefined
  /** Whether the message stands as it is, without the name of the call. */
  readonly bare: boolean

  constructor(
    code: FaultCode,
    message: string,
    options: { argument?: number | undefined; help?: string | undefined; bare?: boolean } = {},
  ) {
    super(message)
    this.name = 'BindFailure'
    this.code = code
    this.argument = options.argument
    this.help = options.help
    this.bare = options.bare ?? false
  }
}

export interface Signature {
  readonly args: readonly ArgBase[]
  readonly rest?: ArgBase | undefined
  /** Fewer than `args.length` are allowed down to this many. */
  readonly min?: number | undefined
}

/** The arguments of a method, checked: first their number, then each of them. Throws BindFailure. */
export function bindArguments(
  { args, rest, min = args.length }: Signature,
  values: readonly ScriptValue[],
): ArgValue[] {
  const wanted = () => `It takes ${countOf(args.length, rest, min)}, not ${values.length}.`
  if (values.length < min) {
    throw new BindFailure('argument-count', 'reflect: Call with too few input arguments', { help: wanted() })
  }
  if (!rest && values.length > args.length) {
    throw new BindFailure('argument-count', 'reflect: Call with too many input arguments', { help: wanted() })
  }
  return values.map((value, i) => {
    const spec = args[i] ?? rest!
    const mismatch = (given: string, type: string) =>
      i < min ? `reflect: Call using ${given} as type ${type}` : `reflect: cannot use ${given} as type ${type} in Call`
    return bindValue(spec, value, i, mismatch)
  })
}

/** The argument of a property. Throws BindFailure. */
export function bindProperty(spec: ArgBase, value: ScriptValue): ArgValue {
  return bindValue(
    spec,
    value,
    0,
    (given, type) => `reflect.Set: value of type ${given} is not assignable to type ${type}`,
  )
}

function bindValue(
  spec: ArgBase,
  value: ScriptValue,
  argument: number,
  mismatch: (given: string, type: string) => string,
): ArgValue {
  const tagged = toTagged(value)
  if (!spec.types.includes(tagged.type)) {
    const help = helpFor(spec, value)
    if (value.type === 'reference' && spec.types.includes('string')) {
      throw new BindFailure(
        'double-quotes',
        'cannot assign *ast.ReferenceNode to type string, did you use double quotes instead of single quotes?',
        { argument, help, bare: true },
      )
    }
    const type = spec.types.map(goTypeName).join(' or ')
    throw new BindFailure('argument-type', mismatch(goType(value), type), { argument, help })
  }
  const bound = spec.types.length > 1 ? tagged : bare(tagged)
  const reason = outOfBounds(spec, tagged) ?? spec.check?.(bound as never)
  if (reason !== undefined) throw new BindFailure('argument-value', reason, { argument })
  return bound
}

function bare(tagged: TaggedArg): ArgValue {
  if (tagged.type === 'int') return intToFloat(tagged.value)
  if (tagged.type === 'list' || tagged.type === 'time' || tagged.type === 'other') return tagged
  return tagged.value
}

function outOfBounds({ min, max }: ArgBase, { type, value }: TaggedArg): string | undefined {
  if (type !== 'int' && type !== 'float' && type !== 'duration') return undefined
  const shown = (n: Int) => (type === 'duration' ? formatDuration(n) : String(n))
  if (min !== undefined && !(value >= min)) return `must be at least ${shown(min)}, got ${shown(value)}`
  if (max !== undefined && !(value <= max)) return `must be at most ${shown(max)}, got ${shown(value)}`
  return undefined
}

function countOf(fixed: number, rest: ArgBase | undefined, min: number): string {
  const words = (n: number) => (n === 0 ? 'no arguments' : n === 1 ? 'one argument' : `${n} arguments`)
  if (rest) return `${words(min)} or more`
  return min === fixed ? words(fixed) : `${min} to ${fixed} arguments`
}

/** How to write a value so that it has the wanted type. */
function helpFor({ types }: ArgBase, value: ScriptValue): string | undefined {
  const wants = (type: TaggedArg['type']) => types.includes(type)
  switch (value.type) {
    case 'reference':
      if (wants('string')) {
        return `Write ${writeString(value.node.name, false)}: double quotes name a field or tag of a point.`
      }
      return wants('lambda') ? `Write lambda: "${value.node.name}".` : undefined
    case 'int':
      if (wants('duration')) return `A duration has a unit: ${value.value}s.`
      if (wants('float')) return `A float has a point: ${value.value}.0.`
      return wants('string') ? `Write '${value.value}'.` : undefined
    case 'float':
      return wants('int') && Number.isInteger(value.value) ? `Write ${value.value}.` : undefined
    case 'string':
      if (wants('lambda')) return 'Write lambda: before an expression, and no quotes around it.'
      if (wants('duration') && /^[0-9]+(u|µ|ms|s|m|h|d|w)$/.test(value.value))
        return `Write ${value.value} without quotes.`
      if (wants('int') && /^[0-9]{1,15}$/.test(value.value)) return `Write ${value.value} without quotes.`
      if (wants('float') && /^[0-9.]{1,15}$/.test(value.value)) {
        return `Write ${writeFloat(Number(value.value))} without quotes.`
      }
      return wants('bool') ? 'Write TRUE or FALSE.' : undefined
    default:
      return undefined
  }
}
