// The configuration as a whole: defaults, then the file, then the environment, then flags; then it is checked. Owns the
// order and the rules between sections. Throws one fault that tells everything that is wrong.
import { parse, TomlError } from 'smol-toml'
import { Fault } from '../../base/fault.ts'
import { passwordOf } from '../../base/redact-url.ts'
import { isSecretKey } from '../log/redact.ts'
import { type ConfigFile, findConfigFile } from './config-file.ts'
import { homeFolder, type PathDefaults, pathsBelow } from './default-paths.ts'
import { type Environment, EnvironmentOverrides } from './environment.ts'
import { type Field, type Fields, isZero, keyOf, type Values } from './field.ts'
import { type Findings, SectionReader } from './read-section.ts'
import { composeSections, defaultElement, isOn, type SectionDecl } from './section.ts'
import { knownSections, namedSections, type ServerValues } from './sections/server-sections.ts'
import { TomlLines } from './toml-lines.ts'

/** One section with its values: of a `[section]` exactly one element, of a `[[section]]` any number. */
export interface LoadedSection {
  readonly decl: SectionDecl
  readonly elements: readonly Values[]
}

export interface Config {
  /** The values of the server's own sections, typed: `server.http.bindAddress`. */
  readonly server: ServerValues
  /** Every section, those of handlers too, by its name in files. */
  readonly sections: ReadonlyMap<string, LoadedSection>
  /** The file that was read; undefined: there was none. */
  readonly file: string | undefined
  /** What the operator should hear of when the server starts. */
  readonly warnings: readonly string[]
}

/** Flags of the command line that override keys. */
export interface ConfigFlags {
  readonly config?: string
  readonly hostname?: string
  readonly logFile?: string
  readonly logLevel?: string
}

export interface LoadOptions {
  readonly flags?: ConfigFlags
  readonly environment: Environment
  /** The file's text in place of looking for a file; null: no file. */
  readonly file?: ConfigFile | null
  /** Sections in place of, or beside, the known ones: those that the handlers declare. */
  readonly sections?: readonly SectionDecl[]
  /** `run`: paths of a file are relative by default. `show`: they are below the home folder, for printing a whole file. */
  readonly purpose?: 'run' | 'show'
}

interface CheckFindings extends Findings {
  /** Sections and keys that are on but have no effect, each once however many elements have it. */
  readonly unserved: Set<string>
}

/** Throws a Fault `config-invalid` whose message tells every problem, one after the other. */
export function loadConfig(options: LoadOptions): Config {
  const { environment } = options
  const file =
    options.file === undefined ? findConfigFile(options.flags?.config, environment) : (options.file ?? undefined)
  const decls = composeSections(knownSections, options.sections)
  const findings: CheckFindings = { problems: [], warnings: [], unserved: new Set() }
  const defaults = file && options.purpose !== 'show' ? {} : pathsBelow(homeFolder(environment['HOME']))

  const { elements, written } = readFile(file, decls, defaults, findings)
  const overrides = new EnvironmentOverrides(environment, findings)
  for (const decl of decls) elements.set(decl.section, overrides.apply(decl, elements.get(decl.section)!))
  overrides.noteUnused(decls)
  applyFlags(elements, options.flags ?? {})
  for (const decl of decls) {
    const touched = written.has(decl.section) || overrides.touched(decl)
    check(decl, elements.get(decl.section)!, touched, findings)
  }
  if (findings.problems.length > 0) throw invalid(findings.problems)
  const unserved = [...findings.unserved].map((what) => `${what} is not served yet: it has no effect`)

  return {
    server: serverValues(elements),
    sections: new Map(decls.map((decl) => [decl.section, { decl, elements: elements.get(decl.section)! }])),
    file: file?.path,
    warnings: [...findings.warnings, ...unserved],
  }
}

export function invalid(problems: readonly string[]): Fault {
  return new Fault('config-invalid', problems.join('; '), { status: 400 })
}

function serverValues(elements: ReadonlyMap<string, readonly Values[]>): ServerValues {
  const values: Record<string, unknown> = {}
  for (const [name, decl] of Object.entries(namedSections)) {
    const found = elements.get(decl.section)!
    values[name] = decl.list ? found : found[0]
  }
  return values as unknown as ServerValues
}

function parseToml(file: ConfigFile): Record<string, unknown> {
  try {
    return parse(file.text, { integersAsBigInt: 'asNeeded' })
  } catch (e) {
    if (!(e instanceof TomlError)) throw e
    const reason = e.message.replace(/^Invalid TOML document: /, '').split('\n')[0]
    throw new Fault('config-invalid', `${file.path} line ${e.line} char ${e.column}: ${reason}\n${e.codeblock}`, {
      status: 400,
      cause: e,
    })
  }
}

