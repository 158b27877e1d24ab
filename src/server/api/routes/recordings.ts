// Routes of the recordings: start one of the live stream, of a batch task's queries or of one query; read, list, delete.
import Type from 'typebox'
import { Fault } from '../../../base/fault.ts'
import { readPage, takePage } from '../page.ts'
import { readTime } from '../read-time.ts'
import { recordingFieldsJson, recordingJson } from '../recording-json.ts'
import {
  type ApiReply,
  type ApiRequest,
  type Decoded,
  defineJsonRoute,
  defineRoute,
  json,
  NO_CONTENT,
} from '../route.ts'
import { ErrorReply, NoContent, PageQuery, Recording } from '../schemas.ts'
import type { Services } from '../services.ts'

const tag = 'recordings'
const RECORDINGS = '/kapacitor/v1/recordings'
/** The API's description starts recordings at the singular, too. */
const SINGULAR = '/kapacitor/v1/recording'
const badBody = (reason: string): string => reason

const id = Type.Optional(
  Type.String({ description: 'Letters, digits, `-`, `.` and `_`; a random one when not given.' }),
)
const cluster = Type.Optional(
  Type.String({ description: 'Name of a configured InfluxDB cluster; the default one when not given.' }),
)
const time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const StreamRequest = Type.Object({
  id,
  task: Type.Optional(Type.String({ description: 'Whose databases and measurements are recorded.' })),
  stop: time('Points later than this are not recorded any more; the first of them ends the recording.'),
})
const BatchRequest = Type.Object({
  id,
  task: Type.Optional(Type.String({ description: 'Whose queries are recorded.' })),
  start: time('The earliest time that is asked for.'),
  stop: time('The latest time that is asked for; now when not given.'),
  cluster,
})
const QueryRequest = Type.Object({
  id,
  type: Type.Optional(
    Type.String({ description: '`stream` or `batch`: the type of the tasks that it can be replayed to.' }),
  ),
  query: Type.Optional(Type.String({ description: 'One InfluxQL statement.' })),
  cluster,
})

const replies = { 201: Recording, 400: ErrorReply, 404: ErrorReply }

function taskOf(s: Services, task: string | undefined) {
  const record = s.tasks.get(task ?? '')?.record
  if (!record) throw new Fault('no-task', 'no task exists', { status: 404 })
  return record
}

function idOnPath(r: ApiRequest<unknown>): string {
  if (r.rest === '') throw new Fault('no-id', 'must specify recording id on path', { status: 400 })
  return r.rest
}

const stream = {
  method: 'POST',
  summary: 'Records the live stream for the databases and measurements of a task.',
  tag,
  body: StreamRequest,
  badBody,
  replies,
  handle(s: Services, r: ApiRequest<Decoded<Type.Static<typeof StreamRequest>>>): ApiReply {
    const stop = readTime(r.body.stop)
    const recording = s.recordings.checkId(r.body.id)
    const task = taskOf(s, r.body.task)
    if (!stop) throw new Fault('no-stop', 'must provide stop time', { status: 400 })
    return json(201, recordingJson(s.recordings.start(recording, 'stream', s.recorders.stream(task, stop))))
  },
} as const

export const recordStream = defineJsonRoute({ ...stream, path: `${RECORDINGS}/stream` })
export const recordStreamSingular = defineJsonRoute({ ...stream, path: `${SINGULAR}/stream` })

const batch = {
  method: 'POST',
  summary: "Records the results of a batch task's queries.",
  tag,
  body: BatchRequest,
  badBody,
  replies,
  handle(s: Services, r: ApiRequest<Decoded<Type.Static<typeof BatchRequest>>>): ApiReply {
    const [start, stop] = [readTime(r.body.start), readTime(r.body.stop)]
    const recording = s.recordings.checkId(r.body.id)
    if (!start) throw new Fault('no-start', 'must provide start time', { status: 400 })
    const task = taskOf(s, r.body.task)
    const work = s.recorders.batch(task, start, stop, r.body.cluster ?? '')
    return json(201, recordingJson(s.recordings.start(recording, 'batch', work)))
  },
} as const

export const recordBatch = defineJsonRoute({ ...batch, path: `${RECORDINGS}/batch` })
export const recordBatchSingular = defineJsonRoute({ ...batch, path: `${SINGULAR}/batch` })

const query = {
  method: 'POST',
  summary: 'Records the result of a query.',
  tag,
  body: QueryRequest,
  badBody,
  replies,
  handle(s: Services, r: ApiRequest<Decoded<Type.Static<typeof QueryRequest>>>): ApiReply {
    const { type = '', query: text = '' } = r.body
    if (type !== '' && type !== 'stream' && type !== 'batch')
      throw new Fault('bad-type', `unknown TaskType ${type}`, { status: 400 })
    const recording = s.recordings.checkId(r.body.id)
    if (text === '') throw new Fault('no-query', 'must provide query', { status: 400 })
    if (type === '') throw new Fault('no-type', 'must provide type, stream or batch', { status: 400 })
    const work = s.recorders.query(type, text, r.body.cluster ?? '')
    return json(201, recordingJson(s.recordings.start(recording, type, work)))
  },
} as const

export const recordQuery = defineJsonRoute({ ...query, path: `${RECORDINGS}/query` })
export const recordQuerySingular = defineJsonRoute({ ...query, path: `${SINGULAR}/query` })

export const getRecording = defineRoute({
  method: 'GET',
  path: `${RECORDINGS}/*`,
  shownPath: `${RECORDINGS}/{id}`,
  summary: 'A recording; 202 while it runs.',
  tag,
  replies: { 200: Recording, 202: Recording, 400: ErrorReply, 404: ErrorReply },
  handle(s, r) {
    const recording = s.recordings.get(idOnPath(r))
    if (!recording) throw new Fault('no-recording', 'error finding recording: no recording exists', { status: 404 })
    return json(recording.status === 'running' ? 202 : 200, recordingJson(recording))
  },
})

export const deleteRecording = defineRoute({
  method: 'DELETE',
  path: `${RECORDINGS}/*`,
  shownPath: `${RECORDINGS}/{id}`,
  summary: 'Deletes a recording and its file; no error when there is none.',
  tag,
  replies: { 204: NoContent, 400: ErrorReply },
  handle(s, r) {
    return s.recordings.delete(idOnPath(r)).then(() => NO_CONTENT)
  },
})

export const listRecordings = defineRoute({
  method: 'GET',
  path: RECORDINGS,
  summary: 'Recordings, the newest first.',
  tag,
  query: Type.Object(PageQuery),
  replies: {
    200: Type.Object({ recordings: Type.Array(Type.Partial(Recording, { title: 'Recording' })) }),
    400: ErrorReply,
  },
  handle(s, r) {
    const page = readPage(r.query)
    const fields = r.query.all('fields')
    const recordings = takePage(page, s.recordings.list(page.matches))
    return json(200, { recordings: recordings.map((x) => recordingFieldsJson(x, fields)) })
  },
})
