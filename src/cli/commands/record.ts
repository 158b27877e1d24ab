// record: recordings of the live stream, of a batch task's queries, of one query.
import { awaitWork } from '../await-work.ts'
import type { Recording } from '../client.ts'
import { CommandFailed, type Context, defineCommand, defineGroup, flag } from '../command.ts'
import { durationMs, timeRange } from '../time-range.ts'

const common = {
  'recording-id': flag.text('ID', 'The ID of the recording; a random one when not given.'),
  'no-wait': flag.switch('Does not wait for the end, and prints nothing.'),
}

interface CommonValues {
  readonly 'recording-id': string | undefined
  readonly 'no-wait': boolean
}

const idOf = (flags: CommonValues): { id?: string } =>
  flags['recording-id'] === undefined ? {} : { id: flags['recording-id'] }

async function finish(
  context: Context,
  flags: CommonValues,
  started: Recording,
  o: { readonly durationMs?: number; readonly slow?: { readonly afterMs: number; readonly hint: string } } = {},
): Promise<void> {
  if (flags['no-wait']) {
    if (context.json) context.out.json(started)
    return
  }
  const get = (id: string): Promise<Recording> => context.client.getRecording(id)
  await awaitWork(context, { label: `recording ${started.id}`, started, get, ...o })
}

const stream = defineCommand({
  name: 'stream',
  summary: 'Records the data that comes in for a task.',
  examples: ['supercap record stream -task cpu_alert -duration 1m'],
  flags: {
    task: flag.text('ID', 'Whose databases and measurements are recorded.', 'tasks'),
    duration: flag.text('D', 'How long: 30s, 10m, 1h, 1d.'),
    ...common,
  },
  async run(context, _args, flags) {
    if (!flags.task || !flags.duration) throw new CommandFailed('both task and duration are required')
    const ms = durationMs(flags.duration)
    const stop = new Date(context.world.now() + ms).toISOString()
    const started = await context.client.recordStream({ ...idOf(flags), task: flags.task, stop })
    await finish(context, flags, started, {
      durationMs: ms,
      slow: {
        afterMs: ms + 5_000,
        hint: 'The recording ends with the first point after its time: no data has come since.',
      },
    })
  },
})

const batch = defineCommand({
  name: 'batch',
  summary: "Records the results of a batch task's queries over a stretch of time.",
  examples: ['supercap record batch -task cpu_batch -past 1h'],
  flags: {
    task: flag.text('ID', 'The batch task.', 'tasks'),
    start: flag.text('TIME', 'From when, as 2006-01-02T15:04:05Z.'),
    past: flag.text('D', 'How far back from stop, in place of start: 1h, 1d.'),
    stop: flag.text('TIME', 'Until when; now when not given.'),
    ...common,
  },
  async run(context, _args, flags) {
    if (!flags.task) throw new CommandFailed('task is required')
    const range = timeRange(flags, context.world.now())
    await finish(context, flags, await context.client.recordBatch({ ...idOf(flags), task: flags.task, ...range }))
  },
})

const query = defineCommand({
  name: 'query',
  summary: 'Records the result of one InfluxQL query.',
  examples: [`supercap record query -type stream -query 'SELECT value FROM "telegraf"."autogen"."cpu"'`],
  flags: {
    query: flag.text('QUERY', 'One statement; the measurement with its database and retention policy.'),
    type: flag.text('TYPE', 'stream or batch: for which tasks it is.', ['stream', 'batch']),
    cluster: flag.text('NAME', 'Which configured InfluxDB is asked; the default one when not given.'),
    ...common,
  },
  async run(context, _args, flags) {
    if (!flags.query || !flags.type) throw new CommandFailed('both query and type are required')
    const cluster = flags.cluster === undefined ? {} : { cluster: flags.cluster }
    const request = { ...idOf(flags), query: flags.query, type: flags.type, ...cluster }
    await finish(context, flags, await context.client.recordQuery(request))
  },
})

export const record = defineGroup({
  name: 'record',
  summary: 'Records data, for replaying it to tasks.',
  missing: "Must specify 'stream', 'batch' or 'query'.",
  commands: [stream, batch, query],
})
