// The sections that may change while the server runs: what the file says with the stored overrides laid over it. Owns
// which elements stand at a moment and hands them to those who use them. An element is replaced, never changed: whoever
// keeps something beside an element keeps it for exactly this one.
import { isDeepStrictEqual } from 'node:util'
import { byteOrder } from '../../base/byte-order.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'
import { keyOf, type Values } from '../config/field.ts'
import { checkElement, type LoadedSection } from '../config/load-config.ts'
import { overrideElement } from '../config/override-element.ts'
import { addedElement, defaultElement, isOn, type SectionDecl } from '../config/section.ts'
import type { OverrideChange, OverrideRecord, OverrideStore } from './override-record.ts'
import { type ConfigPath, checkAction, type UpdateAction } from './update-action.ts'

/** Takes the elements of a section in use, or throws and goes on with those it has. */
export type UseElements = (elements: readonly Values[]) => void

export interface LiveConfigOptions {
  /** As file and environment have them. */
  readonly sections: ReadonlyMap<string, LoadedSection>
  readonly store: OverrideStore
  readonly logger: Logger
  /** Whether stored overrides count from the start. */
  readonly useStored: boolean
  /** Called before new elements are used, so that their secrets stay out of the log. */
  readonly hide: (decl: SectionDecl, elements: readonly Values[]) => void
  /** Called after a change is in force and stored. */
  readonly changed: () => void
}

interface Live {
  readonly decl: SectionDecl
  readonly base: readonly Values[]
  /** As they are shown. */
  elements: readonly Values[]
  /** Of those, the ones that count. */
  used: readonly Values[]
  /** The overrides that the elements come from, by element. */
  overrides: ReadonlyMap<string, OverrideRecord>
  readonly users: UseElements[]
}

type Records = ReadonlyMap<string, OverrideRecord>

const refused = (message: string): Fault => new Fault('config-update', message, { status: 400 })

export class LiveConfig {
  readonly #o: LiveConfigOptions
  readonly #sections: ReadonlyMap<string, Live>
  readonly #stored = new Map<string, OverrideRecord>()
  /** What an override comes to, so that elements stay the same objects while nothing changes them. */
  readonly #values = new WeakMap<OverrideRecord, Values>()

