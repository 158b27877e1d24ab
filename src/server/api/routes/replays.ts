// Routes of the replays: start one of a recording, of a batch task's queries or of one query; read, list, delete.
import Type from 'typebox'
import { Fault } from '../../../base/fault.ts'
import type { ReplayClockKind, ReplayOutputs } from '../../replays/replay-record.ts'
import type { ReplayWish } from '../../replays/replay-service.ts'
import { readPage, takePage } from '../page.ts'
import { readTime } from '../read-time.ts'
import { replayFieldsJson, replayJson } from '../replay-json.ts'
import {
  type ApiReply,
  type ApiRequest,
  type Decoded,
  defineJsonRoute,
  defineRoute,
  json,
  NO_CONTENT,
} from '../route.ts'
import { ErrorReply, NoContent, PageQuery, Replay } from '../schemas.ts'
import type { Services } from '../services.ts'

const tag = 'replays'
const REPLAYS = '/kapacitor/v1/replays'
const badBody = (reason: string): string => reason

const common = {
  id: Type.Optional(Type.String({ description: 'Letters, digits, `-`, `.` and `_`; a random one when not given.' })),
  task: Type.Optional(Type.String({ description: 'Whose script is run, in a copy; it need not be enabled.' })),
  'recording-time': Type.Optional(
    Type.Boolean({ description: 'Keeps the times of the data; without it they are moved so that they begin now.' }),
  ),
  clock: Type.Optional(
    Type.String({ description: '`fast` (default), as fast as it goes, or `real`, at the pace of the recording.' }),
  ),
  outputs: Type.Optional(
    Type.String({
      description: '`send` (default), or `collect`: nothing is sent and topics are left alone; the replay shows it.',
    }),
  ),
}
const cluster = Type.Optional(
  Type.String({ description: 'Name of a configured InfluxDB cluster; the default one when not given.' }),
)

const ReplayRequest = Type.Object({
  ...common,
  recording: Type.Optional(Type.String({ description: 'What is replayed.' })),
})
const BatchRequest = Type.Object({
  ...common,
  start: Type.Optional(Type.String({ format: 'date-time', description: 'The earliest time that is asked for.' })),
  stop: Type.Optional(
    Type.String({ format: 'date-time', description: 'The latest time that is asked for; now when not given.' }),
  ),
  cluster,
})
const QueryRequest = Type.Object({
  ...common,
  query: Type.Optional(Type.String({ description: 'One InfluxQL statement.' })),
  cluster,
})

type Common = Decoded<Type.Static<typeof ReplayRequest>>

function word<T extends string>(name: string, given: string | undefined, words: readonly [T, ...T[]]): T {
  if (given === undefined || given === '') return words[0]
  const found = words.find((w) => w === given)
  if (found === undefined) throw new Fault('bad-word', `unknown ${name} ${given}`, { status: 400 })
  return found
}

/** What all three have in common. Throws Fault: 400, and 404 when there is no such task. */
function wishOf(s: Services, body: Omit<Common, 'recording'>, recording: string, check = (): void => {}): ReplayWish {
  const clock = word<ReplayClockKind>('Clock', body.clock, ['fast', 'real'])
  const outputs = word<ReplayOutputs>('outputs', body.outputs, ['send', 'collect'])
  const id = s.replays.checkId(body.id)
  check()
  const task = s.tasks.get(body.task ?? '')?.record
  if (!task) throw new Fault('no-task', 'task load: no task exists', { status: 404 })
  return { id, task, recording, recordingTime: body['recording-time'] ?? false, clock, outputs }
}

function idOnPath(r: ApiRequest<unknown>): string {
  if (r.rest === '') throw new Fault('no-id', 'must specify replay id on path', { status: 400 })
  return r.rest
}

const replies = { 201: Replay, 400: ErrorReply, 404: ErrorReply }

const start = {
  method: 'POST',
  summary: 'Replays a recording to a task.',
  tag,
  body: ReplayRequest,
  badBody,
  replies,
  handle(s: Services, r: ApiRequest<Common>): ApiReply {
    const wish = wishOf(s, r.body, r.body.recording ?? '')
    const recording = s.recordings.get(wish.recording)
    if (!recording) throw new Fault('no-recording', 'recording not found: no recording exists', { status: 404 })
    return json(201, replayJson(s.replays.start(wish, s.sources.recording(recording, wish.task))))
  },
} as const

export const startReplay = defineJsonRoute({ ...start, path: REPLAYS })
/** The API's description has a slash at the end. */
export const startReplayWithSlash = defineJsonRoute({ ...start, path: `${REPLAYS}/` })

export const replayBatch = defineJsonRoute({
  method: 'POST',
  path: `${REPLAYS}/batch`,
  summary: "Replays the results of a batch task's queries, without a recording.",
  tag,
  body: BatchRequest,
  badBody,
  replies,
  handle(s, r) {
    const [from, to] = [readTime(r.body.start), readTime(r.body.stop)]
    const wish = wishOf(s, r.body, '')
    if (wish.task.type !== 'batch')
      throw new Fault('wrong-type', `cannot replay batch against stream task: ${wish.task.id}`, { status: 400 })
    if (!from) throw new Fault('no-start', 'must provide start time', { status: 400 })
    s.replays.checkFree(wish.id)
    return json(
      201,
      replayJson(s.replays.start(wish, s.sources.batch(wish.id, wish.task, from, to, r.body.cluster ?? ''))),
    )
  },
})

export const replayQuery = defineJsonRoute({
  method: 'POST',
  path: `${REPLAYS}/query`,
  summary: 'Replays the result of a query, without a recording.',
  tag,
  body: QueryRequest,
  badBody,
  replies,
  handle(s, r) {
    const { query = '', cluster: name = '' } = r.body
    const wish = wishOf(s, r.body, '', () => {
      if (query === '') throw new Fault('no-query', 'must provide query', { status: 400 })
    })
    s.replays.checkFree(wish.id)
    return json(201, replayJson(s.replays.start(wish, s.sources.query(wish.id, wish.task, query, name))))
  },
})

export const getReplay = defineRoute({
  method: 'GET',
  path: `${REPLAYS}/*`,
  shownPath: `${REPLAYS}/{id}`,
  summary: 'A replay; 202 while it runs.',
  tag,
  replies: { 200: Replay, 202: Replay, 400: ErrorReply, 404: ErrorReply },
  handle(s, r) {
    const replay = s.replays.get(idOnPath(r))
    if (!replay) throw new Fault('no-replay', 'could not find replay: no replay exists', { status: 404 })
    return json(replay.status === 'running' ? 202 : 200, replayJson(replay))
  },
})

export const deleteReplay = defineRoute({
  method: 'DELETE',
  path: `${REPLAYS}/*`,
  shownPath: `${REPLAYS}/{id}`,
  summary: 'Deletes a replay; one that runs is ended. No error when there is none.',
  tag,
  replies: { 204: NoContent, 400: ErrorReply },
  handle(s, r) {
    return s.replays.delete(idOnPath(r)).then(() => NO_CONTENT)
  },
})

export const listReplays = defineRoute({
  method: 'GET',
  path: REPLAYS,
  summary: 'Replays, the newest first, without their statistics.',
  tag,
  query: Type.Object(PageQuery),
  replies: { 200: Type.Object({ replays: Type.Array(Type.Partial(Replay, { title: 'Replay' })) }), 400: ErrorReply },
  handle(s, r) {
    const page = readPage(r.query)
    const fields = r.query.all('fields')
    const replays = takePage(page, s.replays.list(page.matches))
    return json(200, { replays: replays.map((x) => replayFieldsJson(x, fields)) })
  },
})
