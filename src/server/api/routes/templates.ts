// Routes of the templates: define, change, read, list, delete.
import Type from 'typebox'
import { Fault } from '../../../base/fault.ts'
import type { TemplateChange, TemplateView } from '../../templates/template-service.ts'
import { readPage, takePage } from '../page.ts'
import {
  type ApiReply,
  type ApiRequest,
  type Decoded,
  defineJsonRoute,
  defineRoute,
  json,
  NO_CONTENT,
} from '../route.ts'
import { ErrorReply, NoContent, PageQuery, TaskView, Template, TemplateRequest } from '../schemas.ts'
import { rawScripts, templateFieldsJson, templateJson } from '../template-json.ts'

type Body = Decoded<Type.Static<typeof TemplateRequest>>

const tag = 'templates'
const TEMPLATES = '/kapacitor/v1/templates'
const badBody = (): string => 'invalid JSON'
const { 'script-format': scriptFormat } = TaskView

const changeOf = (body: Body): TemplateChange => ({ id: body.id, type: body.type, script: body.script })
const shown = (t: TemplateView): ApiReply => json(200, templateJson(t, false))

function idOnPath(r: ApiRequest<unknown>): string {
  if (r.rest === '') throw new Fault('no-id', 'must specify template id on path', { status: 400 })
  return r.rest
}

export const createTemplate = defineJsonRoute({
  method: 'POST',
  path: TEMPLATES,
  summary: 'Defines a template, a script that tasks are made from with values for its vars.',
  tag,
  body: TemplateRequest,
  badBody,
  replies: { 200: Template, 400: ErrorReply },
  handle(s, r) {
    return s.templates.create(changeOf(r.body)).then(shown)
  },
})

export const updateTemplate = defineJsonRoute({
  method: 'PATCH',
  path: `${TEMPLATES}/*`,
  shownPath: `${TEMPLATES}/{id}`,
  summary: 'Changes a template and all tasks made from it; when one of them can not follow, nothing changes.',
  tag,
  body: TemplateRequest,
  badBody,
  replies: { 200: Template, 400: ErrorReply, 404: ErrorReply, 500: ErrorReply },
  handle(s, r) {
    return s.templates.update(idOnPath(r), changeOf(r.body)).then(shown)
  },
})

export const deleteTemplate = defineRoute({
  method: 'DELETE',
  path: `${TEMPLATES}/*`,
  shownPath: `${TEMPLATES}/{id}`,
  summary: 'Deletes a template; no error when there is none. Its tasks go on but can not be changed any more.',
  tag,
  replies: { 204: NoContent, 400: ErrorReply },
  handle(s, r) {
    return s.templates.delete(idOnPath(r)).then(() => NO_CONTENT)
  },
})

export const getTemplate = defineRoute({
  method: 'GET',
  path: `${TEMPLATES}/*`,
  shownPath: `${TEMPLATES}/{id}`,
  summary: 'A template, with the vars that its script declares.',
  tag,
  query: Type.Object({ 'script-format': scriptFormat }),
  replies: { 200: Template, 400: ErrorReply, 404: ErrorReply },
  handle(s, r) {
    const id = idOnPath(r)
    const raw = rawScripts(r.query)
    const template = s.templates.get(id)
    if (!template) throw new Fault('no-template', 'no template exists', { status: 404 })
    return json(200, templateJson(template, raw))
  },
})

export const listTemplates = defineRoute({
  method: 'GET',
  path: TEMPLATES,
  summary: 'Templates in the order of their ids; their vars only when the field is asked for.',
  tag,
  query: Type.Object({ ...PageQuery, 'script-format': scriptFormat }),
  replies: {
    200: Type.Object({ templates: Type.Array(Type.Partial(Template, { title: 'Template' })) }),
    400: ErrorReply,
  },
  handle(s, r) {
    const page = readPage(r.query)
    const raw = rawScripts(r.query)
    const fields = r.query.all('fields')
    // Other lists give everything for a negative limit, this one never did.
    const templates = page.limit === Number.POSITIVE_INFINITY ? [] : takePage(page, s.templates.list(page.matches))
    return json(200, { templates: templates.map((t) => templateFieldsJson(t, fields, raw)) })
  },
})