  constructor(o: LiveConfigOptions) {
    this.#o = o
    this.#sections = new Map(
      [...o.sections].map(([name, { decl, elements }]) => [
        name,
        { decl, base: elements, elements, used: elements, overrides: new Map(), users: [] },
      ]),
    )
    for (const record of o.store.all()) this.#stored.set(idOf(record.section, record.element), record)
    if (!o.useStored) return
    const sections = new Set([...this.#stored.values()].map((r) => r.section))
    for (const name of sections) this.#takeStored(name)
  }

  /** Names of the sections that can be overridden, sorted. */
  names(): readonly string[] {
    return [...this.#sections.values()]
      .filter((s) => s.decl.overridable)
      .map((s) => s.decl.section)
      .sort()
  }

  /** A section as it stands; undefined when there is none of this name that can be overridden. */
  section(name: string): { readonly decl: SectionDecl; readonly elements: readonly Values[] } | undefined {
    const found = this.#sections.get(name)
    return found?.decl.overridable ? found : undefined
  }

  /** The elements of any section as they are used. */
  elementsOf(name: string): readonly Values[] {
    return this.#sections.get(name)?.used ?? []
  }

  /**
   * Hands over the elements of a section, now and after each change. Stored overrides that `use` can't take now are left
   * out with a warning; throws what it throws for the file's own elements.
   */
  use(name: string, use: UseElements): void {
    const live = this.#sections.get(name)!
    live.users.push(use)
    try {
      use(live.used)
    } catch (e) {
      if (live.overrides.size === 0) throw e
      const wanted = [...live.overrides.values()]
      live.overrides = new Map()
      live.elements = live.base
      live.used = live.base
      use(live.used)
      this.#takeEach(live, wanted)
    }
  }

  /** Changes the section: first those who use it, then what is stored. Throws Fault: 400, and 500 when they refuse. */
  update(path: ConfigPath, action: UpdateAction): void {
    checkAction(path, action)
    const change = this.#changeOf(path, action)
    if (change.put.length === 0 && change.remove.length === 0) return
    const shown = `${path.section}/${path.element ?? ''}`
    const live = this.#sections.get(path.section)!
    const before = live.overrides
    try {
      const overrides = new Map(before)
      for (const { element } of change.remove) overrides.delete(element)
      for (const record of change.put) overrides.set(record.element, record)
      this.#take(live, overrides)
    } catch (e) {
      if (e instanceof Refusal) throw refused(`failed to override configuration ${shown}: ${e.message}`)
      throw new Fault('config-refused', `failed to update configuration ${shown}: ${messageOf(e)}`, { cause: e })
    }
    try {
      this.#o.store.apply(change)
    } catch (e) {
      this.#take(live, before)
      throw e
    }
    for (const r of change.remove) this.#stored.delete(idOf(r.section, r.element))
    for (const r of change.put) this.#stored.set(idOf(r.section, r.element), r)
    this.#o.logger.info('changed the configuration', { section: path.section, elements: namesOf(change) })
    this.#warnUnserved(live)
    this.#o.changed()
  }

  #warnUnserved({ decl, elements }: Live): void {
    if (decl.unserved && elements.some((e) => isOn(decl, e)))
      this.#o.logger.warn(`[${decl.section}] is not served yet: it has no effect`)
  }

  // ---- from an action to records ----

  #changeOf({ section, element }: ConfigPath, action: UpdateAction): OverrideChange {
    const adds = Object.keys(action.add).length > 0
    if (adds || action.remove.length > 0) return this.#listChange(section, action, adds)
    if (element === undefined) return { put: [], remove: [] }
    const shown = `${section}/${element}`
    const old = this.#stored.get(idOf(section, element))
    const options: Record<string, unknown> = { ...old?.options, ...action.set }
    for (const key of action.delete) delete options[key]
    const live = this.#sections.get(section)
    if (!live?.decl.overridable || (!old?.added && !find(live, element))) {
      const unknown = Object.keys(options).sort()
      if (unknown.length > 0 || !live?.decl.overridable) {
        const what = unknown.length > 0 ? `unknown options [${unknown.join(' ')}] in` : 'unknown'
        throw refused(`failed to override configuration ${shown}: ${what} section ${section}`)
      }
      return { put: [], remove: old ? [old] : [] }
    }
    if (Object.keys(options).length === 0 && !old?.added) return { put: [], remove: old ? [old] : [] }
    return { put: [{ section, element, options, added: old?.added ?? false }], remove: [] }
  }

