// Overrides from environment variables: `KAPACITOR_<SECTION>_<KEY>`, with an index for elements of lists, the rest of
// the name as the key of a map. Only what is there is overridden: no element is added to a list.
import { didYouMean } from '../../lang/suggest.ts'
import { fromText } from './convert.ts'
import { type Field, type Fields, keyOf, type Values } from './field.ts'
import type { Findings } from './read-section.ts'
import type { SectionDecl } from './section.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const PREFIX = 'KAPACITOR'

/** Variables with the prefix that belong to no section. */
const OTHERS = new Set(['CONFIG_PATH', 'URL', 'UNSAFE_SSL', 'OPTS'].map((name) => `${PREFIX}_${name}`))

/** The Go names of the types, which compatible messages show. */
const GO_TYPES: Readonly<Record<string, string>> = { duration: 'toml.Duration', float: 'float64', size: 'int64' }

const part = (key: string): string => key.toUpperCase().replaceAll('-', '_')

/** The prefix of a section's variables: `KAPACITOR_HTTP`; of the keys before the first section: `KAPACITOR`. */
export function environmentPrefix(decl: SectionDecl): string {
  return decl.section === '' ? PREFIX : `${PREFIX}_${part(decl.section)}`
}

/** The name of the variable that overrides a key under a prefix. */
export function environmentName(prefix: string, name: string, f: Field<never>): string {
  return `${prefix}_${f.extraUnderscore ? '_' : ''}${part(keyOf(name, f))}`
}

export class EnvironmentOverrides {
  readonly #environment: Environment
  readonly #findings: Findings
  readonly #used = new Set<string>()
  /** Every name that was looked for, for the nearest one to a misspelt one. */
  readonly #known = new Set<string>()

  constructor(environment: Environment, findings: Findings) {
    this.#environment = environment
    this.#findings = findings
  }

  /** The elements with their overrides. */
  apply(decl: SectionDecl, elements: readonly Values[]): Values[] {
    const prefix = environmentPrefix(decl)
    if (!decl.list) return elements.map((values) => this.#table(decl.fields, values, prefix))
    return elements.map((values, i) => {
      const indexed = this.#table(decl.fields, values, `${prefix}_${i}`)
      const bare = decl.list?.indexOptional && elements.length === 1
      return bare ? this.#table(decl.fields, indexed, prefix) : indexed
    })
  }

  /** Whether a variable of this section was used. */
  touched(decl: SectionDecl): boolean {
    const prefix = `${environmentPrefix(decl)}_`
    return this.#used.values().some((name) => name.startsWith(prefix))
  }

  /** Notes variables that look like a section's but override nothing. To be called after all sections. */
  noteUnused(decls: readonly SectionDecl[]): void {
    const prefixes = decls.filter((d) => d.section !== '').map((d) => `${environmentPrefix(d)}_`)
    for (const [name, text] of Object.entries(this.#environment)) {
      if (!text || this.#used.has(name) || OTHERS.has(name)) continue
      if (!prefixes.some((prefix) => name.startsWith(prefix))) continue
      const help = didYouMean(name, this.#known)
      this.#findings.warnings.push(`environment variable ${name} overrides nothing${help ? `. ${help}` : ''}`)
    }
  }

  #table(fields: Fields, values: Values, prefix: string): Values {
    let changed: Record<string, unknown> | undefined
    for (const [name, f] of Object.entries(fields)) {
      const old = values[name]
      let value = this.#value(f, old, environmentName(prefix, name, f))
      // The extra underscore is the reference's; without it the name is what one would expect.
      if (value === old && f.extraUnderscore) value = this.#value(f, old, `${prefix}_${part(keyOf(name, f))}`)
      if (value === old) continue
      changed ??= { ...values }
      changed[name] = value
    }
    return changed ?? values
  }

  #value(f: Field<never>, old: unknown, name: string): unknown {
    switch (f.type) {
      case 'table':
        return this.#table(f.fields ?? {}, old as Values, name)
      case 'tableMap':
        return mapValues(old as Readonly<Record<string, Values>>, (v, key) =>
          this.#table(f.fields ?? {}, v, `${name}_${key}`),
        )
      case 'strings':
        return this.#list(old as readonly string[], name)
      case 'listMap':
        return mapValues(old as Readonly<Record<string, readonly string[]>>, (v, key) =>
          this.#list(v, `${name}_${key}`),
        )
      case 'map':
        return this.#map(old as Readonly<Record<string, string>>, name)
      default: {
        const text = this.#take(name)
        if (text === undefined) return old
        const converted = fromText(f, text)
        if ('value' in converted) return converted.value
        const type = GO_TYPES[f.type] ?? f.type
        // The value may be a secret; the reference prints it all the same.
        const shown = f.secret ? '[REDACTED]' : text
        this.#findings.problems.push(
          `apply env config: failed to apply ${name} to ${name.slice(name.lastIndexOf('_') + 1)} using type ${type} and value '${shown}': ${converted.reason}`,
        )
        return old
      }
    }
  }

  #take(name: string): string | undefined {
    this.#known.add(name)
    const text = this.#environment[name]
    if (text === undefined || text === '') return undefined
    this.#used.add(name)
    return text
  }

  #list(old: readonly string[], name: string): readonly string[] {
    const list = old.map((value, i) => this.#take(`${name}_${i}`) ?? value)
    return list.every((value, i) => value === old[i]) ? old : list
  }

  #map(old: Readonly<Record<string, string>>, name: string): Readonly<Record<string, string>> {
    let map = old
    for (const variable of Object.keys(this.#environment)) {
      if (!variable.startsWith(`${name}_`)) continue
      const text = this.#take(variable)
      if (text !== undefined) map = { ...map, [variable.slice(name.length + 1)]: text }
    }
    return map
  }
}

function mapValues<T>(
  old: Readonly<Record<string, T>>,
  change: (value: T, key: string) => T,
): Readonly<Record<string, T>> {
  const entries = Object.entries(old).map(([key, value]) => [key, change(value, key)] as const)
  return entries.every(([key, value]) => value === old[key]) ? old : Object.fromEntries(entries)
}
