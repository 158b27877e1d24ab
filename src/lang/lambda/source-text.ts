// Code as JavaScript text, made into a function once per layout of points. No text of the user becomes code: names are
// slots by now, strings are quoted by JSON.stringify, everything else is passed in.
import { addInt, type Int, intToFloat, mulInt, negInt, subInt } from '../../base/int64.ts'
import { divChecked, divDurationFloat, mulDurationFloat, raise, remChecked } from './arithmetic.ts'
import { compareText } from './byte-text.ts'
import type { Code, Source } from './code.ts'
import type { LambdaKind, LambdaValue } from './kinds.ts'
import { type Run, withPrefix } from './run.ts'

let possible: boolean | undefined

/** Whether functions can be made from text here; a content security policy may forbid it. */
export function canGenerate(): boolean {
  if (possible === undefined) {
    try {
      possible = new Function('return true')() === true
    } catch {
      possible = false
    }
  }
  return possible
}

/** Code whose names are slots and tag positions only. */
export function generate(code: Code): Run {
  const w = new Writer()
  const result = w.text(code)
  const names = w.passed.map((_, i) => `k${i}`)
  const lines = [
    '"use strict"',
    ...(names.length > 0 ? [`const [${names.join(', ')}] = passed`] : []),
    'return (p, s, c, o) => {',
    ...(w.readsFields ? ['const v = p.values'] : []),
    ...(w.readsTags ? ['const t = p.series.vals'] : []),
    `return ${result}`,
    '}',
  ]
  return new Function('passed', lines.join('\n'))(w.passed) as Run
}

const JS_OPERATORS: Readonly<Record<string, string>> = { '==': '===', '!=': '!==' }

class Writer {
  /** What the text refers to as k0, k1… */
  readonly passed: unknown[] = []
  readsFields = false
  readsTags = false
  readonly #names = new Map<unknown, string>()

  #pass(x: unknown): string {
    let name = this.#names.get(x)
    if (!name) {
      name = `k${this.passed.push(x) - 1}`
      this.#names.set(x, name)
    }
    return name
  }

  text(code: Code): string {
    switch (code.op) {
      case 'const':
        return this.#value(code.kind, code.value)
      case 'fail':
        return `${this.#pass(raise)}(${this.#pass(code.error)})`
      case 'read':
        return this.#read(code.source)
      case 'unary': {
        const x = this.text(code.operand)
        if (code.apply === 'not') return `(!${x})`
        return code.apply === 'negInt' ? `${this.#pass(negInt)}(${x})` : `(- ${x})`
      }
      case 'binary':
        return this.#binary(code)
      case 'call':
        return this.#call(code)
    }
  }

  #value(kind: LambdaKind, value: LambdaValue): string {
    switch (kind) {
      case 'bool':
        return value ? 'true' : 'false'
      case 'string':
        return JSON.stringify(value)
      case 'float':
        if (!Number.isFinite(value)) return this.#pass(value)
        return Object.is(value, -0) ? '(-0)' : `(${value})`
      case 'int':
      case 'duration':
        return typeof value === 'bigint' ? `(${value}n)` : `(${value})`
      default:
        return this.#pass(value)
    }
  }

  #read(source: Source): string {
    switch (source.from) {
      case 'slot':
        this.readsFields = true
        return `v[${source.index}]`
      case 'tag':
        this.readsTags = true
        return `t[${source.index}]`
      case 'overlay':
        return `o[${source.index}]`
      case 'time':
        return 'p'
      default:
        throw new Error('a name is no slot')
    }
  }

  #binary(code: Code & { readonly op: 'binary' }): string {
    const a = this.text(code.left)
    const b = this.text(code.right)
    const operator = JS_OPERATORS[code.operator] ?? code.operator
    const called = (f: unknown) => `${this.#pass(f)}(${a}, ${b})`
    switch (code.apply) {
      case 'and':
        return `(${a} && ${b})`
      case 'or':
        return `(${a} || ${b})`
      case 'compare':
        return `(${a} ${operator} ${b})`
      case 'compareIntFloat':
        return `(${this.#asFloat(code.left, a)} ${operator} ${b})`
      case 'compareFloatInt':
        return `(${a} ${operator} ${this.#asFloat(code.right, b)})`
      case 'compareText':
        return `(${called(compareText)} ${operator} 0)`
      case 'match': {
        // The text comes first, as everywhere.
        const test = code.right.op === 'const' ? `${b}.test(${a})` : called((x: string, re: RegexLike) => re.test(x))
        return code.operator === '=~' ? test : `(!${test})`
      }
      case 'addFloat':
      case 'concat':
        return `(${a} + ${b})`
      case 'subFloat':
        return `(${a} - ${b})`
      case 'mulFloat':
        return `(${a} * ${b})`
      case 'divFloat':
        return `(${a} / ${b})`
      case 'addInt':
        return called(addInt)
      case 'subInt':
        return called(subInt)
      case 'mulInt':
        return called(mulInt)
      case 'divInt':
        return `${this.#pass(divChecked)}(${a}, ${b}, ${this.#pass(code.error)})`
      case 'remInt':
        return `${this.#pass(remChecked)}(${a}, ${b}, ${this.#pass(code.error)})`
      case 'mulDurationFloat':
        return called(mulDurationFloat)
      case 'mulFloatDuration':
        return called((x: number, d: Int) => mulDurationFloat(d, x))
      case 'divDurationFloat':
        return called(divDurationFloat)
    }
  }

  #asFloat(code: Code, text: string): string {
    if (code.op === 'const') return this.#value('float', intToFloat(code.value as Int))
    return `${this.#pass(intToFloat)}(${text})`
  }

  #call(code: Code & { readonly op: 'call' }): string {
    const args = code.args.map((a) => this.text(a))
    if (code.chooses) return `(${args[0]} ? ${args[1]} : ${args[2]})`
    const first = code.needs === 'cell' ? [`s[${code.cell}]`] : code.needs === 'context' ? ['c'] : []
    const f = this.#pass(code.signature.run)
    if (code.prefix === '' || !code.signature.fails) return `${f}(${[...first, ...args].join(', ')})`
    const run = code.signature.run as unknown as (...a: unknown[]) => LambdaValue
    const wrapped = (...values: unknown[]) => withPrefix(code.prefix, () => run(...values))
    return `${this.#pass(wrapped)}(${[...first, ...args].join(', ')})`
  }
}

interface RegexLike {
  test(text: string): boolean
}
