// The values of a line's fields in the form that JSON has a place for, secrets taken out by the names of fields. What is
// plain already is given back as it is, not copied.
import type { LogFields } from '../../base/logger.ts'
import { isSecretKey, REDACTED } from './redact.ts'

/** Names that the line itself has. */
const OWN = new Set(['ts', 'lvl', 'msg'])

/** Errors become their messages, dates text, numbers that JSON does not know their names. */
export function plainFields(fields: LogFields): LogFields {
  let changed: Record<string, unknown> | undefined
  for (const key in fields) {
    const value = fields[key]
    const hidden = isSecretKey(key) && value !== undefined && value !== ''
    const shown = OWN.has(key) ? undefined : hidden ? REDACTED : plain(value)
    if (shown !== value) {
      changed ??= { ...fields }
      changed[key] = shown
    }
  }
  return changed ?? fields
}

function plain(value: unknown): unknown {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'object':
      return value === null ? null : plainObject(value, new Set())
    default:
      return value
  }
}

function plainObject(value: object, seen: Set<object>): unknown {
  if (value instanceof Error) return value.message
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  if (seen.has(value)) return '(cycle)'
  seen.add(value)
  const inner = (v: unknown): unknown =>
    typeof v === 'object' && v !== null ? plainObject(v, seen) : typeof v === 'bigint' ? String(v) : plain(v)
  const out = Array.isArray(value)
    ? value.map(inner)
    : Object.fromEntries(Object.entries(value).map(([k, v]) => [k, isSecretKey(k) ? REDACTED : inner(v)]))
  seen.delete(value)
  return out
}
