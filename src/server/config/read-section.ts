// Reads the elements of one section out of a parsed file, by its declaration: defaults, merging rules, types. What is
// wrong or unknown is noted with its place; reading goes on, so that everything is told at once.
import { didYouMean } from '../../lang/suggest.ts'
import { fromToml, isTable, kindOf } from './convert.ts'
import { type Field, type Fields, initialValues, keyOf, type Values, zeroValues } from './field.ts'
import { isOn, type SectionDecl } from './section.ts'
import type { TomlLines } from './toml-lines.ts'

/** What the reader found out besides values. */
export interface Findings {
  /** Why the configuration can't be used. */
  readonly problems: string[]
  /** What the operator should hear of. */
  readonly warnings: string[]
}

export type Path = readonly (string | number)[]

/** `influxdb.0.urls`, as messages name it; the first section's keys stand bare. */
export function pathName(path: Path): string {
  return path.join('.')
}

export class SectionReader {
  readonly #lines: TomlLines
  readonly #file: string
  readonly #findings: Findings
  /** What of the element that is being read can't be used: a fault only where the element is on. */
  #unusable: string[] = []

  constructor(lines: TomlLines, file: string, findings: Findings) {
    this.#lines = lines
    this.#file = file
    this.#findings = findings
  }

  /** `found`: what stands under the section's name; undefined when nothing does. `initial`: the defaults of this start. */
  read(decl: SectionDecl, found: unknown, initial: Values): Values[] {
    const path = decl.section === '' ? [] : [decl.section]
    const list = decl.list
    if (found === undefined) return list && !list.prefilled ? [] : [initial]
    if (!list) {
      if (!isTable(found)) {
        this.#problem(path, `must be a [${decl.section}] section, not ${kindOf(found)}`)
        return [initial]
      }
      return [this.#element(decl, found, path, initial)]
    }
    const tables = isTable(found) && list.table ? [found] : found
    if (!Array.isArray(tables) || !tables.every(isTable)) {
      this.#problem(path, `must be a list of sections, [[${decl.section}]], not ${kindOf(found)}`)
      return []
    }
    const merges = tables.length === 1 && list.single === 'defaults'
    const start = merges ? initial : zeroValues(decl.fields)
    return tables.map((table, i) => this.#element(decl, table, found === tables ? [...path, i] : path, start))
  }

  #element(decl: SectionDecl, table: Record<string, unknown>, path: Path, start: Values): Values {
    this.#unusable = []
    const values = this.#table(decl.fields, table, path, start)
    if (isOn(decl, values)) this.#findings.problems.push(...this.#unusable)
    else this.#findings.warnings.push(...this.#unusable.map((what) => `${what}: ignored, as it is not enabled`))
    return values
  }

  #table(fields: Fields, table: Record<string, unknown>, path: Path, start: Values): Values {
    const names = fieldNames(fields)
    const values: Record<string, unknown> = { ...start }
    for (const [key, value] of Object.entries(table)) {
      const name = names.get(key)
      if (name === undefined) this.unknown([...path, key], key, names.keys())
      else values[name] = this.#value(fields[name]!, value, [...path, key], values[name])
    }
    return values
  }

  #value(f: Field<never>, found: unknown, path: Path, start: unknown): unknown {
    if (f.type === 'table' && isTable(found)) return this.#table(f.fields ?? {}, found, path, start as Values)
    if (f.type === 'tableMap' && isTable(found)) return this.#tables(f.fields ?? {}, found, path)
    const converted = fromToml(f, found)
    if ('reason' in converted) {
      if (converted.isBound) this.#unusable.push(this.#told(path, converted.reason))
      else this.#problem(path, converted.reason)
      return start
    }
    // A map adds to its default, as a table does.
    const isMap = f.type === 'map' || f.type === 'listMap'
    return isMap ? { ...(start as object), ...(converted.value as object) } : converted.value
  }

  #tables(fields: Fields, found: Record<string, unknown>, path: Path): Values {
    const tables: Record<string, Values> = {}
    for (const [key, value] of Object.entries(found)) {
      if (isTable(value)) tables[key] = this.#table(fields, value, [...path, key], initialValues(fields))
      else this.#problem([...path, key], `must be a table, not ${kindOf(value)}`)
    }
    return tables
  }

  /** Notes a key that nothing declares, with the nearest that something does. */
  unknown(path: Path, key: string, known: Iterable<string>): void {
    const help = didYouMean(key, known)
    this.#findings.warnings.push(
      `${this.#place(path)}: ${pathName(path)} is unknown and ignored${help ? `. ${help}` : ''}`,
    )
  }

  #problem(path: Path, reason: string): void {
    this.#findings.problems.push(this.#told(path, reason))
  }

  #told(path: Path, reason: string): string {
    return `${this.#place(path)}: ${pathName(path)} ${reason}`
  }

  #place(path: Path): string {
    const line = this.#lines.of(path)
    return line === undefined ? this.#file : `${this.#file} line ${line}`
  }
}

/** Keys and their other spellings to the names of fields. */
export function fieldNames(fields: Fields): Map<string, string> {
  const names = new Map<string, string>()
  for (const [name, f] of Object.entries(fields)) {
    names.set(keyOf(name, f), name)
    for (const alias of f.aliases ?? []) names.set(alias, name)
  }
  return names
}
