// JSON Schema in words and tables, as the page about the API shows it.
import { code } from './markdown.ts'

/** What is used of a schema. */
export interface Schema {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly format?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

/** How a named schema is linked. */
export type LinkTo = (title: string) => string

/** The type in a word or two: `text`, `list of Task`, `"fast" or "real"`. */
export function typeText(s: Schema, linkTo: LinkTo): string {
  if (s.title !== undefined) return linkTo(s.title)
  if (s.const !== undefined) return code(JSON.stringify(s.const))
  if (s.anyOf) return [...new Set(s.anyOf.map((x) => typeText(x, linkTo)))].join(' or ')
  if (s.type === 'array') return s.items?.type ? `list of ${typeText(s.items, linkTo)}` : 'list'
  if (s.type === 'object') {
    const each = s.patternProperties && Object.values(s.patternProperties)[0]
    return each?.type ? `${each.title === undefined ? 'objects' : linkTo(each.title)} by name` : 'object'
  }
  if (s.format === 'date-time') return 'time'
  return s.type ?? 'any'
}

/** Rows of name, type and meaning; objects within are shown by their path. `marked`: what has to be given is told. */
export function fieldRows(s: Schema, linkTo: LinkTo, marked: boolean, prefix = ''): string[][] {
  return Object.entries(s.properties ?? {}).flatMap(([name, f]) => {
    const needed = marked && s.required?.includes(name) ? '*Required.* ' : ''
    const fallback = f.default === undefined ? '' : ` Default ${code(String(f.default))}.`
    const row = [code(prefix + name), typeText(f, linkTo), `${needed}${f.description ?? ''}${fallback}`.trim()]
    const inner = innerOf(f)
    // Links are told of once for all objects.
    return inner && !/(^|-)link$/.test(name)
      ? [row, ...fieldRows(inner.schema, linkTo, marked, `${prefix}${name}${inner.mark}.`)]
      : [row]
  })
}

/** The object that a field is, or is a list of; undefined for one with a name, which is shown by itself. */
function innerOf(f: Schema): { readonly schema: Schema; readonly mark: string } | undefined {
  if (f.title === undefined && f.properties) return { schema: f, mark: '' }
  if (f.items && f.items.title === undefined && f.items.properties) return { schema: f.items, mark: '[]' }
  return undefined
}

/** Every named schema within. */
export function* namedIn(s: Schema): Generator<Schema> {
  if (s.title !== undefined) yield s
  const inside = [
    ...(s.anyOf ?? []),
    ...(s.items ? [s.items] : []),
    ...Object.values(s.properties ?? {}),
    ...Object.values(s.patternProperties ?? {}),
  ]
  for (const x of inside) yield* namedIn(x)
}
