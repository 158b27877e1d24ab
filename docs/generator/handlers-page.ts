// The page about alert handlers: how a script and a topic handler name them, their options and their configuration.

import type { ConfigField, ConfigFields } from '../../src/alert/handlers/config-section.ts'
import type { HandlerDeclaration } from '../../src/alert/handlers/define-handler.ts'
import { kebab } from '../../src/alert/handlers/option.ts'
import { formatDuration } from '../../src/base/duration.ts'
import type { Int } from '../../src/base/int64.ts'
import type { FieldSpec } from '../../src/lang/fields.ts'
import { callText } from './field-text.ts'
import { code, link, pageHead, paragraphs, table } from './markdown.ts'

const INTRO = `Who is told of alerts. A handler is named by a script, behind \`|alert()\`, or by a topic handler, a JSON object with
\`kind\` and \`options\` that is defined through the API for a topic. What neither sets is taken from the handler's section
of the configuration. Keys are written in kebab-case, names in scripts in camelCase.

Each handler of a topic has a queue of its own. A notification that fails is tried again with growing pauses as long as
it is worth it, and is then kept as a dead letter.`

function value(v: unknown, type: string): string {
  if (v === undefined || v === '' || v === null) return ''
  if (type === 'duration') return v === 0 ? '' : code(formatDuration(v as Int))
  if (Array.isArray(v)) return v.length === 0 ? '' : code(JSON.stringify(v))
  if (typeof v === 'object') return ''
  return code(typeof v === 'string' ? JSON.stringify(v) : String(v))
}

function scriptCall(d: HandlerDeclaration): string {
  const m = d.method
  if (!m) return 'Only for topic handlers; scripts cannot name it.'
  const args = (m.args ?? []).map((name, i) => (i < (m.min ?? Number.POSITIVE_INFINITY) ? name : `[${name}]`))
  if (m.rest !== undefined) args.push(`${m.rest}…`)
  return `In scripts ${code(`.${m.name}(${args.join(', ')})`)}, in topic handlers kind ${code(d.kind)}.`
}

function optionRows(d: HandlerDeclaration): string[][] {
  return Object.entries(d.options).map(([name, o]) => {
    const positional = d.method?.args?.includes(name) || d.method?.rest === name
    const set = o.script ? code(callText(o.scriptName ?? name, o.script as FieldSpec)) : positional ? 'argument' : ''
    return [code(o.key ?? kebab(name)), set, value(o.initial, ''), o.doc]
  })
}

function configRows(fields: ConfigFields, prefix = ''): string[][] {
  return Object.entries(fields).flatMap(([name, f]: [string, ConfigField<never>]) => {
    const key = prefix + (f.key ?? kebab(name))
    if (f.fields) return configRows(f.fields, `${key}.`)
    return [[code(key), f.type, value(f.initial, f.type), `${f.doc}${f.secret ? ' Never shown.' : ''}`]]
  })
}

function configText(d: HandlerDeclaration): string {
  const c = d.config
  if (!c) return 'It has no configuration.'
  const name = c.list ? `[[${c.section}]]` : `[${c.section}]`
  const many = c.list ? `, once for each ${code(c.list.key)}` : ''
  return paragraphs(
    `Configuration ${code(name)}${many}:`,
    table(['key', 'type', 'default', ''], configRows(c.fields)),
  ).trimEnd()
}

function section(d: HandlerDeclaration): string {
  const retry = d.limits.retryForMs
  const limits =
    retry === 0
      ? 'One try only.'
      : `A try may take ${formatDuration(d.limits.timeoutMs * 1e6)}, a notification is tried for ${formatDuration((retry ?? 3_600_000) * 1e6)}.`
  return paragraphs(
    `## ${d.method?.name ?? d.kind}`,
    d.doc,
    scriptCall(d),
    table(['option', 'in a script', 'default', ''], optionRows(d)),
    configText(d),
    d.publishes ? '' : limits,
  )
}

export function handlersPage(handlers: readonly HandlerDeclaration[]): string {
  return paragraphs(
    pageHead('Alert handlers', INTRO),
    handlers.map((d) => link(d.method?.name ?? d.kind)).join(' · '),
    ...handlers.map(section),
  ).trimEnd()
}
