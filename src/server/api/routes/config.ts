// Routes of the configuration's sections that may change while the server runs: read with secrets hidden, and change.
import Type from 'typebox'
import { Fault } from '../../../base/fault.ts'
import { compactJson, RawJson, type Writable } from '../../../base/json-writer.ts'
import { describeElement } from '../../config/describe-element.ts'
import type { Values } from '../../config/field.ts'
import type { SectionDecl } from '../../config/section.ts'
import { type LiveConfig, nameOf } from '../../overrides/live-config.ts'
import { configPath, readAction } from '../../overrides/update-action.ts'
import { type ApiReply, defineBytesRoute, defineRoute, json, NO_CONTENT } from '../route.ts'
import { ErrorReply, Link, NoContent } from '../schemas.ts'
import type { Services } from '../services.ts'

const tag = 'config'
const BASE = '/kapacitor/v1/config'

const Options = Type.Record(Type.String(), Type.Unknown(), { description: 'Which there are depends on the section.' })
const Element = Type.Object(
  {
    link: Link,
    options: Options,
    redacted: Type.Union([Type.Array(Type.String()), Type.Null()], {
      description: 'Options that are secret: true stands for one that is set.',
    }),
  },
  { title: 'Element' },
)
const Section = Type.Object({ link: Link, elements: Type.Array(Element) }, { title: 'Section' })
const Update = Type.Object({
  set: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'Options with new values; needs an element on the path.',
    }),
  ),
  delete: Type.Optional(Type.Array(Type.String(), { description: 'Options that are as in the file again.' })),
  add: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'Options of a new element of a list.' }),
  ),
  remove: Type.Optional(Type.Array(Type.String(), { description: 'Elements whose overrides are dropped.' })),
})

/** Throws Fault (403) when the configuration says that it can't be changed. */
function live({ config }: Services): LiveConfig {
  if (config) return config
  throw new Fault('no-overrides', 'config override service is not enabled', { status: 403 })
}

const unknown = (what: string): Fault => new Fault('config-unknown', `unknown ${what}`, { status: 404 })
const linkTo = (path: string): Writable => ({ rel: 'self', href: `${BASE}${path}` })
const oneLine = (body: Writable): ApiReply => json(200, new RawJson(`${compactJson(body)}\n`))

/** Objects with their members in byte order. */
function inOrder(v: unknown): Writable {
  if (typeof v !== 'object' || v === null) return v as Writable
  if (Array.isArray(v)) return v.map(inOrder)
  return new Map(Object.entries(v).map(([key, value]) => [key, inOrder(value)]))
}

function elementJson(decl: SectionDecl, values: Values): Writable {
  const { options, redacted } = describeElement(decl, values)
  return { link: linkTo(`/${decl.section}/${nameOf(decl, values)}`), options: inOrder(options), redacted }
}

function sectionJson(config: LiveConfig, name: string): Writable {
  const section = config.section(name)
  if (!section) throw unknown(`section: ${name}`)
  const elements = section.elements.map((values) => elementJson(section.decl, values))
  return { link: linkTo(`/${name}`), elements }
}

export const readConfig = defineRoute({
  method: 'GET',
  path: BASE,
  summary: 'All sections that may be changed, as they stand.',
  tag,
  replies: { 200: Type.Object({ link: Link, sections: Type.Record(Type.String(), Section) }), 403: ErrorReply },
  handle(s) {
    const config = live(s)
    const sections = new Map(config.names().map((name) => [name, sectionJson(config, name)]))
    return oneLine({ link: linkTo(''), sections })
  },
})

export const readSection = defineRoute({
  method: 'GET',
  path: `${BASE}/*`,
  shownPath: `${BASE}/{section}`,
  summary: 'A section, or one of its elements: SECTION/ELEMENT, and SECTION/ for a section that is no list.',
  tag,
  replies: { 200: Type.Union([Section, Element]), 400: ErrorReply, 403: ErrorReply, 404: ErrorReply },
  handle(s, r) {
    const config = live(s)
    const { section: name, element } = configPath(r.rest)
    if (name === '') {
      const message = "section not specified, do you have an extra trailing '/'?"
      throw new Fault('no-section', message, { status: 400 })
    }
    if (element === undefined) return oneLine(sectionJson(config, name))
    const section = config.section(name)
    if (!section) throw unknown(`section: ${name}`)
    const values = section.elements.find((e) => nameOf(section.decl, e) === element)
    if (!values) throw unknown(`section/element: ${name}/${element}`)
    return oneLine(elementJson(section.decl, values))
  },
})

export const changeSection = defineBytesRoute({
  method: 'POST',
  path: `${BASE}/*`,
  shownPath: `${BASE}/{section}`,
  summary:
    'Changes a section while the server runs, and keeps the change: sets options, adds elements, or undoes that.',
  tag,
  body: Update,
  replies: { 204: NoContent, 400: ErrorReply, 403: ErrorReply, 500: ErrorReply },
  handle(s, r) {
    const config = live(s)
    config.update(configPath(r.rest), readAction(r.body))
    return NO_CONTENT
  },
})
