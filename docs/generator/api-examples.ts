// Calls of the API that the page about it shows, in an order in which they work one after the other on a new server;
// test/docs/api-examples.test.ts runs them as they stand. A route without one gets a call made from its path.
import type { routes } from '../../src/server/api/routes.ts'

export type RouteName = keyof typeof routes

export interface Example {
  readonly route: RouteName
  /** Path and query. */
  readonly path: string
  readonly body?: string
  /** Further arguments of curl. */
  readonly flags?: string
  readonly status: number
  /** Stands above the call when a route has several. */
  readonly says?: string
  /** Only prepares what the next ones need. */
  readonly hidden?: boolean
  /** The status comes after a while. */
  readonly waits?: boolean
  /** Goes on until the client ends it. */
  readonly endless?: boolean
}

const V1 = '/kapacitor/v1'
const TOPIC = `${V1}/alerts/topics/cpu`
const LETTERS = `${V1}/alerts/dead-letters`

/** `SINK` in a hidden body: an address that refuses every request as wrong. */
export const SINK = 'http://127.0.0.1:1'

const SERVICE: readonly Example[] = [
  { route: 'ping', path: `${V1}/ping`, flags: '-i', status: 204 },
  { route: 'pingAtRoot', path: '/ping', flags: '-i', status: 204 },
  { route: 'debugVars', path: `${V1}/debug/vars`, status: 200 },
  { route: 'openapi', path: `${V1}/openapi.json`, status: 200 },
  { route: 'metrics', path: '/metrics', status: 200 },
  { route: 'followLog', path: '/kapacitor/v1preview/logs?lvl=error&task=cpu', flags: '-N', status: 200, endless: true },
  { route: 'setLogLevel', path: `${V1}/loglevel`, body: '{"level": "info"}', status: 204 },
]

const DEFINITIONS: readonly Example[] = [
  {
    route: 'createTask',
    path: `${V1}/tasks`,
    body: `{
  "id": "cpu",
  "status": "enabled",
  "dbrps": [{"db": "telegraf", "rp": "autogen"}],
  "vars": {"low": {"type": "float", "value": 10}},
  "script": "var low = 5.0 \\n stream|from().measurement('cpu').groupBy('host')|httpOut('latest')|alert().id('{{ index .Tags \\"host\\" }}').crit(lambda: \\"usage_idle\\" < low).topic('cpu')"
}`,
    status: 200,
  },
  {
    route: 'createTemplate',
    path: `${V1}/templates`,
    body: `{
  "id": "limit",
  "script": "var of string \\n var high = 90.0 \\n stream|from().measurement(of)|alert().crit(lambda: \\"value\\" > high)"
}`,
    status: 200,
  },
  {
    route: 'createTask',
    says: 'From a template:',
    path: `${V1}/tasks`,
    body: `{
  "id": "cpu-limit",
  "template-id": "limit",
  "dbrps": [{"db": "telegraf", "rp": "autogen"}],
  "vars": {"of": {"type": "string", "value": "cpu"}}
}`,
    status: 200,
  },
  {
    route: 'createTaskAtPath',
    path: `${V1}/tasks/disks`,
    body: `{
  "dbrps": [{"db": "telegraf", "rp": "autogen"}],
  "script": "batch|query('SELECT mean(used_percent) FROM telegraf.autogen.disk').period(1m).every(1m)|httpOut('latest')"
}`,
    status: 200,
  },
  {
    route: 'updateTask',
    path: `${V1}/tasks/cpu-limit`,
    body: '{"status": "enabled", "vars": {"of": {"type": "string", "value": "disk"}, "high": {"type": "float", "value": 80}}}',
    status: 200,
  },
  {
    route: 'updateTemplate',
    path: `${V1}/templates/limit`,
    body: `{"script": "var of string \\n var high = 95.0 \\n stream|from().measurement(of)|alert().crit(lambda: \\"value\\" > high)"}`,
    status: 200,
  },
  { route: 'listTasks', path: `${V1}/tasks?pattern=cpu*&fields=status&fields=error&limit=10`, status: 200 },
  { route: 'listTasksSingular', path: `${V1}/task?fields=status`, status: 200 },
  { route: 'getTemplate', path: `${V1}/templates/limit`, status: 200 },
  { route: 'listTemplates', path: `${V1}/templates?fields=vars`, status: 200 },
]

