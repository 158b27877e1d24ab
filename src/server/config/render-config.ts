// The effective configuration as a file: every section and key with its documentation, ready to be edited. Secrets are
// written where they are asked for: with them the result works in place of the original.
import { formatGoDuration } from '../../base/duration.ts'
import type { Int } from '../../base/int64.ts'
import { type Field, type Fields, keyOf, type Values } from './field.ts'
import { type Config, secretsOfField } from './load-config.ts'

/** TOML that loads to the same configuration; but for its secrets, of which only a note stands there unless they are shown. */
export function renderConfig(config: Config, secrets: 'show' | 'hide'): string {
  const out: string[] = []
  for (const { decl, elements } of config.sections.values()) {
    if (decl.section !== '') out.push('')
    if (decl.doc) out.push(`# ${decl.doc}${decl.unserved ? ' Not served yet.' : ''}`)
    for (const values of elements) {
      if (decl.section !== '') out.push(decl.list ? `[[${decl.section}]]` : `[${decl.section}]`)
      renderTable(out, decl.fields, values, decl.section, secrets)
    }
  }
  return `${out.join('\n')}\n`
}

function renderTable(out: string[], fields: Fields, values: Values, path: string, secrets: 'show' | 'hide'): void {
  const tables: [string, Field<never>, Values][] = []
  for (const [name, f] of Object.entries(fields)) {
    const key = keyOf(name, f)
    const value = values[name]
    if (f.type === 'table') tables.push([`${path}.${key}`, f, value as Values])
    else if (f.type === 'tableMap') {
      for (const [k, v] of Object.entries(value as Record<string, Values>))
        tables.push([`${path}.${key}.${tomlKey(k)}`, f, v])
    } else if (value !== undefined) {
      out.push(`  # ${f.doc}`)
      const isHidden = secrets === 'hide' && holdsSecret(f, value)
      out.push(isHidden ? `  # ${key} is set, and not shown here.` : `  ${key} = ${tomlValue(f, value)}`)
    }
  }
  // After the plain keys: a table's header ends the keys of the one above it.
  for (const [header, f, inner] of tables) {
    out.push(`  [${header}]`)
    renderTable(out, f.fields ?? {}, inner, header, secrets)
  }
}

function holdsSecret(f: Field<never>, value: unknown): boolean {
  return secretsOfField(f, value).length > 0
}

function tomlValue(f: Field<never>, value: unknown): string {
  if (f.type === 'duration') return tomlText(formatGoDuration(value as Int))
  if (f.type === 'float') return Number.isInteger(value) ? `${value}.0` : String(value)
  if (typeof value === 'string') return tomlText(value)
  if (Array.isArray(value)) return `[${value.map((v) => tomlText(String(v))).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([k, v]) => `${tomlKey(k)} = ${tomlValue(f, v)}`)
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
  }
  return String(value)
}

function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlText(key)
}

/** JSON's escapes are TOML's, but for DEL, which TOML wants escaped as well. */
function tomlText(text: string): string {
  return JSON.stringify(text).replaceAll('\x7f', '\\u007f')
}