  #listChange(section: string, action: UpdateAction, adds: boolean): OverrideChange {
    const live = this.#sections.get(section)
    if (!live?.decl.overridable) throw refused(`failed to apply update: unknown section ${JSON.stringify(section)}`)
    const remove = action.remove.flatMap((element) => this.#stored.get(idOf(section, element)) ?? [])
    if (!adds) return { put: [], remove }
    const { list } = live.decl
    if (!list) {
      const quoted = JSON.stringify(section)
      throw refused(`failed to apply update: section ${quoted} is not a list, cannot add new element`)
    }
    const key = JSON.stringify(list.key)
    const element = action.add[list.key]
    if (element === undefined) throw refused(`failed to apply update: missing key ${key} in "add" map`)
    if (typeof element !== 'string')
      throw refused(`failed to apply update: expected ${key} key to be a string, got ${goType(element)}`)
    const isKept = (r: OverrideRecord | undefined): boolean => r !== undefined && !remove.includes(r)
    if (isKept(this.#stored.get(idOf(section, element))))
      throw refused(`cannot add new override, override already exists for ${section}/${element}`)
    if (live.base.some((e) => nameOf(live.decl, e) === element))
      throw refused(`cannot add new override, the configuration file has ${section}/${element}`)
    return { put: [{ section, element, options: action.add, added: true }], remove }
  }

  // ---- from records to elements ----

  /** Takes what is stored for a section, and of it at least what can work. */
  #takeStored(name: string): void {
    const records = [...this.#stored.values()].filter((r) => r.section === name)
    const live = this.#sections.get(name)
    if (!live?.decl.overridable) {
      this.#o.logger.warn('overrides are kept but not used: there is no such section', { section: name })
      return
    }
    try {
      this.#take(live, new Map(records.map((r) => [r.element, r])))
    } catch {
      this.#takeEach(live, records)
    }
    this.#warnUnserved(live)
  }

  /** One after the other: what can't work is left out. */
  #takeEach(live: Live, records: readonly OverrideRecord[]): void {
    for (const record of records) {
      try {
        this.#take(live, new Map([...live.overrides, [record.element, record]]))
      } catch (e) {
        const { section, element } = record
        const text = 'an override is kept but not used: it can not work any more'
        this.#o.logger.warn(text, { section, element, err: messageOf(e) })
      }
    }
  }

  /** Makes these the section's overrides. Throws a Refusal, or what a user of the section throws; then all is as before. */
  #take(live: Live, overrides: Records): void {
    const elements = this.#laid(live, overrides)
    const used = usedOf(live.decl, elements)
    const together = live.decl.checkAll?.(used)
    if (together) throw new Refusal(`failed validation: ${together}`)
    this.#o.hide(live.decl, elements)
    let told = 0
    try {
      for (; told < live.users.length; told++) live.users[told]!(used)
    } catch (e) {
      for (const use of live.users.slice(0, told)) use(live.used)
      throw e
    }
    live.elements = elements
    live.used = used
    live.overrides = overrides
  }

  #laid({ decl, base }: Live, overrides: Records): readonly Values[] {
    const left = new Map(overrides)
    const elements = base.map((values) => {
      const name = nameOf(decl, values)
      const record = left.get(name)
      left.delete(name)
      return record ? this.#overridden(decl, record, values) : values
    })
    // In the order that they have after a restart, too.
    const added = [...left.values()].sort((a, b) => byteOrder(a.element, b.element))
    for (const record of added) {
      if (!record.added) throw new Refusal(`there is no element ${record.section}/${record.element} any more`)
      elements.push(this.#overridden(decl, record, undefined))
    }
    return elements
  }

  #overridden(decl: SectionDecl, record: OverrideRecord, base: Values | undefined): Values {
    const known = this.#values.get(record)
    if (known) return known
    const start = record.added || !base ? addedElement(decl) : base
    let values: Values
    try {
      values = overrideElement(decl, start, record.options, record.added)
    } catch (e) {
      throw new Refusal(messageOf(e))
    }
    const problem = checkElement(decl, values)
    if (problem) throw new Refusal(`failed validation: ${problem}`)
    this.#values.set(record, values)
    return values
  }
}

/** The overrides themselves can't be taken. */
class Refusal extends Error {}

function idOf(section: string, element: string): string {
  return `${section}/${element}`
}

/** The name by which the override API knows an element; empty in a section that is no list. */
export function nameOf(decl: SectionDecl, values: Values): string {
  if (!decl.list) return ''
  const { key } = decl.list
  const name = Object.entries(decl.fields).find(([n, f]) => keyOf(n, f) === key)?.[0]
  return String(values[name ?? key] ?? '')
}

/** Beside elements that somebody made, the one that is there without anybody's doing counts only when it is on. */
function usedOf(decl: SectionDecl, elements: readonly Values[]): readonly Values[] {
  if (!decl.list?.prefilled || elements.length < 2) return elements
  const prefilled = defaultElement(decl)
  return elements.filter((e) => isOn(decl, e) || !isDeepStrictEqual(e, prefilled))
}

function find(live: Live, element: string): Values | undefined {
  return live.base.find((e) => nameOf(live.decl, e) === element)
}

function namesOf({ put, remove }: OverrideChange): string {
  return [...new Set([...put, ...remove].map((r) => r.element))].join(' ')
}

function goType(json: unknown): string {
  if (json === null) return '<nil>'
  if (Array.isArray(json)) return '[]interface {}'
  return { number: 'float64', bigint: 'float64', boolean: 'bool' }[typeof json as string] ?? 'map[string]interface {}'
}
