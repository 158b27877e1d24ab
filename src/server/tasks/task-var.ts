// A task's vars as the API carries them: JSON to typed values and back. What a script does with them is the language's.
import { parseDuration } from '../../base/duration.ts'
import { Fault } from '../../base/fault.ts'
import { type Int, parseInt64 } from '../../base/int64.ts'
import { type Json, JsonNumber } from '../../base/json-reader.ts'
import type { Writable } from '../../base/json-writer.ts'
import type { NamedVar } from './task-record.ts'

export type TaskVar = VarValue & { readonly description: string }

export type VarValue =
  | { readonly type: 'bool'; readonly value: boolean }
  /** Durations in nanoseconds. */
  | { readonly type: 'int' | 'duration'; readonly value: Int }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string' | 'regex' | 'lambda'; readonly value: string }
  | { readonly type: 'star'; readonly value: null }
  | { readonly type: 'list'; readonly value: readonly TaskVar[] }

export const VAR_TYPES = ['bool', 'int', 'float', 'duration', 'string', 'regex', 'lambda', 'star', 'list'] as const

/** The value does not fit the type: the request is no JSON that the API knows. */
const invalid = (): Fault => new Fault('invalid-json', 'invalid JSON', { status: 400 })

/** Typed vars of a request, in the order of the request. Throws Fault (400). Numbers come as they were written. */
export function readVars(vars: { readonly [name: string]: Json }): NamedVar[] {
  const out: NamedVar[] = []
  const untyped: [string, Json][] = []
  for (const [name, json] of Object.entries(vars)) {
    if (json === null) untyped.push([name, null])
    else {
      const { type, value, description } = members(json)
      if (type === undefined) untyped.push([name, value ?? null])
      else out.push({ name, var: { ...readValue(type, value), description } })
    }
  }
  // Only now: values that fit no type at all are told first.
  for (const [name, value] of untyped) {
    const what =
      value === null ? 'unsupported Var type <nil>.' : `unexpected var type unknown, value is a ${kindOf(value)}`
    throw new Fault('invalid-var', `invalid var ${name}: ${what}`, { status: 400 })
  }
  return out
}

function kindOf(value: Json): string {
  if (value instanceof JsonNumber) return 'number'
  return Array.isArray(value) ? 'list' : typeof value === 'boolean' ? 'bool' : typeof value
}

function members(json: Json): { type: Json | undefined; value: Json | undefined; description: string } {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || json instanceof JsonNumber) throw invalid()
  const description = json['description'] ?? ''
  if (typeof description !== 'string') throw invalid()
  return { type: json['type'] ?? undefined, value: json['value'], description }
}

function readValue(type: Json, value: Json | undefined): VarValue {
  switch (type) {
    case 'bool':
      if (typeof value === 'boolean') return { type, value }
      break
    case 'int':
      return { type, value: integer(value) }
    case 'float':
      if (value instanceof JsonNumber) {
        const float = Number(value.text)
        if (Number.isFinite(float)) return { type, value: float }
      }
      break
    case 'duration': {
      if (typeof value !== 'string') return { type, value: integer(value) }
      const duration = parseDuration(value)
      if (duration !== undefined) return { type, value: duration }
      break
    }
    case 'string':
    case 'regex':
    case 'lambda':
      if (typeof value === 'string') return { type, value }
      break
    case 'star':
      return { type, value: null }
    case 'list':
      if (Array.isArray(value)) return { type, value: value.map(listItem) }
      break
  }
  throw invalid()
}

function integer(value: Json | undefined): Int {
  const int = value instanceof JsonNumber ? parseInt64(value.text) : undefined
  if (int === undefined) throw invalid()
  return int
}

function listItem(json: Json): TaskVar {
  const { type, value, description } = members(json)
  if (type === undefined || value === undefined) throw invalid()
  return { ...readValue(type, value), description }
}

/** The vars as the API shows them: durations in nanoseconds, the star as null. */
export function writeVars(vars: readonly NamedVar[]): ReadonlyMap<string, Writable> {
  return new Map(vars.map((v) => [v.name, writeVar(v.var)]))
}

export function writeVar(v: TaskVar): Writable {
  const value: Writable = v.type === 'list' ? v.value.map(writeVar) : v.value
  return { type: v.type, value, description: v.description }
}
