// Regular expressions with the syntax and meaning of RE2, in linear time. Simple patterns on short texts run as
// JavaScript's own; everything else, and every replacement, runs in re2js.
import { RE2JS } from 're2js'
import { subsetOf } from './regex-subset.ts'

/** Compiled patterns that are kept for those who compile the same again. */
const MAX_KEPT = 256
const kept = new Map<string, Regex>()

export class Regex {
  readonly source: string
  readonly #re2: RE2JS
  readonly #fast: RegExp | undefined
  readonly #fastLength: number

  constructor(source: string, re2: RE2JS) {
    this.source = source
    this.#re2 = re2
    const subset = subsetOf(source)
    this.#fast = subset && new RegExp(subset.pattern, subset.flags)
    this.#fastLength = subset?.maxLength ?? -1
  }

  /** Whether it matches anywhere in the text. */
  test(text: string): boolean {
    return text.length <= this.#fastLength ? this.#fast!.test(text) : this.#re2.test(text)
  }

  /** Replaces every match; in the template `$1`, `$name`, `${name}` stand for groups and `$$` for a dollar sign. */
  replaceAll(text: string, template: string): string {
    const matcher = this.#re2.matcher(text)
    let out = ''
    let copied = 0
    for (let from = 0; from <= text.length && matcher.find(from); ) {
      const start = matcher.start()
      const end = matcher.end()
      out += text.slice(copied, start)
      // An empty match right behind another match is none.
      if (end > copied || start === 0) {
        out += expand(template, (group) => {
          const index = typeof group === 'number' ? group : (this.#re2.namedGroups()[group] ?? -1)
          if (index < 0 || index > this.#re2.groupCount() || matcher.start(index) < 0) return ''
          return text.slice(matcher.start(index), matcher.end(index))
        })
      }
      copied = end
      const width = (text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1
      from = Math.max(from + width, end)
    }
    return out + text.slice(copied)
  }
}

const GROUP = /\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu

function expand(template: string, group: (name: string | number) => string): string {
  if (!template.includes('$')) return template
  return template.replace(GROUP, (_, dollar: string | undefined, braced: string | undefined, bare: string) => {
    if (dollar) return '$'
    const name = braced ?? bare
    return group(/^(?:0|[1-9]\d{0,7})$/.test(name) ? Number(name) : name)
  })
}

/** The error text of a pattern that is none, as Go has it: ``error parsing regexp: missing closing ): `(` ``. */
export function validateRegex(source: string): string | undefined {
  try {
    compileRegex(source)
    return undefined
  } catch (e) {
    return (e as Error).message
  }
}

/** Throws Error with Go's text when the pattern is none. */
export function compileRegex(source: string): Regex {
  const known = kept.get(source)
  if (known) return known
  let re2: RE2JS
  try {
    re2 = RE2JS.compile(source)
  } catch (e) {
    throw new Error(goText(source, e))
  }
  const regex = new Regex(source, re2)
  if (kept.size >= MAX_KEPT) kept.clear()
  kept.set(source, regex)
  return regex
}

/** re2js leaves the quoted part out of some messages. */
function goText(source: string, e: unknown): string {
  const message = e instanceof Error ? e.message : String(e)
  if (message.endsWith('trailing backslash at end of expression')) return `${message}: \`\``
  if (message.endsWith('expression nests too deeply')) return `${message}: \`${source}\``
  return message.startsWith('error parsing regexp') ? message : `error parsing regexp: ${message}`
}
