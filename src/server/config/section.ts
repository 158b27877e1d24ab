// A section of the configuration as one declaration, and how declarations are put together. Knows nothing of files.
import { type Fields, initialValues, keyOf, type Values, type ValuesOf, zeroValues } from './field.ts'

/** How the elements of a `[[section]]` come about. */
export interface ListRule {
  /** The key that tells elements apart, as in files; the override API addresses elements by it. */
  readonly key: string
  /** Without any element in the file there is one with the defaults. */
  readonly prefilled?: boolean
  /** The key's value in the defaults, when the field's own default is empty. */
  readonly initialElement?: string
  /** What a single element's unset keys are: the defaults, or zero. With several they are zero. */
  readonly single?: 'defaults' | 'zero'
  /** What the unset keys of an element are that was added through the API; zero when not given. */
  readonly added?: 'defaults' | 'zero'
  /** `[section]` may stand for one element. */
  readonly table?: boolean
  /** In environment names a single element needs no index. */
  readonly indexOptional?: boolean
}

/** A declaration whose types have been forgotten. */
export interface SectionDecl {
  /** As in files: `http`, `config-override`; empty for the keys before the first section. */
  readonly section: string
  readonly doc?: string
  readonly list?: Partial<ListRule> & { readonly key: string }
  readonly fields: Fields
  /** The override API may change it while the server runs. */
  readonly overridable?: boolean
  /** Not served yet: a warning when it is on, or no start. */
  readonly unserved?: 'warn' | 'refuse'
  /** Whether an element is in use; by its `enabled`, or always, when not given. */
  readonly isOn?: (values: Values) => boolean
  /** What is wrong with one element, in the reference's words; undefined when it can be taken. */
  readonly check?: (values: Values) => string | undefined
  /** What is wrong with the elements together. */
  readonly checkAll?: (elements: readonly Values[]) => string | undefined
}

/** A declaration with its types: what `check` and the configuration's users see follows from `fields`. */
export interface Section<F, L extends boolean> extends SectionDecl {
  readonly _t?: { readonly fields: F; readonly list: L }
}

interface SectionOptions<F> {
  readonly section: string
  readonly doc: string
  readonly fields: F
  readonly overridable?: boolean
  readonly unserved?: 'warn' | 'refuse'
  readonly isOn?: (values: ValuesOf<F>) => boolean
  readonly check?: (values: ValuesOf<F>) => string | undefined
  readonly checkAll?: (elements: readonly ValuesOf<F>[]) => string | undefined
}

/** Declares a `[section]`. */
export function defineSection<const F extends Readonly<Record<string, unknown>>>(
  d: SectionOptions<F>,
): Section<F, false> {
  return d as unknown as Section<F, false>
}

/** Declares a `[[section]]`. */
export function defineList<const F extends Readonly<Record<string, unknown>>>(
  d: SectionOptions<F> & { readonly list: ListRule },
): Section<F, true> {
  return d as unknown as Section<F, true>
}

/** The value of a section: its values, or those of each element. */
export type SectionValue<S> = S extends { readonly _t?: infer P }
  ? Exclude<P, undefined> extends { readonly fields: infer F; readonly list: infer L }
    ? L extends true
      ? readonly ValuesOf<F>[]
      : ValuesOf<F>
    : never
  : never

/** The values that stand when nothing is said of the section: of the prefilled element, for a list. */
export function defaultElement(decl: SectionDecl): Values {
  const values = initialValues(decl.fields)
  const { key, initialElement } = decl.list ?? {}
  const name = key && Object.entries(decl.fields).find(([n, f]) => keyOf(n, f) === key)?.[0]
  return name && initialElement ? { ...values, [name]: initialElement } : values
}

/** The values of an element of a list that is added through the API, before its own options. */
export function addedElement(decl: SectionDecl): Values {
  return decl.list?.added === 'defaults' ? initialValues(decl.fields) : zeroValues(decl.fields)
}

export function isOn(decl: SectionDecl, values: Values): boolean {
  if (decl.isOn) return decl.isOn(values)
  return 'enabled' in decl.fields ? values['enabled'] === true : true
}

/**
 * Puts declarations together. A later one replaces an earlier one of the same section: its keys and checks count, and it
 * is served; what it does not say (list rules, documentation) stays as the earlier one has it.
 */
export function composeSections(
  base: readonly SectionDecl[],
  replacing: readonly SectionDecl[] = [],
): readonly SectionDecl[] {
  const all = new Map(base.map((decl) => [decl.section, decl]))
  for (const decl of replacing) {
    const earlier = all.get(decl.section)
    const { unserved: _, check: _check, ...known } = earlier ?? ({} as SectionDecl)
    const list = decl.list && { ...earlier?.list, ...decl.list, key: decl.list.key }
    all.set(decl.section, { ...known, ...decl, ...(list ? { list } : {}) })
  }
  return [...all.values()]
}
