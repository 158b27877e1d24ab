/**
 * What Go's fmt makes of template values under each verb; Sprint, Sprintln, and the text `{{ . }}` prints.
 * Must not know format strings or templates. A verb that does not fit shows in the text, as in Go.
 */

import { byteOrder } from '../../base/byte-order.ts'
import type { Int } from '../../base/int64.ts'
import { GoDuration } from './go-duration.ts'
import { floatText } from './go-float.ts'
import { FormatState } from './go-format-state.ts'
import { GoStruct } from './go-struct.ts'
import { GoTime } from './go-time.ts'
import { fromBytes } from './go-utf8.ts'
import {
  GoComplex,
  GoFunc,
  GoInt,
  GoMap,
  GoNamedInt,
  GoNamedString,
  GoSlice,
  GoValue,
  kindOf,
  type Maybe,
  type TemplateValue,
  typeOf,
} from './go-value.ts'

/** The keys of a map in Go's order. */
export const sortedKeys = (map: GoMap): string[] => Array.from(map.source.keys()).sort(byteOrder)

/** A nil pointer inside a printed struct. */
class NilPointer extends GoValue {
  readonly kind = 'pointer'
  readonly type: string

  constructor(type: string) {
    super()
    this.type = type
  }
}

const isBytes = (value: TemplateValue): boolean => value instanceof GoSlice && value.elem === 'uint8'

type Part = readonly [name: string, value: TemplateValue]

const partsOf = (value: GoStruct | GoTime): readonly Part[] => {
  if (value instanceof GoTime) {
    return [
      ['wall', new GoInt(value.ns, 'uint64')],
      ['ext', new GoInt(value.sec + 62_135_596_800, 'int64')],
      ['loc', new NilPointer('*time.Location')],
    ]
  }
  return value.of.fields.map((field) => [
    field.name,
    'embed' in field ? field.embed.of(field.get(value.source)) : field.get(value.source),
  ])
}

const integerVerbs: Readonly<Record<string, 2 | 8 | 10 | 16>> = { d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }
const defaultPrecisions: Readonly<Record<string, number>> = {
  b: -1,
  g: -1,
  G: -1,
  x: -1,
  X: -1,
  f: 6,
  e: 6,
  E: 6,
  F: 6,
}

/** Writes values under one verb at a time, with the flags of its state. */
export class Printer extends FormatState {
  /** Set while a bad verb is reported: values are then shown without their String methods. */
  #erroring = false

  arg(arg: Maybe, verb: string): void {
    if (arg === null || arg === undefined) {
      if (verb === 'T' || verb === 'v') this.pad('<nil>')
      else this.badVerb(verb, null)
      return
    }
    if (verb === 'T') {
      this.text(typeOf(arg))
      return
    }
    if (verb === 'p') {
      if (arg instanceof GoMap || arg instanceof GoSlice || arg instanceof GoFunc) this.#pointer(arg, verb)
      else this.badVerb(verb, arg)
      return
    }
    this.value(arg, verb, 0)
  }

  badVerb(verb: string, arg: TemplateValue): void {
    this.out += `%!${verb}(`
    if (arg === null) this.out += '<nil>'
    else {
      const outer = this.#erroring
      this.#erroring = true
      this.out += `${typeOf(arg)}=`
      this.value(arg, 'v', 0)
      this.#erroring = outer
    }
    this.out += ')'
  }

  #method(value: GoValue, verb: string): boolean {
    if (this.#erroring) return false
    if (this.sharpV) {
      const syntax = value.goSyntax()
      if (syntax === undefined) return false
      this.text(syntax)
      return true
    }
    if (verb !== 'v' && verb !== 's' && verb !== 'x' && verb !== 'X' && verb !== 'q') return false
    const word = value.word()
    if (word === undefined) return false
    this.string(word, verb, value)
    return true
  }

  value(value: TemplateValue, verb: string, depth: number): void {
    if (value === null) this.out += this.sharpV ? 'interface {}(nil)' : '<nil>'
    else if (typeof value === 'string') this.string(value, verb, value)
    else if (typeof value === 'number') this.#float(value, verb, value)
    else if (typeof value === 'boolean') this.#boolean(value, verb)
    else if (verb === 'w' && !(depth === 0 && isBytes(value))) this.badVerb(verb, value)
    else if (!this.#method(value, verb)) this.#object(value, verb, depth)
  }

  #object(value: GoValue, verb: string, depth: number): void {
    if (value instanceof GoInt) this.#integer(value.value, value.kind === 'int', verb, value)
    else if (value instanceof GoDuration || value instanceof GoNamedInt) this.#integer(value.value, true, verb, value)
    else if (value instanceof GoNamedString) this.string(value.text, verb, value)
    else if (value instanceof GoComplex) this.#complex(value, verb)
    else if (value instanceof GoMap) this.#map(value, verb, depth)
    else if (value instanceof GoSlice) this.#slice(value, verb, depth)
    else if (value instanceof GoStruct || value instanceof GoTime) this.#struct(value, verb, depth)
    else this.#pointer(value, verb)
  }

