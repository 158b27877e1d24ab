// The texts of an alert node's events: id, message and details, from templates. The id is the same for all points of
// a series in a group, so it is rendered once; details are rendered from a copy of their own, when somebody reads them.
import type { AlertData, EventFields, NewAlertEvent } from '../../alert/event.ts'
import { fieldsOf } from '../../alert/event.ts'
import { LazyText } from '../../alert/lazy-text.ts'
import type { Level } from '../../alert/level.ts'
import { jsonFunctions } from '../../alert/template/go-json.ts'
import { parseTemplate, type Template } from '../../alert/template/template.ts'
import {
  type DetailsData,
  detailsTemplateData,
  type IdData,
  idTemplateData,
  messageTemplateData,
  type ServerNames,
} from '../../alert/template-data.ts'
import type { Int } from '../../base/int64.ts'
import type { Point } from '../../base/point.ts'
import type { Time } from '../../base/time.ts'
import type { Tags } from '../../base/value.ts'
import type { Group } from '../../flow/contract.ts'
import { DEFAULT_DETAILS, defaultDetails } from './default-details.ts'

export type TextKind = 'id' | 'message' | 'details'

const DETAILS = { html: true, functions: jsonFunctions('null') }

/** Throws TemplateError. */
export function parseText(kind: TextKind, text: string): Template {
  return parseTemplate(kind, text, kind === 'details' ? DETAILS : {})
}

/** Reason why a text can't be taken, with its line in the template. */
export function textFlaw(kind: TextKind, text: string): string | undefined {
  try {
    const template = parseText(kind, text)
    if (kind === 'details') probe(template)
    return undefined
  } catch (e) {
    return (e as Error).message
  }
}

/** Html that can't be escaped safely is found when it is first rendered; errors over this data mean nothing. */
function probe(details: Template): void {
  try {
    details.render(null)
  } catch (e) {
    if ((e as Error).message.startsWith('html/template:')) throw e
  }
}

export interface AlertTextsOptions {
  readonly id: string
  readonly message: string
  readonly details: string
  readonly taskName: string
  readonly server: ServerNames
  readonly category: string
  readonly recoverable: boolean
}

/** What an event is about. */
export interface Occasion {
  readonly name: string
  /** All tags of a point, the group's of a batch. */
  readonly tags: Tags
  readonly group: Group
  /** Whose fields the texts see. */
  readonly point: Point
  readonly level: Level
  readonly time: Time
  readonly duration: Int
}

/** Text that no template can change. */
const PLAIN = /^[^{<]*$/

export class AlertTexts {
  readonly #o: AlertTextsOptions
  readonly #id: Template
  readonly #message: Template
  readonly #details: Template
  readonly #plainDetails: boolean
  readonly #isDefault: boolean
  readonly #ids = new WeakMap<object, { readonly group: Group; readonly name: string; readonly id: string }>()

  constructor(o: AlertTextsOptions) {
    this.#o = o
    this.#id = parseText('id', o.id)
    this.#message = parseText('message', o.message)
    this.#details = parseText('details', o.details)
    this.#plainDetails = PLAIN.test(o.details)
    this.#isDefault = o.details === DEFAULT_DETAILS
  }

  /** `owner` is the series of a point or the group of a batch: for the same one the id is rendered once. */
  id(owner: object, name: string, tags: Tags, group: Group): string {
    const known = this.#ids.get(owner)
    if (known && known.group === group && known.name === name) return known.id
    const id = this.#id.render(idTemplateData(this.#idData(name, tags, group)))
    this.#ids.set(owner, { group, name, id })
    return id
  }

  /** The message's data, its text still empty. */
  copy(id: string, o: Occasion): EventCopy {
    return new EventCopy(this.#idData(o.name, o.tags, o.group), id, o)
  }

  message(copy: EventCopy): string {
    return this.#message.render(messageTemplateData(copy))
  }

  event(copy: EventCopy, group: Group, data: AlertData): NewAlertEvent {
    const details = this.#plainDetails
      ? undefined
      : new LazyText(
          this.#isDefault ? () => defaultDetails(copy) : () => this.#details.render(detailsTemplateData(copy)),
        )
    return new NodeEvent(this.#o, copy, group.key, data, details)
  }

  #idData(name: string, tags: Tags, group: Group): IdData {
    return {
      name,
      taskName: this.#o.taskName,
      group: group.key === '' ? 'nil' : group.key,
      tags,
      server: this.#o.server,
    }
  }
}

/** All that texts can see of an event, and nothing more: it outlives the event's data. */
export class EventCopy implements DetailsData {
  readonly name: string
  readonly taskName: string
  readonly group: string
  readonly tags: Tags
  readonly server: ServerNames
  readonly id: string
  /** Set once it has been rendered. */
  message = ''
  readonly level: Level
  readonly time: Time
  readonly duration: Int
  readonly #point: Point
  #fields: EventFields | undefined

  constructor(d: IdData, id: string, o: Occasion) {
    this.name = d.name
    this.taskName = d.taskName
    this.group = d.group
    this.tags = d.tags
    this.server = d.server
    this.id = id
    this.level = o.level
    this.time = o.time
    this.duration = o.duration
    this.#point = o.point
  }

  get fields(): EventFields {
    this.#fields ??= fieldsOf(this.#point)
    return this.#fields
  }
}

class NodeEvent implements NewAlertEvent {
  readonly #o: AlertTextsOptions
  readonly #copy: DetailsData
  readonly group: string
  readonly data: AlertData
  declare readonly lazyDetails: LazyText

  constructor(o: AlertTextsOptions, copy: DetailsData, group: string, data: AlertData, details: LazyText | undefined) {
    this.#o = o
    this.#copy = copy
    this.group = group
    this.data = data
    if (details) this.lazyDetails = details
  }

  get id(): string {
    return this.#copy.id
  }
  get message(): string {
    return this.#copy.message
  }
  get details(): string {
    return this.lazyDetails ? this.lazyDetails.text : this.#o.details
  }
  get time(): Time {
    return this.#copy.time
  }
  get duration(): Int {
    return this.#copy.duration
  }
  get level(): Level {
    return this.#copy.level
  }
  get recoverable(): boolean {
    return this.#o.recoverable
  }
  get name(): string {
    return this.#copy.name
  }
  get taskName(): string {
    return this.#o.taskName
  }
  get tags(): Tags {
    return this.#copy.tags
  }
  get fields(): EventFields {
    return this.#copy.fields
  }
  get category(): string {
    return this.#o.category
  }
}
