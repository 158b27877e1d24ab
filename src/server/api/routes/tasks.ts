// Routes of the tasks: define, change, read, list, delete, and the endpoints that a running task serves.
import Type from 'typebox'
import { Fault } from '../../../base/fault.ts'
import { RawJson } from '../../../base/json-writer.ts'
import { type GivenVars, readVars, VarsError } from '../../../lang/vars.ts'
import type { Running } from '../../tasks/task-runtime.ts'
import type { TaskChange, TaskView } from '../../tasks/task-service.ts'
import { readGroupExpiry } from '../group-expiry-json.ts'
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
import { ErrorReply, NoContent, PageQuery, Task, TaskRequest, TaskView as TaskViewQuery } from '../schemas.ts'
import type { Services } from '../services.ts'
import { DEFAULT_TASK_OPTIONS, taskFieldsJson, taskJson, taskOptions } from '../task-json.ts'

type Body = Decoded<Type.Static<typeof TaskRequest>>

const tag = 'tasks'
const TASKS = '/kapacitor/v1/tasks'
const badBody = (): string => 'invalid JSON'

function changeOf(body: Body): TaskChange {
  return {
    id: body.id,
    templateId: body['template-id'],
    dbrps: body.dbrps?.map((d) => ({ db: d.db ?? '', rp: d.rp ?? '' })),
    script: body.script,
    status: body.status,
    vars: body.vars && varsOf(body.vars),
    groupExpiry: readGroupExpiry(body['group-expiry']),
  }
}

function varsOf(json: unknown): GivenVars {
  try {
    return readVars(json)
  } catch (e) {
    if (!(e instanceof VarsError)) throw e
    throw new Fault('bad-vars', e.kind === 'json' ? badBody() : e.message, { status: 400 })
  }
}

const shown = (s: Services, task: TaskView): ApiReply | Promise<ApiReply> =>
  fresh(
    () => [s.tasks.get(task.record.id) ?? task],
    ([t]) => json(200, taskJson(t!, DEFAULT_TASK_OPTIONS)),
  )

/** Shows tasks with the figures of this moment: at once, unless those of some stand elsewhere and have to be fetched. */
function fresh(read: () => readonly TaskView[], show: (tasks: readonly TaskView[]) => ApiReply, withFigures = true) {
  const tasks = read()
  const fetched = withFigures ? tasks.flatMap((t) => t.running?.refresh?.() ?? []) : []
  // Meanwhile any of them may have ended.
  return fetched.length === 0 ? show(tasks) : Promise.all(fetched).then(() => show(read()))
}

function idOnPath(r: ApiRequest<unknown>): string {
  if (r.rest === '') throw new Fault('no-id', 'must specify task id on path', { status: 400 })
  return r.rest
}

const create = (s: Services, r: ApiRequest<Body>): Promise<ApiReply> =>
  s.tasks.create(changeOf(r.body)).then((t) => shown(s, t))

export const createTask = defineJsonRoute({
  method: 'POST',
  path: TASKS,
  summary: 'Defines a task.',
  tag,
  body: TaskRequest,
  badBody,
  replies: { 200: Task, 400: ErrorReply },
  handle: create,
})

/** Without anything behind the slash it is the same as without the slash. */
export const createTaskAtPath = defineJsonRoute({
  method: 'POST',
  path: `${TASKS}/*`,
  shownPath: `${TASKS}/{id}`,
  summary: 'Defines the task that the path names.',
  tag,
  body: TaskRequest,
  badBody,
  replies: { 200: Task, 400: ErrorReply },
  handle(s, r) {
    if (r.rest === '') return create(s, r)
    if (r.rest.includes('/')) throw new Fault('not-found', 'Not Found', { status: 404 })
    if (r.body.id !== undefined && r.body.id !== '' && r.body.id !== r.rest)
      throw new Fault('id-differs', 'the id in the body is not that of the path', { status: 400 })
    return s.tasks.create({ ...changeOf(r.body), id: r.rest }).then((t) => shown(s, t))
  },
})

