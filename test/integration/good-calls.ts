// A good call of every route that needs more than its path: for tests that walk all routes. What they are about is made
// by `SEEDS`, in this order.
import type { routes } from '../../src/server/api/routes.ts'

type Name = keyof typeof routes

export interface GoodCall {
  /** What the path's `*` stands for. */
  readonly rest?: string
  readonly query?: string
  readonly body?: unknown
  /** Of the answer, where it is not 2xx: there is nothing to find in a server as new as this. */
  readonly status?: number
}

const SCRIPT = `dbrp "walk"."rp"\nstream|from().measurement('m')|alert().crit(lambda: "v" > 1).topic('walk')`
const BATCH = `dbrp "walk"."rp"\nbatch|query('SELECT v FROM walk.rp.m').period(1m).every(1m)`
const SILENCE = {
  matchers: [{ on: 'topic', value: 'nothing' }],
  start: '2030-01-01T00:00:00Z',
  end: '2030-01-02T00:00:00Z',
}
const HANDLER = { kind: 'publish', options: { topics: ['other'] } }
const SHORT = 'seconds=1'
const LINES = 'm v=0 1\n'

/** What has to be there, as method, path below the API's, and body. */
export const SEEDS: readonly (readonly [method: string, path: string, body: unknown])[] = [
  ['POST', '/tasks', { id: 'walk', script: SCRIPT, status: 'enabled' }],
  ['POST', '/tasks', { id: 'walk-batch', script: BATCH }],
  ['POST', '/templates', { id: 'walk', type: 'stream', script: 'var m string\nstream|from().measurement(m)' }],
  ['POST', '/alerts/topics/walk/handlers', { id: 'walk', ...HANDLER }],
  ['POST', '/alerts/silences', { id: 'walk', ...SILENCE }],
  ['POST', '/recordings/stream', { id: 'walk', task: 'walk', stop: '1970-01-01T00:00:01Z' }],
  ['POST', '/write?db=walk&rp=rp&precision=s', 'm v=5 0\nm v=5 10\n'],
  ['POST', '/users', { name: 'walk', password: 'walk' }],
]

const recordStream: GoodCall = { body: { task: 'walk', stop: '2030-01-01T00:00:00Z' } }
/** Without a cluster there is nothing to ask: it fails later, by itself. */
const recordBatch: GoodCall = {
  body: { task: 'walk-batch', start: '2020-01-01T00:00:00Z', stop: '2020-01-01T00:01:00Z' },
}
const recordQuery: GoodCall = { body: { type: 'batch', query: 'SELECT v FROM walk.rp.m' } }
const replay: GoodCall = { body: { id: 'walk', task: 'walk', recording: 'walk', clock: 'fast' } }

export const GOOD_CALLS: { readonly [N in Name]?: GoodCall } = {
  readSection: { rest: 'smtp/' },
  changeSection: { rest: 'smtp/', body: { set: { from: 'a@b.example' } } },
  getDeadLetter: { rest: '1', status: 404 },
  resendDeadLetter: { rest: '1', status: 404 },
  clearDeadLetter: { rest: '1' },
  cpuProfile: { query: SHORT },
  allocationProfile: { query: SHORT },
  executionTrace: { status: 501 },
  otherProfile: { rest: 'walk', status: 404 },
  getRecording: { rest: 'walk' },
  recordStream,
  recordStreamSingular: recordStream,
  recordBatch,
  recordBatchSingular: recordBatch,
  recordQuery,
  recordQuerySingular: recordQuery,
  deleteRecording: { rest: 'walk' },
  startReplay: replay,
  startReplayWithSlash: { body: { ...(replay.body as object), id: 'walk-2' } },
  getReplay: { rest: 'walk' },
  deleteReplay: { rest: 'walk' },
  replayBatch: { body: { task: 'walk-batch', start: '2020-01-01T00:00:00Z', stop: '2020-01-01T00:01:00Z' } },
  replayQuery: { body: { task: 'walk-batch', query: 'SELECT v FROM walk.rp.m' } },
  setLogLevel: { body: { level: 'info' } },
  getServiceTest: { rest: 'smtp' },
  runServiceTest: { rest: 'smtp', body: {} },
  createSilence: { body: SILENCE },
  getSilence: { rest: 'walk' },
  updateSilence: { rest: 'walk', body: { comment: 'changed' } },
  deleteSilence: { rest: 'walk' },
  actOnStore: { rest: 'stores/tasks', body: { action: 'rebuild' } },
  createTask: { body: { id: 'walk-made', script: SCRIPT } },
  createTaskAtPath: { rest: 'walk-at-path', body: { script: SCRIPT } },
  getTask: { rest: 'walk' },
  updateTask: { rest: 'walk', body: { status: 'disabled' } },
  deleteTask: { rest: 'walk' },
  createTemplate: { body: { id: 'walk-made', type: 'stream', script: 'stream|from()' } },
  getTemplate: { rest: 'walk' },
  updateTemplate: { rest: 'walk', body: { script: 'stream|from()' } },
  deleteTemplate: { rest: 'walk' },
  createHandler: { rest: 'walk/handlers', body: { id: 'walk-made', ...HANDLER } },
  getTopic: { rest: 'walk/handlers/walk' },
  replaceHandler: { rest: 'walk/handlers/walk', body: { id: 'walk', ...HANDLER } },
  patchHandler: { rest: 'walk/handlers/walk', body: [{ op: 'replace', path: '/match', value: 'changed()' }] },
  deleteTopic: { rest: 'walk/handlers/walk' },
  createUser: { body: { name: 'walk-made', password: 'p' } },
  getUser: { rest: 'walk' },
  updateUser: { rest: 'walk', body: { password: 'q' } },
  deleteUser: { rest: 'walk' },
  influxQuery: { query: 'q=CREATE+DATABASE+walk', body: '' },
  writePoints: { query: 'db=walk&rp=rp&precision=s', body: LINES },
  writePointsAtRoot: { query: 'db=walk&rp=rp&precision=s', body: LINES },
}