const TOPICS: readonly Example[] = [
  {
    route: 'createHandler',
    path: `${TOPIC}/handlers`,
    body: '{"id": "to-all", "kind": "publish", "options": {"topics": ["all"]}, "match": "changed()"}',
    status: 200,
  },
  {
    route: 'createHandler',
    hidden: true,
    path: `${TOPIC}/handlers`,
    body: `{"id": "pager", "kind": "post", "options": {"url": "${SINK}"}}`,
    status: 200,
  },
  {
    route: 'replaceHandler',
    path: `${TOPIC}/handlers/to-all`,
    body: '{"id": "to-all", "kind": "publish", "options": {"topics": ["all", "hosts"]}}',
    status: 200,
  },
  {
    route: 'patchHandler',
    path: `${TOPIC}/handlers/to-all`,
    body: '[{"op": "replace", "path": "/match", "value": "level() == CRITICAL"}]',
    status: 200,
  },
]

const DATA: readonly Example[] = [
  {
    route: 'recordStream',
    path: `${V1}/recordings/stream`,
    body: '{"id": "monday", "task": "cpu", "stop": "2030-01-07T12:00:00Z"}',
    status: 201,
  },
  {
    route: 'recordStreamSingular',
    path: `${V1}/recording/stream`,
    body: '{"id": "tuesday", "task": "cpu", "stop": "2030-01-07T12:00:00Z"}',
    status: 201,
  },
  {
    route: 'getRecording',
    says: 'While it runs:',
    path: `${V1}/recordings/monday`,
    flags: '-i',
    status: 202,
  },
  {
    route: 'writePoints',
    path: `${V1}/write?db=telegraf&rp=autogen&precision=s`,
    flags: '-i',
    body: 'cpu,host=web1 usage_idle=3.5 1893974400\ncpu,host=web2 usage_idle=71 1893974400\n',
    status: 204,
  },
  {
    route: 'writePointsAtRoot',
    path: '/write?db=telegraf&rp=autogen',
    flags: '-i',
    body: 'cpu,host=web1 usage_idle=90\n',
    status: 204,
  },
  {
    route: 'writePoints',
    hidden: true,
    path: `${V1}/write?db=telegraf&rp=autogen&precision=s`,
    body: 'cpu,host=web1 usage_idle=2 1893974401\ncpu,host=web1 usage_idle=2 2000000000\n',
    status: 204,
  },
  { route: 'influxQuery', path: '/query', body: 'q=CREATE DATABASE telegraf', status: 200 },
  { route: 'getTask', path: `${V1}/tasks/cpu`, status: 200 },
  {
    route: 'getTask',
    says: "What the node `httpOut('latest')` holds:",
    path: `${V1}/tasks/cpu/latest`,
    status: 200,
  },
]

