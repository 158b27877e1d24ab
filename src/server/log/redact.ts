// What of the log is secret: by the name of a field, by the value of a known secret wherever it turns up, and in URLs.
// What is taken out reads [REDACTED].
import { REDACTED, redactUrls } from '../../base/redact-url.ts'
import { remembered } from './remembered.ts'

export { REDACTED, redactUrl } from '../../base/redact-url.ts'

const SECRET_KEY = /^(.*[-_.])?(password|passwd|secret|token|api-?key|authorization|credential)s?$/i

/** Whether a field of this name holds a secret, so that its value is never printed. */
export const isSecretKey = remembered((key) => SECRET_KEY.test(key))

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
      this.#secrets.add(JSON.stringify(secret).slice(1, -1))
    }
    // The longest first: a secret may be a part of another one.
    const all = [...this.#secrets].sort((a, b) => b.length - a.length)
    this.#pattern =
      all.length === 0
        ? undefined
        : new RegExp(all.map((s) => s.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g')
  }

  /** Passwords of URLs go, whether or not they are known. */
  text(text: string): string {
    return redactUrls(this.#pattern ? text.replace(this.#pattern, REDACTED) : text)
  }

  /** A line of the log in JSON: secrets are taken out of its values only, so that it stays JSON. */
  line(json: string): string {
    if (redactUrls(json) === json && !this.#occurs(json)) return json
    const whole = JSON.parse(json, (key, value: unknown) =>
      key === 'ts' || key === 'lvl' ? value : typeof value === 'string' ? this.text(value) : this.#number(value),
    ) as unknown
    return `${JSON.stringify(whole)}\n`
  }

  /** Quicker than the pattern while there are not many secrets. */
  #occurs(text: string): boolean {
    for (const secret of this.#secrets) if (text.includes(secret)) return true
    return false
  }

  /** A secret may be all digits. */
  #number(value: unknown): unknown {
    return typeof value === 'number' && this.text(String(value)) !== String(value) ? REDACTED : value
  }
}
