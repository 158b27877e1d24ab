// replay, replay-live: recorded data, or data asked from InfluxDB, given to a task.
import { awaitWork } from '../await-work.ts'
import type { Replay } from '../client.ts'
import { CommandFailed, type Context, defineCommand, defineGroup, flag } from '../command.ts'
import { timeRange } from '../time-range.ts'

const common = {
  'real-clock': flag.switch('Gives the data at the pace at which it was recorded; else as fast as it goes.'),
  'rec-time': flag.switch('Keeps the times of the data; else they are moved to now.'),
  'replay-id': flag.text('ID', 'The ID of the replay; a random one when not given.'),
  collect: flag.switch('Sends nothing and leaves topics alone; with -json it shows what would have been sent.'),
  'no-wait': flag.switch('Does not wait for the end, and prints nothing.'),
}

interface CommonValues {
  readonly 'real-clock': boolean
  readonly 'rec-time': boolean
  readonly 'replay-id': string | undefined
  readonly collect: boolean
  readonly 'no-wait': boolean
}

function commonRequest(flags: CommonValues) {
  const id = flags['replay-id']
  return {
    ...(id === undefined ? {} : { id }),
    clock: flags['real-clock'] ? ('real' as const) : ('fast' as const),
    'recording-time': flags['rec-time'],
    ...(flags.collect ? { outputs: 'collect' } : {}),
  }
}

async function finish(context: Context, flags: CommonValues, started: Replay): Promise<void> {
  if (flags['no-wait']) {
    if (context.json) context.out.json(started)
    return
  }
  const get = (id: string): Promise<Replay> => context.client.getReplay(id)
  await awaitWork(context, { label: `replay ${started.id}`, started, get })
}

const task = flag.text('ID', 'The task; it need not be enabled.', 'tasks')

export const replay = defineCommand({
  name: 'replay',
  summary: 'Gives recorded data to a task.',
  details: ['What the task sends, it really sends: alerts, posts, writes; but not with -collect.'],
  examples: ['supercap replay -recording RID -task cpu_alert -rec-time'],
  flags: { recording: flag.text('ID', 'The recording.', 'recordings'), task, ...common },
  async run(context, _args, flags) {
    if (!flags.recording) throw new CommandFailed('must pass recording ID')
    if (!flags.task) throw new CommandFailed('must pass task ID')
    const request = { recording: flags.recording, task: flags.task, ...commonRequest(flags) }
    await finish(context, flags, await context.client.startReplay(request))
  },
})

const batch = defineCommand({
  name: 'batch',
  summary: 'Gives a batch task what its own queries find over a stretch of time.',
  flags: {
    task,
    start: flag.text('TIME', 'From when, as 2006-01-02T15:04:05Z.'),
    past: flag.text('D', 'How far back from stop, in place of start: 1h, 1d.'),
    stop: flag.text('TIME', 'Until when; now when not given.'),
    ...common,
  },
  async run(context, _args, flags) {
    if (!flags.task) throw new CommandFailed('task is required')
    const range = timeRange(flags, context.world.now())
    await finish(
      context,
      flags,
      await context.client.replayBatch({ task: flags.task, ...range, ...commonRequest(flags) }),
    )
  },
})

const query = defineCommand({
  name: 'query',
  summary: 'Gives a task what one InfluxQL query finds.',
  flags: {
    task,
    query: flag.text('QUERY', 'One statement; the measurement with its database and retention policy.'),
    cluster: flag.text('NAME', 'Which configured InfluxDB is asked; the default one when not given.'),
    ...common,
  },
  async run(context, _args, flags) {
    if (!flags.query || !flags.task) throw new CommandFailed('both query and task are required')
    const cluster = flags.cluster === undefined ? {} : { cluster: flags.cluster }
    const request = { task: flags.task, query: flags.query, ...cluster, ...commonRequest(flags) }
    await finish(context, flags, await context.client.replayQuery(request))
  },
})

export const replayLive = defineGroup({
  name: 'replay-live',
  summary: 'Gives data from InfluxDB to a task, without a recording.',
  missing: "Must specify 'batch' or 'query'.",
  commands: [batch, query],
})
