// What a script can set on an alert node, its handlers aside.
import type { Int } from '../../base/int64.ts'
import { arg, field, type ParamsOf } from '../../lang/fields.ts'
import type { Flapping } from './alert-state.ts'
import { type TextKind, textFlaw } from './alert-texts.ts'
import { DEFAULT_DETAILS } from './default-details.ts'

const template = (kind: TextKind, doc: string, initial: string) =>
  field.string(doc, initial, { check: (text) => textFlaw(kind, text) })

export interface Inhibit {
  readonly category: string
  readonly tags: readonly string[]
}

export const alertFields = {
  topic: field.string('The topic that events go to, beside the handlers of this node.'),
  category: field.string('What other alerts can inhibit this one by.'),
  id: template('id', 'Template of the event id.', '{{ .Name }}:{{ .Group }}'),
  message: template('message', 'Template of the message.', '{{ .ID }} is {{ .Level }}'),
  details: template('details', 'HTML template of the details.', DEFAULT_DETAILS),
  info: field.lambda('When the level is INFO.'),
  warn: field.lambda('When the level is WARNING.'),
  crit: field.lambda('When the level is CRITICAL.'),
  infoReset: field.lambda('When INFO may be left.'),
  warnReset: field.lambda('When WARNING may be left.'),
  critReset: field.lambda('When CRITICAL may be left.'),
  flapping: field.method<Flapping | undefined>('Silences a group whose level changes too often.', {
    args: [arg.float('Share of changes below which it ends.'), arg.float('Share of changes above which it begins.')],
    initial: undefined,
    apply: (_, [low, high]) => ({ low: low as number, high: high as number }),
    shape: 'list',
    calls: (f) => (f ? [[f.low, f.high]] : []),
  }),
  history: field.int('How many levels flapping looks at.', 21, { max: 100_000 }),
  levelTag: field.string('Tag that gets the level.'),
  levelField: field.string('Field that gets the level.'),
  messageField: field.string('Field that gets the message.'),
  durationField: field.string('Field that gets the nanoseconds since the first alert.'),
  idTag: field.string('Tag that gets the event id.'),
  idField: field.string('Field that gets the event id.'),
  all: field.flag('A batch has the lowest level of its points, not the highest.'),
  noRecoveries: field.flag('No events when a group is OK again.'),
  stateChangesOnly: field.method<{ readonly on: boolean; readonly interval: Int }>(
    'Events only when the level changes; with a duration also after so long without one.',
    {
      args: [arg.duration('Longest time without an event while the level is not OK.')],
      min: 0,
      initial: { on: false, interval: 0 },
      apply: (_, [interval]) => ({ on: true, interval: (interval as Int | undefined) ?? 0 }),
      shape: 'list',
      calls: ({ on, interval }) => (on ? [interval === 0 ? [] : [interval]] : []),
    },
  ),
  inhibit: field.method<readonly Inhibit[]>('While this is not OK, holds back a category where the tags are equal.', {
    args: [arg.string('The category.')],
    rest: arg.string('A tag whose value must be equal.'),
    initial: [],
    apply: (before, [category, ...tags]) => [
      ...before,
      { category: category as string, tags: [...(tags as string[])].sort() },
    ],
    shape: 'calls',
    calls: (all) => all.map(({ category, tags }) => [category, ...tags]),
  }),
}

export type AlertParams = ParamsOf<typeof alertFields>
