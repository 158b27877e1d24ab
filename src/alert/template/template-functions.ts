/**
 * The functions every template has: index, slice, len, print and its kin, html, js, urlquery, comparisons.
 * `and`, `or` and `call` are here by name only; the compiler runs them, since they do not evaluate all they are given.
 * Must not know nodes.
 */
import { GoDuration } from './go-duration.ts'
import { anyType, GoError, type GoFunction, valueType } from './go-function.ts'
import { sprint, sprintln } from './go-print.ts'
import { sprintf } from './go-printf.ts'
import { hex, isPrint } from './go-quote.ts'
import { byteAt, byteLength, byteSlice, goRune, toBytes } from './go-utf8.ts'
import {
  GoFunc,
  GoInt,
  GoMap,
  GoNamedInt,
  GoNamedString,
  GoSlice,
  type Maybe,
  type TemplateValue,
  typeOf,
  zeroOf,
} from './go-value.ts'
import { isEqual, isLess, isLessOrEqual, isTrue } from './template-truth.ts'

const indexOf = (index: Maybe, size: number): number => {
  if (index === null || index === undefined) throw new GoError('cannot index slice/array with nil')
  if (!(index instanceof GoInt || index instanceof GoDuration || index instanceof GoNamedInt)) {
    throw new GoError(`cannot index slice/array with type ${typeOf(index)}`)
  }
  if (index.value < 0 || index.value > size) throw new GoError(`index out of range: ${index.value}`)
  return Number(index.value)
}

const textOf = (value: Maybe): string | undefined => {
  if (typeof value === 'string') return value
  return value instanceof GoNamedString ? value.text : undefined
}

const indexMap = (map: GoMap, key: Maybe): TemplateValue => {
  if (key === null || key === undefined) throw new GoError('value is nil; should be of type string')
  if (typeof key !== 'string') throw new GoError(`value has type ${typeOf(key)}; should be string`)
  return map.source.get(key) ?? zeroOf(map.elem)
}

const indexOne = (item: TemplateValue, index: Maybe): TemplateValue => {
  if (item === null) throw new GoError('index of nil pointer')
  if (item instanceof GoMap) return indexMap(item, index)
  const text = textOf(item)
  if (text === undefined && !(item instanceof GoSlice)) throw new GoError(`can't index item of type ${typeOf(item)}`)
  const size = text === undefined ? (item as GoSlice).items.length : byteLength(text)
  const at = indexOf(index, size)
  if (at === size) {
    const what = text === undefined ? 'slice' : 'string'
    throw new GoError(`reflect: ${what} index out of range`)
  }
  return text === undefined ? (item as GoSlice).items[at]! : new GoInt(byteAt(text, at), 'uint8')
}

const index = ([item, ...indexes]: readonly Maybe[]): Maybe => {
  if (item === null || item === undefined) throw new GoError('index of untyped nil')
  let value: TemplateValue = item
  for (const at of indexes) value = indexOne(value, at)
  return value
}

const slice = ([item, ...indexes]: readonly Maybe[]): TemplateValue => {
  if (item === null || item === undefined) throw new GoError('slice of untyped nil')
  if (indexes.length > 3) throw new GoError(`too many slice indexes: ${indexes.length}`)
  const text = textOf(item)
  if (text === undefined && !(item instanceof GoSlice)) throw new GoError(`can't slice item of type ${typeOf(item)}`)
  if (text !== undefined && indexes.length === 3) throw new GoError('cannot 3-index slice a string')
  const size = text === undefined ? (item as GoSlice).items.length : byteLength(text)
  const [from = 0, to = size, limit = size] = indexes.map((at) => indexOf(at, size))
  if (from > to) throw new GoError(`invalid slice index: ${from} > ${to}`)
  if (to > limit) throw new GoError(`invalid slice index: ${to} > ${limit}`)
  if (text === undefined) return new GoSlice((item as GoSlice).elem, (item as GoSlice).items.slice(from, to))
  const part = byteSlice(text, from, to)
  return item instanceof GoNamedString ? new GoNamedString(item.type, part) : part
}

const length = (item: Maybe): GoInt => {
  if (item === undefined) throw new GoError('reflect: call of reflect.Value.Type on zero Value')
  if (item === null) throw new GoError('len of nil pointer')
  const text = textOf(item)
  if (text !== undefined) return new GoInt(byteLength(text))
  if (item instanceof GoMap) return new GoInt(item.source.size)
  if (item instanceof GoSlice) return new GoInt(item.items.length)
  throw new GoError(`len of type ${typeOf(item)}`)
}

const htmlSpecial: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
}

