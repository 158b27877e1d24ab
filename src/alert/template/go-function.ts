/**
 * What a template can call: a function with typed parameters, and the error it may end with.
 * Must not know which functions there are.
 */
import type { Maybe, TemplateValue } from './go-value.ts'

/**
 * Parameters are named by Go type: 'string', 'int', 'time.Duration' …; 'interface {}' takes all, 'reflect.Value' all
 * and tells nil from no value. With `variadic` the last parameter stands for any number of arguments.
 * `call` may throw a GoError; the template then ends with `error calling NAME: MESSAGE`.
 */
export interface GoFunction {
  readonly params: readonly string[]
  readonly variadic?: boolean
  call(args: readonly Maybe[]): Maybe
}

/** The error of a called function or method. */
export class GoError extends Error {
  override name = 'GoError'
}

export const anyType = 'interface {}'
export const valueType = 'reflect.Value'

/** A function of one argument of any kind that gives a value. */
export const functionOfAny = (call: (value: TemplateValue) => TemplateValue): GoFunction => ({
  params: [anyType],
  call: (args) => call(args[0] ?? null),
})
