// Schemas that several routes share. They describe the API and check bodies; nothing is converted by them.
import Type from 'typebox'

export const ErrorReply = Type.Object({
  error: Type.String({ description: 'What is wrong, and where.' }),
  message: Type.String({ description: 'The same text.' }),
})

export const Link = Type.Object({ rel: Type.Literal('self'), href: Type.String() }, { description: 'Its own path.' })

export const NoContent = Type.Null({ description: 'Success, without a body.' })

export const Dbrp = Type.Object({
  db: Type.Optional(Type.String({ description: 'Database.' })),
  rp: Type.Optional(Type.String({ description: 'Retention policy.' })),
})

const VAR_TYPES = ['bool', 'int', 'float', 'duration', 'string', 'regex', 'lambda', 'star', 'list'] as const

export const Var = Type.Object(
  {
    type: Type.Optional(Type.Unsafe<(typeof VAR_TYPES)[number]>(Type.Union(VAR_TYPES.map((t) => Type.Literal(t))))),
    value: Type.Optional(
      Type.Unknown({ description: 'Fits the type; durations as nanoseconds or as text (`1h30m`).' }),
    ),
    description: Type.Optional(Type.String({ description: 'The comment above it in the script.' })),
  },
  { title: 'Var' },
)

export const TaskType = Type.Union([Type.Literal('stream'), Type.Literal('batch')])
export const TaskStatus = Type.Union([Type.Literal('enabled'), Type.Literal('disabled')])

export const TaskRequest = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Letters, digits, `-`, `.` and `_`; a random one when not given.' })),
    'template-id': Type.Optional(Type.String({ description: 'The template that gives the script.' })),
    type: Type.Optional(Type.Union([TaskType], { description: 'Follows from the script; what is given is not used.' })),
    dbrps: Type.Optional(
      Type.Array(Dbrp, {
        description: 'What the task takes, each with `db` and `rp`; not when the script says it itself.',
      }),
    ),
    script: Type.Optional(Type.String({ description: 'TICKscript.' })),
    status: Type.Optional(
      Type.Union([TaskStatus], { description: 'A new task is disabled unless this says otherwise.' }),
    ),
    vars: Type.Optional(
      Type.Record(Type.String(), Var, {
        description: 'Values for vars of the script, each with `type` and `value`; durations as nanoseconds or text.',
      }),
    ),
    'group-expiry': Type.Optional(
      Type.Unknown({
        description:
          'Forgets groups from which nothing came for so long: text (`1h30m`) or nanoseconds; `0s` keeps them. In place of `[task] group-expiry`; empty text goes back to that.',
      }),
    ),
  },
  { title: 'Task definition' },
)

export const Task = Type.Object(
  {
    link: Link,
    id: Type.String(),
    'template-id': Type.String({ description: 'The template it is made from; empty when there is none.' }),
    type: TaskType,
    dbrps: Type.Array(Dbrp, { description: 'What it takes: `db` and `rp` of each.' }),
    script: Type.String({ description: 'As the formatter writes it, unless `script-format=raw`.' }),
    vars: Type.Record(Type.String(), Var, { description: 'The vars of the script with their values.' }),
    dot: Type.String({ description: 'The graph in the language of Graphviz.' }),
    status: TaskStatus,
    executing: Type.Boolean({ description: 'Whether it runs now.' }),
    error: Type.String({ description: 'Why it does not run; empty when nothing is wrong.' }),
    stats: Type.Record(Type.String(), Type.Unknown(), {
      description: '`task-stats` of the whole and `node-stats` by node, while it runs.',
    }),
    created: Type.String({ format: 'date-time' }),
    modified: Type.String({ format: 'date-time' }),
    'last-enabled': Type.String({ format: 'date-time' }),
    'group-expiry': Type.Optional(Type.String({ description: 'Only where the task has one of its own.' })),
  },
  { title: 'Task' },
)

export const TemplateRequest = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Letters, digits, `-`, `.` and `_`; a random one when not given.' })),
    type: Type.Optional(
      Type.Union([TaskType], { description: 'Follows from the script when a template is defined; a change sets it.' }),
    ),
    script: Type.Optional(Type.String({ description: 'TICKscript.' })),
  },
  { title: 'Template definition' },
)

export const Template = Type.Object(
  {
    link: Link,
    id: Type.String(),
    type: TaskType,
    script: Type.String(),
    vars: Type.Record(Type.String(), Var, {
      description: 'What the script declares; the value is null where a task has to give one.',
    }),
    dot: Type.String({ description: 'The graph in the language of Graphviz.' }),
    error: Type.String({ description: 'Why the script does not compile; empty when nothing is wrong.' }),
    created: Type.String({ format: 'date-time' }),
    modified: Type.String({ format: 'date-time' }),
  },
  { title: 'Template' },
)