/** Escapes what HTML would take for markup. */
export const escapeHtml = (text: string): string => text.replace(/[\0"'&<>]/g, (char) => htmlSpecial[char]!)

const jsSpecial: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
}

/** Escapes a text for a JavaScript string. */
export const escapeJs = (text: string): string =>
  text.replace(/[\\'"<>&=\x00-\x1f]|[^\x00-\x7f]/gu, (char) => {
    const special = jsSpecial[char]
    if (special !== undefined) return special
    const rune = goRune(char.codePointAt(0)!)
    return rune >= 0x80 && isPrint(rune) ? String.fromCodePoint(rune) : `\\u${hex(rune, 4).toUpperCase()}`
  })

/** Percent-encodes a text for a URL's query, spaces as +. */
export const escapeQuery = (text: string): string => {
  let out = ''
  for (const byte of toBytes(text)) {
    const char = String.fromCharCode(byte)
    if (/[A-Za-z0-9\-_.~]/.test(char)) out += char
    else out += char === ' ' ? '+' : `%${hex(byte, 2).toUpperCase()}`
  }
  return out
}

/** The text of arguments as print gives it; no value at all is `<no value>` here. */
const textOfAll = (args: readonly Maybe[]): string => {
  const only = args[0]
  if (args.length === 1 && typeof only === 'string') return only
  return sprint(args.map((arg) => (arg === null || arg === undefined ? '<no value>' : arg)))
}

const ofValues = (count: number, call: (args: readonly Maybe[]) => Maybe): GoFunction => ({
  params: new Array<string>(count).fill(valueType),
  call,
})
const ofAny = (call: (args: readonly Maybe[]) => string): GoFunction => ({ params: [anyType], variadic: true, call })
const oneAndMore = (call: (args: readonly Maybe[]) => Maybe): GoFunction => ({
  params: [valueType, valueType],
  variadic: true,
  call,
})

/** Runs a function value over arguments, converting integers to the types it wants. */
const call = (name: string, fn: Maybe, args: readonly Maybe[]): Maybe => {
  if (fn === null || fn === undefined) throw new GoError('call of nil')
  if (!(fn instanceof GoFunc)) throw new GoError(`non-function ${name} of type ${typeOf(fn)}`)
  const { params, variadic } = fn.function
  if (variadic === true && args.length < params.length - 1) {
    throw new GoError(`wrong number of args for ${name}: got ${args.length} want at least ${params.length - 1}`)
  }
  if (variadic !== true && args.length !== params.length) {
    throw new GoError(`wrong number of args for ${name}: got ${args.length} want ${params.length}`)
  }
  return fn.function.call(
    args.map((arg, i) => {
      try {
        return prepared(arg, params[Math.min(i, params.length - 1)]!)
      } catch (error) {
        throw error instanceof GoError ? new GoError(`arg ${i}: ${error.message}`) : error
      }
    }),
  )
}

const prepared = (arg: Maybe, type: string): Maybe => {
  if (type === anyType || type === valueType) return arg ?? null
  if (arg === null || arg === undefined) throw new GoError(`value is nil; should be of type ${type}`)
  if (typeOf(arg) === type) return arg
  const integer = arg instanceof GoInt || arg instanceof GoDuration || arg instanceof GoNamedInt
  if (integer && type === 'time.Duration') return new GoDuration(arg.value)
  if (integer && /^u?int/.test(type)) return new GoInt(arg.value, type)
  throw new GoError(`value has type ${typeOf(arg)}; should be ${type}`)
}

/** `call` as the compiler runs it, with the name of what is called first. */
export const callFunction = call

const neverRun = (): never => {
  throw new Error('run by the compiler')
}

export const builtins: Readonly<Record<string, GoFunction>> = {
  and: oneAndMore(neverRun),
  or: oneAndMore(neverRun),
  call: oneAndMore(neverRun),
  not: ofValues(1, ([value]) => !isTrue(value)),
  html: ofAny((args) => escapeHtml(textOfAll(args))),
  js: ofAny((args) => escapeJs(textOfAll(args))),
  urlquery: ofAny((args) => escapeQuery(textOfAll(args))),
  index: oneAndMore(index),
  slice: oneAndMore(slice),
  len: ofValues(1, ([value]) => length(value)),
  print: ofAny(sprint),
  println: ofAny(sprintln),
  printf: {
    params: ['string', anyType],
    variadic: true,
    call: ([format, ...args]) => sprintf(format as string, args),
  },
  eq: oneAndMore(([first, ...others]) => isEqual(first, others)),
  ne: ofValues(2, ([a, b]) => !isEqual(a, [b])),
  lt: ofValues(2, ([a, b]) => isLess(a, b)),
  le: ofValues(2, ([a, b]) => isLessOrEqual(a, b)),
  gt: ofValues(2, ([a, b]) => !isLessOrEqual(a, b)),
  ge: ofValues(2, ([a, b]) => !isLess(a, b)),
}
