// Templates as JSON: the single form in its fixed order and the list form with the fields that were asked for.
import { quoteText } from '../../alert/template/go-quote.ts'
import { Fault } from '../../base/fault.ts'
import type { Writable } from '../../base/json-writer.ts'
import type { ScriptValue } from '../../lang/evaluate/script-value.ts'
import { declaredVars, type GivenVar, type VarJson, writeVars } from '../../lang/vars.ts'
import type { TemplateView } from '../templates/template-service.ts'
import { formatLocalTime } from './local-time.ts'
import type { Query } from './query.ts'
import { selfLink } from './task-json.ts'

/** Reads `script-format`: whether scripts are shown as they were sent. Throws Fault (400). */
export function rawScripts(query: Query): boolean {
  const format = query.get('script-format')
  if (format !== '' && format !== 'formatted' && format !== 'raw')
    throw new Fault('bad-script-format', `invalid script-format parameter ${quoteText(format)}`, { status: 400 })
  return format === 'raw'
}

const linkOf = (t: TemplateView): Writable => selfLink(`/kapacitor/v1/templates/${t.record.id}`)
const scriptOf = (t: TemplateView, raw: boolean): string => (raw ? t.record.script : t.formatted())

/** In a template a star that is there is told from one that is required, whose value is null. */
const STAR = { typeOf: 'star' }

function varsOf(t: TemplateView): Writable {
  const declared = t.graph().vars
  const shown = declaredVars(declared).map(([name, v]): [string, VarJson] => {
    const value = declared.get(name)?.value
    return [name, value ? (withStars(value, v as GivenVar) as VarJson) : v]
  })
  return writeVars(shown) as unknown as Writable
}

function withStars(value: ScriptValue, v: GivenVar): unknown {
  if (v.type === 'star') return { ...v, value: STAR }
  if (v.type !== 'list' || value.type !== 'list') return v
  return { ...v, value: v.value.map((item, i) => withStars(value.value[i]!, item)) }
}

/** The template as GET, create and update answer it. */
export function templateJson(t: TemplateView, raw: boolean): Writable {
  const { record } = t
  const { dot, error } = t.graph()
  return {
    link: linkOf(t),
    id: record.id,
    type: record.type,
    script: scriptOf(t, raw),
    vars: varsOf(t),
    dot,
    error,
    created: formatLocalTime(record.created),
    modified: formatLocalTime(record.modified),
  }
}

/** How each field of a list comes about. */
const FIELDS: Readonly<Record<string, (t: TemplateView, raw: boolean) => Writable>> = {
  link: linkOf,
  id: (t) => t.record.id,
  type: (t) => t.record.type,
  script: scriptOf,
  dot: (t) => t.graph().dot,
  error: (t) => t.graph().error,
  created: (t) => formatLocalTime(t.record.created),
  modified: (t) => formatLocalTime(t.record.modified),
  vars: varsOf,
}
/** All of them but the vars, which are many. */
const DEFAULT_FIELDS: readonly string[] = Object.keys(FIELDS).filter((f) => f !== 'vars')

/**
 * Some fields of a template, in the order of their names; `id` and `link` are always there. One that no longer compiles
 * is an empty object. Throws Fault (400).
 */
export function templateFieldsJson(t: TemplateView, fields: readonly string[], raw: boolean): Writable {
  const out = new Map<string, Writable>()
  for (const field of fields.length === 0 ? DEFAULT_FIELDS : ['id', 'link', ...fields]) {
    if (!Object.hasOwn(FIELDS, field))
      throw new Fault('bad-field', `unsupported field ${quoteText(field)}`, { status: 400 })
    out.set(field, FIELDS[field]!(t, raw))
  }
  return t.graph().error === '' ? out : {}
}
