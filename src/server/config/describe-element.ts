// A section's element as the API shows it: options by key, durations as text, secrets only as set or not set.
import { formatGoDuration } from '../../base/duration.ts'
import type { Int } from '../../base/int64.ts'
import { REDACTED, redactUrl } from '../../base/redact-url.ts'
import { isSecretKey } from '../log/redact.ts'
import { type Field, type Fields, isZero, keyOf, type Values } from './field.ts'
import type { SectionDecl } from './section.ts'

export interface ElementDescription {
  readonly options: Readonly<Record<string, unknown>>
  /** Keys of the secrets, in the order of their declaration; null when there is none. */
  readonly redacted: readonly string[] | null
}

/** The key of a field in the override API. */
export function overrideKeyOf(name: string, f: Field<never>): string {
  return f.overrideKey ?? keyOf(name, f)
}

export function describeElement(decl: SectionDecl, values: Values): ElementDescription {
  const redacted = Object.entries(decl.fields)
    .filter(([, f]) => f.secret)
    .map(([name, f]) => overrideKeyOf(name, f))
  return { options: describe(decl.fields, values), redacted: redacted.length === 0 ? null : redacted }
}

function describe(fields: Fields, values: Values): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, f]) => [overrideKeyOf(name, f), shown(f, values[name])]))
}

function shown(f: Field<never>, value: unknown): unknown {
  if (f.secret) return !isZero(f, value)
  switch (f.type) {
    case 'duration':
      return formatGoDuration(value as Int)
    case 'string':
      return redactUrl(value as string)
    case 'strings':
      return isZero(f, value) ? null : (value as readonly string[]).map((text) => redactUrl(text))
    case 'map':
      return isZero(f, value) ? null : withoutSecrets(value as Readonly<Record<string, string>>)
    case 'listMap':
      return isZero(f, value) ? null : value
    case 'table':
      return describe(f.fields ?? {}, value as Values)
    case 'tableMap':
      return Object.fromEntries(
        Object.entries(value as Readonly<Record<string, Values>>).map(([k, v]) => [k, describe(f.fields ?? {}, v)]),
      )
    default:
      return value ?? null
  }
}

/** Headers of requests are shown, but those that say who we are. */
function withoutSecrets(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, isSecretKey(key) ? REDACTED : value]))
}