const ALERTS: readonly Example[] = [
  { route: 'listTopics', path: `${V1}/alerts/topics?min-level=WARNING`, status: 200 },
  { route: 'getTopic', path: TOPIC, status: 200 },
  { route: 'getTopic', says: 'Its events, and one of them:', path: `${TOPIC}/events?show=task`, status: 200 },
  { route: 'getTopic', path: `${TOPIC}/events/web1`, status: 200 },
  { route: 'getTopic', says: 'Its handlers, and one of them:', path: `${TOPIC}/handlers`, status: 200 },
  { route: 'getTopic', path: `${TOPIC}/handlers/to-all`, status: 200 },
  { route: 'getDeadLetter', path: `${LETTERS}/1`, status: 200, waits: true },
  { route: 'listDeliveries', path: `${V1}/alerts/deliveries?topic=cpu&state=dead`, status: 200 },
  { route: 'listDeliveryHandlers', path: `${V1}/alerts/deliveries/handlers`, status: 200 },
  { route: 'listDeadLetters', path: `${LETTERS}?topic=cpu`, status: 200 },
  { route: 'resendDeadLetter', path: `${LETTERS}/1/resend`, status: 200 },
  { route: 'resendDeadLetters', path: `${LETTERS}/resend?topic=cpu&handler=pager`, status: 200 },
  { route: 'clearDeadLetter', path: `${LETTERS}/1`, status: 204 },
  { route: 'clearDeadLetters', path: `${LETTERS}?topic=cpu`, status: 200 },
  {
    route: 'createSilence',
    path: `${V1}/alerts/silences`,
    body: `{
  "id": "move",
  "matchers": [{"on": "tag", "tag": "host", "op": "=~", "value": "^web"}, {"on": "level", "op": "<", "value": "CRITICAL"}],
  "end": "2040-06-01T06:00:00Z",
  "author": "kim",
  "comment": "moving the rack"
}`,
    status: 200,
  },
  { route: 'listSilences', path: `${V1}/alerts/silences?state=active`, status: 200 },
  { route: 'getSilence', path: `${V1}/alerts/silences/move`, status: 200 },
  { route: 'updateSilence', path: `${V1}/alerts/silences/move`, body: '{"end": "2040-06-01T07:00:00Z"}', status: 200 },
  { route: 'deleteSilence', path: `${V1}/alerts/silences/move`, status: 204 },
]

const RECORDINGS: readonly Example[] = [
  {
    route: 'recordBatch',
    path: `${V1}/recordings/batch`,
    body: '{"id": "hour", "task": "disks", "start": "2026-01-01T00:00:00Z", "stop": "2026-01-01T01:00:00Z"}',
    status: 201,
  },
  {
    route: 'recordBatchSingular',
    path: `${V1}/recording/batch`,
    body: '{"task": "disks", "start": "2026-01-01T00:00:00Z", "stop": "2026-01-01T01:00:00Z"}',
    status: 201,
  },
  {
    route: 'recordQuery',
    path: `${V1}/recordings/query`,
    body: '{"id": "once", "type": "stream", "query": "SELECT usage_idle FROM telegraf.autogen.cpu"}',
    status: 201,
  },
  {
    route: 'recordQuerySingular',
    path: `${V1}/recording/query`,
    body: '{"type": "batch", "query": "SELECT usage_idle FROM telegraf.autogen.cpu"}',
    status: 201,
  },
  { route: 'getRecording', says: 'When it has ended:', path: `${V1}/recordings/monday`, status: 200, waits: true },
  { route: 'listRecordings', path: `${V1}/recordings?fields=status&fields=size`, status: 200 },
  {
    route: 'startReplay',
    path: `${V1}/replays`,
    body: '{"id": "again", "task": "cpu", "recording": "monday", "recording-time": true, "outputs": "collect"}',
    status: 201,
  },
  {
    route: 'startReplayWithSlash',
    path: `${V1}/replays/`,
    body: '{"task": "cpu", "recording": "monday", "outputs": "collect"}',
    status: 201,
  },
  {
    route: 'replayBatch',
    path: `${V1}/replays/batch`,
    body: '{"task": "disks", "start": "2026-01-01T00:00:00Z", "stop": "2026-01-01T01:00:00Z"}',
    status: 201,
  },
  {
    route: 'replayQuery',
    path: `${V1}/replays/query`,
    body: '{"task": "cpu", "query": "SELECT usage_idle FROM telegraf.autogen.cpu", "outputs": "collect"}',
    status: 201,
  },
  { route: 'getReplay', path: `${V1}/replays/again`, status: 200, waits: true },
  { route: 'listReplays', path: `${V1}/replays?fields=status&fields=progress`, status: 200 },
]