function readFile(
  file: ConfigFile | undefined,
  decls: readonly SectionDecl[],
  defaults: PathDefaults,
  findings: Findings,
): { elements: Map<string, Values[]>; written: Set<string> } {
  const tree = file ? parseToml(file) : {}
  const reader = new SectionReader(new TomlLines(file?.text ?? ''), file?.path ?? '', findings)
  const elements = new Map<string, Values[]>()
  const bySection = new Map(decls.map((decl) => [decl.section, decl]))
  const top: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(tree)) {
    if (bySection.has(key) && key !== '') continue
    const isSection =
      typeof value === 'object' && value !== null && (!Array.isArray(value) || typeof value[0] === 'object')
    if (isSection) reader.unknown([key], key, bySection.keys())
    else top[key] = value
  }
  for (const decl of decls) {
    const found = decl.section === '' ? top : tree[decl.section]
    const initial = { ...defaultElement(decl), ...defaults[decl.section] }
    elements.set(decl.section, reader.read(decl, found, initial))
  }
  return { elements, written: new Set(Object.keys(tree)) }
}

function applyFlags(elements: Map<string, Values[]>, flags: ConfigFlags): void {
  const set = (section: string, name: string, value: string | undefined): void => {
    if (value) elements.set(section, [{ ...elements.get(section)![0], [name]: value }])
  }
  set('', 'hostname', flags.hostname)
  set('logging', 'file', flags.logFile)
  set('logging', 'level', flags.logLevel)
}

/** `touched`: the file or the environment says something about the section. */
function check(decl: SectionDecl, elements: readonly Values[], touched: boolean, findings: CheckFindings): void {
  const name = decl.section
  for (const values of elements) {
    const problem = checkElement(decl, values)
    if (problem) findings.problems.push(name === '' ? problem : `${name}: ${problem}`)
    if (!touched) continue
    const on = isOn(decl, values)
    const unserved = on ? unservedParts(decl, values) : []
    for (const { what, refuse } of unserved) {
      if (refuse)
        findings.problems.push(`${what} is not served yet, and without it the server would be open: it does not start`)
      else findings.unserved.add(what)
    }
  }
  const together = decl.checkAll?.(elements)
  if (together) findings.problems.push(name === 'influxdb' ? together : `${name}: ${together}`)
}

/** What is wrong with one element: an empty key that must not be, or what the section's own check says. */
export function checkElement(decl: SectionDecl, values: Values): string | undefined {
  const on = isOn(decl, values)
  if (on) {
    for (const [name, f] of Object.entries(decl.fields)) if (f.required && isZero(f, values[name])) return f.required
  }
  return decl.check?.(values)
}

function unservedParts(decl: SectionDecl, values: Values): { what: string; refuse: boolean }[] {
  if (decl.unserved) return [{ what: `[${decl.section}]`, refuse: decl.unserved === 'refuse' }]
  return Object.entries(decl.fields)
    .filter(([name, f]) => f.unserved && !same(values[name], f.initial))
    .map(([name, f]) => ({ what: `${decl.section}.${keyOf(name, f)}`, refuse: f.unserved === 'refuse' }))
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/** Every secret value of the configuration, for keeping them out of the log. */
export function secretsOf(config: Pick<Config, 'sections'>): string[] {
  return [...config.sections.values()].flatMap(({ decl, elements }) =>
    elements.flatMap((values) => secretsOfTable(decl.fields, values, false)),
  )
}

function secretsOfTable(fields: Fields, values: Values, isHidden: boolean): string[] {
  return Object.entries(fields).flatMap(([name, f]) => secretsOfField(f, values[name], isHidden))
}

/** What of a value is secret; `isHidden`: all of it, whatever the field itself says. */
export function secretsOfField(f: Field<never>, value: unknown, isHidden = false): string[] {
  const hidden = isHidden || f.secret
  switch (f.type) {
    case 'table':
      return secretsOfTable(f.fields ?? {}, value as Values, hidden && !onlyNamed(f))
    case 'tableMap':
      return Object.values(value as object).flatMap((v) => secretsOfTable(f.fields ?? {}, v as Values, hidden))
    case 'map':
      return hidden ? Object.values(value as object) : secretValues(value as Record<string, string>)
    case 'string':
      if (!hidden) return urlSecrets(value as string)
      return value === '' || value === (f.initial as unknown) ? [] : [value as string, ...pathSecrets(value as string)]
    case 'strings':
      return hidden ? [...(value as string[])] : (value as string[]).flatMap(urlSecrets)
    default:
      return []
  }
}

/** Of a map that is not secret as a whole, such as the headers of requests. */
function secretValues(map: Readonly<Record<string, string>>): string[] {
  return Object.entries(map).flatMap(([key, value]) => (isSecretKey(key) ? value : []))
}

/** Of a webhook the path is the secret, which receivers and errors may name without the host. */
function pathSecrets(text: string): string[] {
  const url = /^https?:/.test(text) ? URL.parse(text) : null
  return url && url.pathname !== '/' ? [url.pathname + url.search] : []
}

function urlSecrets(text: string): string[] {
  const password = passwordOf(text)
  return password === undefined ? [] : [password]
}

/** A table that is secret as a whole but marks its own secrets: the user name in it is no secret to hide in texts. */
function onlyNamed(f: Field<never>): boolean {
  return Object.values(f.fields ?? {}).some((inner) => inner.secret)
}