  #boolean(value: boolean, verb: string): void {
    if (verb === 't' || verb === 'v') this.pad(value ? 'true' : 'false')
    else this.badVerb(verb, value)
  }

  string(text: string, verb: string, of: TemplateValue): void {
    if (verb === 's' || (verb === 'v' && !this.sharpV)) this.text(text)
    else if (verb === 'q' || verb === 'v') this.quoted(text)
    else if (verb === 'x' || verb === 'X') this.hexText(text, verb === 'X')
    else this.badVerb(verb, of)
  }

  #integer(value: Int, signed: boolean, verb: string, of: TemplateValue): void {
    const base = integerVerbs[verb]
    if (base !== undefined) this.integer(value, base, verb)
    else if (verb === 'v') {
      if (this.sharpV && !signed) this.#marked(value)
      else this.integer(value, 10, verb)
    } else if (verb === 'c') this.char(value)
    else if (verb === 'q') this.quotedChar(value)
    else if (verb === 'U') this.unicode(value)
    else this.badVerb(verb, of)
  }

  #marked(value: Int): void {
    const sharp = this.sharp
    this.sharp = true
    this.integer(value, 16, 'v')
    this.sharp = sharp
  }

  #float(value: number, verb: string, of: TemplateValue): void {
    const precision = verb === 'v' ? -1 : defaultPrecisions[verb]
    if (precision === undefined) this.badVerb(verb, of)
    else if (verb === 'v') this.float(value, 'g', precision)
    else this.float(value, verb === 'F' ? 'f' : verb, precision)
  }

  #complex(value: GoComplex, verb: string): void {
    if (verb !== 'v' && defaultPrecisions[verb] === undefined) {
      this.badVerb(verb, value)
      return
    }
    const plus = this.plus
    this.out += '('
    this.#float(value.re, verb, value)
    this.plus = true
    this.#float(value.im, verb, value)
    this.out += 'i)'
    this.plus = plus
  }

  #map(map: GoMap, verb: string, depth: number): void {
    this.out += this.sharpV ? `${map.type}{` : 'map['
    let first = true
    for (const key of sortedKeys(map)) {
      if (!first) this.out += this.sharpV ? ', ' : ' '
      first = false
      this.value(key, verb, depth + 1)
      this.out += ':'
      this.value(map.source.get(key) ?? null, verb, depth + 1)
    }
    this.out += this.sharpV ? '}' : ']'
  }

  #slice(slice: GoSlice, verb: string, depth: number): void {
    if (slice.elem === 'uint8' && (verb === 's' || verb === 'q' || verb === 'x' || verb === 'X')) {
      const bytes = Uint8Array.from(slice.items, (item) => Number((item as GoInt).value))
      if (verb === 'x' || verb === 'X') this.hexBytes(bytes, verb === 'X')
      else this.string(fromBytes(bytes), verb, slice)
      return
    }
    if (this.sharpV)
      this.out += depth === 0 && isBytes(slice) && (verb === 'v' || verb === 'd') ? '[]byte{' : `${slice.type}{`
    else this.out += '['
    slice.items.forEach((item, i) => {
      if (i > 0) this.out += this.sharpV ? ', ' : ' '
      this.value(item, verb, depth + 1)
    })
    this.out += this.sharpV ? '}' : ']'
  }

  #struct(value: GoStruct | GoTime, verb: string, depth: number): void {
    this.out += this.sharpV ? `${value.type}{` : '{'
    partsOf(value).forEach(([name, part], i) => {
      if (i > 0) this.out += this.sharpV ? ', ' : ' '
      if (this.plusV || this.sharpV) this.out += `${name}:`
      this.value(part, verb, depth + 1)
    })
    this.out += '}'
  }

  /** Go prints addresses here, which mean nothing in this process: zero stands for them. */
  #pointer(value: GoValue, verb: string): void {
    if (verb === 'p' || (verb === 'v' && !(value instanceof NilPointer) && !this.sharpV)) {
      const sharp = this.sharp
      this.sharp = !sharp
      this.integer(0, 16, 'v')
      this.sharp = sharp
    } else if (verb === 'v') {
      if (this.sharpV) this.out += `(${value.type})(nil)`
      else this.pad('<nil>')
    } else if (verb !== 'O' && integerVerbs[verb] !== undefined) this.integer(0, integerVerbs[verb], verb)
    else this.badVerb(verb, value)
  }
}

/** The text of a value under %v, the fast way for what templates print most. */
export const valueText = (value: TemplateValue): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return floatText(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (value === null) return '<nil>'
  const word = value.word()
  if (word !== undefined) return word
  if (value instanceof GoInt) return value.value.toString()
  const printer = new Printer()
  printer.value(value, 'v', 0)
  return printer.out
}

const isText = (arg: Maybe): boolean => arg !== null && arg !== undefined && kindOf(arg) === 'string'

/** fmt.Sprint: a space between two neighbours that are both no strings. */
export const sprint = (args: readonly Maybe[]): string => {
  let out = ''
  let afterText = false
  args.forEach((arg, i) => {
    const text = isText(arg)
    if (i > 0 && !text && !afterText) out += ' '
    out += valueText(arg ?? null)
    afterText = text
  })
  return out
}

/** fmt.Sprintln: spaces between all, a newline at the end. */
export const sprintln = (args: readonly Maybe[]): string => `${args.map((arg) => valueText(arg ?? null)).join(' ')}\n`