const OPERATION: readonly Example[] = [
  {
    route: 'changeSection',
    says: 'Options of a section that is no list:',
    path: `${V1}/config/smtp/`,
    body: '{"set": {"host": "mail.example.com", "from": "alerts@example.com"}}',
    status: 204,
  },
  {
    route: 'changeSection',
    says: 'A further element of a list:',
    path: `${V1}/config/slack`,
    body: '{"add": {"workspace": "ops", "url": "https://hooks.slack.com/services/T0/B0/X", "channel": "#ops", "default": true}}',
    status: 204,
  },
  {
    route: 'changeSection',
    says: 'Back to what the file says:',
    path: `${V1}/config/smtp/`,
    body: '{"delete": ["from"]}',
    status: 204,
  },
  { route: 'changeSection', path: `${V1}/config/slack`, body: '{"remove": ["ops"]}', status: 204 },
  { route: 'readConfig', path: `${V1}/config`, status: 200 },
  { route: 'readSection', path: `${V1}/config/slack`, status: 200 },
  { route: 'readSection', path: `${V1}/config/smtp/`, status: 200 },
  { route: 'listServiceTests', path: `${V1}/service-tests?pattern=s*`, status: 200 },
  { route: 'getServiceTest', path: `${V1}/service-tests/smtp`, status: 200 },
  {
    route: 'runServiceTest',
    path: `${V1}/service-tests/slack`,
    body: '{"channel": "#ops", "message": "Is anybody there?"}',
    status: 200,
  },
  { route: 'listStores', path: `${V1}/storage/stores`, status: 200 },
  { route: 'actOnStore', path: `${V1}/storage/stores/tasks`, body: '{"action": "rebuild"}', status: 204 },
  { route: 'backUp', path: `${V1}/storage/backup`, flags: '-o supercap.backup', status: 200 },
  { route: 'linkSubscriptions', path: `${V1}/subscriptions`, status: 204 },
  { route: 'reloadSideload', path: `${V1}/sideload/reload`, status: 204 },
]

const PPROF = `${V1}/debug/pprof`

const PROFILES: readonly Example[] = [
  { route: 'profileIndex', path: `${PPROF}/`, status: 200 },
  { route: 'cpuProfile', path: `${PPROF}/profile?seconds=1`, flags: '-OJ', status: 200 },
  { route: 'allocationProfile', path: `${PPROF}/allocs?seconds=1`, flags: '-OJ', status: 200 },
  { route: 'heapSnapshot', path: `${PPROF}/heap`, flags: '-OJ', status: 200 },
  { route: 'commandLine', path: `${PPROF}/cmdline`, flags: '-o -', status: 200 },
  { route: 'symbols', path: `${PPROF}/symbol`, status: 200 },
  { route: 'activeResources', path: `${PPROF}/goroutine`, status: 200 },
  { route: 'executionTrace', path: `${PPROF}/trace`, status: 501 },
  { route: 'otherProfile', path: `${PPROF}/mutex`, status: 404 },
]

const USERS: readonly Example[] = [
  {
    route: 'createUser',
    path: `${V1}/users`,
    body: '{"name": "telegraf", "password": "a long one", "permissions": ["write_points"]}',
    status: 200,
  },
  {
    route: 'updateUser',
    path: `${V1}/users/telegraf`,
    body: '{"permissions": [], "databases": ["telegraf"]}',
    status: 200,
  },
  { route: 'getUser', path: `${V1}/users/telegraf`, status: 200 },
  { route: 'listUsers', path: `${V1}/users?fields=permissions`, status: 200 },
  { route: 'deleteUser', path: `${V1}/users/telegraf`, status: 204 },
]

const DELETIONS: readonly Example[] = [
  { route: 'deleteReplay', path: `${V1}/replays/again`, status: 204 },
  { route: 'deleteRecording', path: `${V1}/recordings/monday`, status: 204 },
  { route: 'deleteTopic', says: 'One event, one handler, the topic:', path: `${TOPIC}/events/web1`, status: 204 },
  { route: 'deleteTopic', path: `${TOPIC}/handlers/to-all`, status: 204 },
  { route: 'deleteTopic', path: TOPIC, status: 204 },
  { route: 'deleteTask', path: `${V1}/tasks/cpu-limit`, status: 204 },
  { route: 'deleteTemplate', path: `${V1}/templates/limit`, status: 204 },
]

export const EXAMPLES: readonly Example[] = [
  ...SERVICE,
  ...DEFINITIONS,
  ...TOPICS,
  ...DATA,
  ...ALERTS,
  ...RECORDINGS,
  ...OPERATION,
  ...PROFILES,
  ...USERS,
  ...DELETIONS,
]
