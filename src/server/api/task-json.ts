// Tasks as JSON: the single form in its fixed order and the list form with the fields that were asked for.

import { quoteText } from '../../alert/template/go-quote.ts'
import { formatDuration } from '../../base/duration.ts'
import { Fault } from '../../base/fault.ts'
import type { Writable } from '../../base/json-writer.ts'
import { writeVars } from '../../lang/vars.ts'
import type { DotView } from '../tasks/task-runtime.ts'
import type { TaskView } from '../tasks/task-service.ts'
import { formatLocalTime } from './local-time.ts'
import type { Query } from './query.ts'

export interface TaskOptions {
  readonly dotView: DotView
  readonly raw: boolean
}

/** Reads `dot-view` and `script-format`. Throws Fault (400). */
export function taskOptions(query: Query): TaskOptions {
  const format = query.get('script-format')
  if (format !== '' && format !== 'formatted' && format !== 'raw')
    throw new Fault('bad-script-format', `invalid script-format parameter ${quoteText(format)}`, { status: 400 })
  const view = query.get('dot-view')
  if (view !== '' && view !== 'attributes' && view !== 'labels')
    throw new Fault('bad-dot-view', `invalid dot-view parameter ${quoteText(view)}`, { status: 400 })
  return { dotView: view === 'labels' ? 'labels' : 'attributes', raw: format === 'raw' }
}

export const DEFAULT_TASK_OPTIONS: TaskOptions = { dotView: 'attributes', raw: false }

/** `{"rel": "self", "href": …}`; the id stands in it as it is. */
export function selfLink(path: string): Writable {
  return { rel: 'self', href: path }
}

const linkOf = (t: TaskView): Writable => selfLink(`/kapacitor/v1/tasks/${t.record.id}`)
const dbrpsOf = (t: TaskView): Writable => t.record.dbrps.map((d) => ({ db: d.db, rp: d.rp }))
const varsOf = (t: TaskView): Writable => writeVars(Object.entries(t.record.vars))
const scriptOf = (t: TaskView, o: TaskOptions): string => (o.raw ? t.record.script : t.formatted())

/** The task as GET, create and update answer it. */
export function taskJson(t: TaskView, o: TaskOptions): Writable {
  const r = t.record
  const graph = t.graph()
  return {
    link: linkOf(t),
    id: r.id,
    'template-id': r.templateId,
    type: r.type,
    dbrps: dbrpsOf(t),
    script: scriptOf(t, o),
    vars: varsOf(t),
    dot: t.running ? t.running.dot(o.dotView) : graph.dot,
    status: r.status,
    executing: t.running !== undefined,
    error: graph.error === '' ? r.error : graph.error,
    stats: t.running ? (t.running.stats() as Writable) : {},
    created: formatLocalTime(r.created),
    modified: formatLocalTime(r.modified),
    'last-enabled': formatLocalTime(r.lastEnabled),
    ...(r.groupExpiry === undefined ? {} : { 'group-expiry': formatDuration(r.groupExpiry) }),
  }
}

/** How each field of a list comes about; undefined leaves it out. */
const FIELDS: Readonly<Record<string, (t: TaskView, o: TaskOptions) => Writable>> = {
  link: linkOf,
  id: (t) => t.record.id,
  type: (t) => t.record.type,
  dbrps: dbrpsOf,
  script: scriptOf,
  dot(t, o) {
    if (t.running) return t.running.dot(o.dotView)
    const graph = t.graph()
    return graph.error === '' ? graph.dot : null
  },
  status: (t) => t.record.status,
  executing: (t) => t.running !== undefined,
  error: (t) => t.record.error,
  stats: (t) => (t.running ? (t.running.stats() as Writable) : null),
  created: (t) => formatLocalTime(t.record.created),
  modified: (t) => formatLocalTime(t.record.modified),
  'last-enabled': (t) => formatLocalTime(t.record.lastEnabled),
  vars: varsOf,
  'template-id': (t) => (t.record.templateId === '' ? undefined : t.record.templateId),
  'group-expiry': (t) => (t.record.groupExpiry === undefined ? undefined : formatDuration(t.record.groupExpiry)),
}

export const TASK_FIELDS: readonly string[] = Object.keys(FIELDS)

/** Some fields of a task, in the order of their names; `id` and `link` are always there. Throws Fault (400). */
export function taskFieldsJson(t: TaskView, fields: readonly string[], o: TaskOptions): Writable {
  const out = new Map<string, Writable>()
  for (const field of fields.length === 0 ? TASK_FIELDS : ['id', 'link', ...fields]) {
    if (!Object.hasOwn(FIELDS, field))
      throw new Fault('bad-field', `unsupported field ${quoteText(field)}`, { status: 400 })
    const value = FIELDS[field]!(t, o)
    if (value !== undefined) out.set(field, value)
  }
  return out
}
