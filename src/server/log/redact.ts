// Keeps secrets out of the log: by the name of a field, by the value of a known secret wherever it turns up, and in
// URLs. What is taken out reads [REDACTED].
import type { LogFields } from '../../base/logger.ts'

export const REDACTED = '[REDACTED]'

const SECRET_KEY = /^(.*[-_.])?(password|passwd|secret|token|api-?key|authorization|credential)s?$/i

/** Whether a field of this name holds a secret, so that its value is never printed. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key)
}

/** A request's target with the values of these query parameters taken out; everything else as it was. */
export function redactQuery(target: string, parameters: readonly string[] = ['p']): string {
  const at = target.indexOf('?')
  if (at < 0) return target
  const pairs = target.slice(at + 1).split('&')
  const shown = pairs.map((pair) => {
    const name = pair.split('=', 1)[0]!
    return parameters.includes(decode(name)) ? `${name}=${REDACTED}` : pair
  })
  return `${target.slice(0, at)}?${shown.join('&')}`
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    return name
  }
}

/** A URL with its password taken out, and its query's values if asked. Text that is no URL comes back as it was. */
export function redactUrl(text: string, query = false): string {
  const hidden = text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):[^/?#@]*@/i, `$1:${REDACTED}@`)
  return query ? hidden.replace(/([?&][^=&#]*=)[^&#]*/g, `$1${REDACTED}`) : hidden
}

/** Shorter ones would take ordinary words out of ordinary lines. */
const MIN_SECRET_LENGTH = 6

/** Knows the values of secrets and takes them out of any text. */
export class Redactor {
  #secrets = new Set<string>()
  #pattern: RegExp | undefined

  /** Adds secrets, as they stand in the configuration. Too short ones are not taken. */
  hide(...secrets: string[]): void {
    for (const secret of secrets) {
      if (secret.length < MIN_SECRET_LENGTH) continue
      this.#secrets.add(secret)
      this.#secrets.add(encodeURIComponent(secret))
    }
    // The longest first: a secret may be a part of another one.
    const all = [...this.#secrets].sort((a, b) => b.length - a.length)
    this.#pattern =
      all.length === 0
        ? undefined
        : new RegExp(all.map((s) => s.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g')
  }

  text(text: string): string {
    return this.#pattern ? text.replace(this.#pattern, REDACTED) : text
  }

  fields(fields: LogFields): LogFields {
    let changed: Record<string, unknown> | undefined
    for (const key in fields) {
      const value = fields[key]
      const shown = isSecretKey(key) && value !== undefined && value !== '' ? REDACTED : this.#value(value)
      if (shown !== value) {
        changed ??= { ...fields }
        changed[key] = shown
      }
    }
    return changed ?? fields
  }

  #value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value)
    if (value instanceof Error) return this.text(value.message)
    if (typeof value !== 'object' || value === null || value instanceof Date) return value
    return this.#nested(value, new Set())
  }

  #nested(value: object, seen: Set<object>): unknown {
    if (seen.has(value)) return '(cycle)'
    seen.add(value)
    const inner = (v: unknown): unknown =>
      typeof v === 'object' && v !== null && !(v instanceof Date) && !(v instanceof Error)
        ? this.#nested(v, seen)
        : this.#value(v)
    const out = Array.isArray(value)
      ? value.map(inner)
      : Object.fromEntries(Object.entries(value).map(([k, v]) => [k, isSecretKey(k) ? REDACTED : inner(v)]))
    seen.delete(value)
    return out
  }
}