export const updateTask = defineJsonRoute({
  method: 'PATCH',
  path: `${TASKS}/*`,
  shownPath: `${TASKS}/{id}`,
  summary: 'Changes a task; what is missing stays as it is.',
  tag,
  body: TaskRequest,
  badBody,
  replies: { 200: Task, 400: ErrorReply, 404: ErrorReply },
  handle(s, r) {
    return s.tasks.update(idOnPath(r), changeOf(r.body)).then((t) => shown(s, t))
  },
})

export const deleteTask = defineRoute({
  method: 'DELETE',
  path: `${TASKS}/*`,
  shownPath: `${TASKS}/{id}`,
  summary: 'Deletes a task; no error when there is none.',
  tag,
  replies: { 204: NoContent, 400: ErrorReply },
  handle(s, r) {
    return s.tasks.delete(idOnPath(r)).then(() => NO_CONTENT)
  },
})

export const getTask = defineRoute({
  method: 'GET',
  path: `${TASKS}/*`,
  shownPath: `${TASKS}/{id}`,
  summary: 'A task, or what one of its httpOut nodes holds when the path goes on with the name of its endpoint.',
  tag,
  query: Type.Object({
    ...TaskViewQuery,
    'replay-id': Type.Optional(Type.String({ description: 'Shows the figures of this running replay.' })),
  }),
  replies: { 200: Task, 400: ErrorReply, 404: ErrorReply },
  handle(s, r) {
    const endpoint = endpointText(s, r.rest)
    if (endpoint instanceof Promise) return endpoint.then((text) => oneTask(s, r, text))
    return oneTask(s, r, endpoint)
  },
})

function oneTask(s: Services, r: ApiRequest<undefined>, endpoint: string | undefined): ApiReply | Promise<ApiReply> {
  if (endpoint !== undefined) return json(200, new RawJson(endpoint))
  const id = idOnPath(r)
  const options = taskOptions(r.query)
  const read = (): TaskView[] => {
    const task = s.tasks.get(id)
    if (!task) throw new Fault('no-task', 'no task exists', { status: 404 })
    const replay = r.query.get('replay-id')
    return [replay === '' ? task : { ...task, running: runningIn(s, replay, id) }]
  }
  return fresh(read, ([t]) => json(200, taskJson(t!, options)))
}

/** The copy of the task that a replay runs. Throws Fault (400). */
function runningIn(s: Services, replay: string, id: string): Running {
  const found = s.replays.running(replay)
  if (!found) throw new Fault('no-replay', `no running replay with ID: ${replay}`, { status: 400 })
  if (found.task !== id) throw new Fault('other-replay', `replay ${replay} is not for task: ${id}`, { status: 400 })
  return found.running
}

function endpointText(s: Services, path: string): string | undefined | Promise<string | undefined> {
  const slash = path.indexOf('/')
  if (slash < 0) return undefined
  const id = path.slice(0, slash)
  const name = path.slice(slash + 1)
  return s.tasks.get(id)?.running?.route(name) ?? s.replays.endpoint(id, name)
}

function list(s: Services, r: ApiRequest<undefined>): ApiReply | Promise<ApiReply> {
  const page = readPage(r.query)
  const options = taskOptions(r.query)
  const fields = r.query.all('fields')
  return fresh(
    () => takePage(page, s.tasks.list(page.matches)),
    (tasks) => json(200, { tasks: tasks.map((t) => taskFieldsJson(t, fields, options)) }),
    fields.length === 0 || fields.includes('stats') || fields.includes('dot'),
  )
}

const listing = {
  method: 'GET',
  summary: 'Tasks in the order of their ids.',
  tag,
  query: Type.Object({ ...PageQuery, ...TaskViewQuery }),
  replies: { 200: Type.Object({ tasks: Type.Array(Type.Partial(Task, { title: 'Task' })) }), 400: ErrorReply },
  handle: list,
} as const

export const listTasks = defineRoute({ ...listing, path: TASKS })
export const listTasksSingular = defineRoute({ ...listing, path: '/kapacitor/v1/task' })
