// How the fields of declarations are shown: calls with the types of their arguments, defaults as a script writes them.
import { formatDuration } from '../../src/base/duration.ts'
import type { Int } from '../../src/base/int64.ts'
import { ANY_TYPES, type ArgBase, type FieldSpec } from '../../src/lang/fields.ts'
import { code } from './markdown.ts'

/** Types that an argument takes; `value` for any. */
function typeText(a: ArgBase): string {
  return a.types.length === ANY_TYPES.length ? 'value' : a.types.join(' or ')
}

export interface NamedArg {
  readonly name: string
  readonly arg: ArgBase
}

/** `name type, …` of a call's arguments; those that may be left out stand in brackets. */
export function argsText(args: readonly NamedArg[], min = args.length, rest?: NamedArg): string {
  const parts = args.map(({ name, arg }, i) => {
    const type = typeText(arg)
    const text = name === '' || name === type ? type : `${name} ${type}`
    return i < min ? text : `[${text}]`
  })
  if (rest) parts.push(`${rest.name === '' ? '' : `${rest.name} `}${typeText(rest.arg)}…`)
  return parts.join(', ')
}

/** How a script sets the property. */
export function callText(name: string, f: FieldSpec): string {
  if (f.is === 'property') return `.${name}(${typeText(f.arg)})`
  const named = f.args.map((arg) => ({ name: '', arg }))
  const rest = f.rest ? { name: '', arg: f.rest } : undefined
  return `.${name}(${argsText(named, f.min ?? named.length, rest)})`
}

const quoted = (text: string): string => code(`'${text.replaceAll("'", "\\'")}'`)

/** What stands when the script is silent; empty for nothing. */
export function defaultText(f: FieldSpec): string {
  if (f.is !== 'property') return ''
  const initial: unknown = f.initial
  const [type] = (f.arg as ArgBase).types
  if (initial === undefined || initial === '') return ''
  if (type === 'duration') return code(formatDuration(initial as Int))
  if (typeof initial === 'string') return quoted(initial)
  if (typeof initial === 'boolean') return code(initial ? 'TRUE' : 'FALSE')
  if (type === 'float' && Number.isInteger(initial)) return code((initial as number).toFixed(1))
  return code(String(initial))
}