/** One of these words. */
export function oneOf<const T extends string>(words: readonly T[], options: { readonly description?: string } = {}) {
  return Type.Unsafe<T>(
    Type.Union(
      words.map((w) => Type.Literal(w)),
      options,
    ),
  )
}

export const LevelName = oneOf(['OK', 'INFO', 'WARNING', 'CRITICAL'])

export const Topic = Type.Object(
  {
    link: Link,
    id: Type.String({ description: 'As the script names it, or `main:TASK:NODE` for the handlers of a script.' }),
    level: LevelName,
    collected: Type.Integer({ description: 'Events since the start of the server.' }),
    'events-link': Type.Object({ rel: Type.Literal('events'), href: Type.String() }),
    'handlers-link': Type.Object({ rel: Type.Literal('handlers'), href: Type.String() }),
  },
  { title: 'Topic' },
)

export const TopicList = Type.Object({ link: Link, topics: Type.Array(Topic) })

export const Event = Type.Object(
  {
    link: Link,
    id: Type.String(),
    state: Type.Object({
      message: Type.String(),
      details: Type.String(),
      time: Type.String({ format: 'date-time' }),
      duration: Type.String({ description: 'Since the first event that was not OK: `5m0s`.' }),
      level: LevelName,
      task: Type.Optional(Type.String({ description: 'Where it came from; this and the next only with `show=task`.' })),
      'task-gone': Type.Optional(Type.Boolean({ description: 'There is no task of this id any more.' })),
    }),
  },
  { title: 'Event' },
)

export const EventList = Type.Object(
  { link: Link, topic: Type.String(), events: Type.Array(Event) },
  { title: 'Events' },
)

export const Handler = Type.Object(
  {
    link: Link,
    id: Type.String(),
    kind: Type.String({ description: 'What it does: `slack`, `log`, `post` …' }),
    options: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
      description: 'As they were given; null for none.',
    }),
    match: Type.String({ description: 'Says which events it takes; empty for all.' }),
  },
  { title: 'Handler' },
)

export const HandlerList = Type.Object(
  { link: Link, topic: Type.String(), handlers: Type.Array(Handler) },
  { title: 'Handlers' },
)

export const Recording = Type.Object(
  {
    link: Link,
    id: Type.String(),
    type: TaskType,
    size: Type.Integer({ description: 'Bytes of its file; 0 while it is written.' }),
    date: Type.String({ format: 'date-time', description: 'When it began while it runs, then when it ended.' }),
    error: Type.String({ description: 'Why it failed; empty when nothing is wrong.' }),
    status: Type.Union([Type.Literal('running'), Type.Literal('finished'), Type.Literal('failed')]),
    progress: Type.Number({ minimum: 0, maximum: 1, description: 'From 0 to 1.' }),
  },
  { title: 'Recording' },
)

export const Replay = Type.Object(
  {
    link: Link,
    id: Type.String(),
    task: Type.String(),
    recording: Type.String({ description: 'Empty for one that reads InfluxDB.' }),
    'recording-time': Type.Boolean({ description: 'Whether the times of the data are kept.' }),
    clock: Type.Union([Type.Literal('fast'), Type.Literal('real')]),
    date: Type.String({ format: 'date-time', description: 'When it began while it runs, then when it ended.' }),
    error: Type.String({ description: 'Why it failed; empty when nothing is wrong.' }),
    status: Type.Union([Type.Literal('running'), Type.Literal('finished'), Type.Literal('failed')]),
    progress: Type.Number({ minimum: 0, maximum: 1, description: 'From 0 to 1.' }),
    stats: Type.Record(Type.String(), Type.Unknown(), { description: 'Of the task at its end; empty until then.' }),
    outputs: Type.Optional(Type.Literal('collect', { description: 'Only when nothing was sent.' })),
    collected: Type.Optional(
      Type.Object(
        { total: Type.Integer(), items: Type.Array(Type.Unknown()) },
        { description: 'What would have been sent: how many, and the first 1,000 of them or the first megabyte.' },
      ),
    ),
  },
  { title: 'Replay' },
)

export const TaskView = {
  'dot-view': Type.Optional(
    Type.Union([Type.Literal('attributes'), Type.Literal('labels')], {
      description: 'Statistics in the graph as attributes (default), or as labels that a picture shows.',
    }),
  ),
  'script-format': Type.Optional(
    Type.Union([Type.Literal('formatted'), Type.Literal('raw')], {
      description: 'The script as the formatter writes it (default), or as it was given.',
    }),
  ),
}

export const PageQuery = {
  pattern: Type.Optional(Type.String({ description: 'Shell pattern on the id.' })),
  fields: Type.Optional(
    Type.Array(Type.String(), { description: 'Field to return; may stand several times. All when not given.' }),
  ),
  offset: Type.Optional(Type.Integer({ default: 0, description: 'How many to leave out at the beginning.' })),
  limit: Type.Optional(Type.Integer({ default: 100, description: 'A negative one returns everything.' })),
}
