// Templates in the options of handlers: rendered over an event, checked when a task starts. Knows no single handler.
import type { AlertEvent } from '../event.ts'
import { structType } from '../template/go-struct.ts'
import type { TemplateValue } from '../template/go-value.ts'
import { templateFlaw, templateOf } from '../template-cache.ts'
import { fieldMap, handlerTemplateData, tagMap } from '../template-data.ts'

/** Renders the templates of one handler's options over one event. */
export class OptionTemplates {
  readonly #owner: object
  readonly #data: () => TemplateValue

  /** `owner`: the handler's options; the parsed templates live as long as they do. */
  constructor(owner: object, event: AlertEvent, data: (e: AlertEvent) => TemplateValue = handlerTemplateData) {
    this.#owner = owner
    let made: TemplateValue | undefined
    this.#data = () => (made ??= data(event))
  }

  /** Throws when the template can't be rendered over the event. */
  render(name: string, text: string): string {
    return text.includes('{{') ? templateOf(this.#owner, name, text).render(this.#data()) : text
  }

  renderAll(name: string, texts: readonly string[]): string[] {
    return texts.map((text, i) => this.render(`${name} ${i}`, text))
  }

  /** Texts are templates; other values stay what they are. */
  renderValues<V>(name: string, values: Readonly<Record<string, V>>): Record<string, V | string> {
    return Object.fromEntries(
      Object.entries(values).map(([k, v]) => [k, typeof v === 'string' ? this.render(`${name} ${k}`, v) : v]),
    )
  }
}

/** What is wrong with the first of the templates that can't be; undefined when nothing is. */
export function firstFlaw(templates: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(templates)) {
    const texts = typeof value === 'string' ? [value] : typeof value === 'object' ? Object.values(value ?? {}) : []
    for (const text of texts) {
      const flaw = typeof text === 'string' && text.includes('{{') ? templateFlaw(name, text) : undefined
      if (flaw !== undefined) return flaw
    }
  }
  return undefined
}

const alertaEvent = structType<AlertEvent>('alerta.eventData', [
  { name: 'ID', get: (e) => e.id },
  { name: 'Name', get: (e) => e.name },
  { name: 'TaskName', get: (e) => e.taskName },
  { name: 'Group', get: (e) => e.group },
  { name: 'Tags', get: (e) => tagMap(e.tags) },
])

/** For the event template of alerta. */
export const alertaEventData = (e: AlertEvent): TemplateValue => alertaEvent.of(e)

const eventData = structType<AlertEvent>('alert.EventData', [
  { name: 'Name', get: (e) => e.name },
  { name: 'TaskName', get: (e) => e.taskName },
  { name: 'Category', get: (e) => e.category },
  { name: 'Group', get: (e) => e.group },
  { name: 'Tags', get: (e) => tagMap(e.tags) },
  { name: 'Fields', get: (e) => fieldMap(e.fields) },
  { name: 'Recoverable', get: (e) => e.recoverable },
])

/** For the recipients of mail. */
export const eventTemplateData = (e: AlertEvent): TemplateValue => eventData.of(e)
