// Replays as JSON: the single form in its fixed order and the list form with the fields that were asked for.
import { RawJson, type Writable } from '../../base/json-writer.ts'
import type { ReplayRecord } from '../replays/replay-record.ts'
import { formatLocalTime } from './local-time.ts'
import { pickFields } from './pick-fields.ts'
import { selfLink } from './task-json.ts'

/** How each field comes about; undefined leaves it out. */
const FIELDS: Readonly<Record<string, (r: ReplayRecord) => Writable>> = {
  link: (r) => selfLink(`/kapacitor/v1/replays/${r.id}`),
  id: (r) => r.id,
  task: (r) => r.task,
  recording: (r) => r.recording,
  'recording-time': (r) => r.recordingTime,
  clock: (r) => r.clock,
  date: (r) => formatLocalTime(r.date),
  error: (r) => r.error,
  status: (r) => r.status,
  progress: (r) => r.progress,
  outputs: (r) => (r.outputs === 'send' ? undefined : r.outputs),
}

/** The replay as GET and the starting routes answer it. */
export function replayJson(r: ReplayRecord): Writable {
  const { outputs: _, ...fields } = FIELDS
  return {
    ...Object.fromEntries(Object.entries(fields).map(([name, read]) => [name, read(r)])),
    stats: (r.stats ?? {}) as Writable,
    outputs: FIELDS['outputs']!(r),
    collected: r.collected && {
      total: r.collected.total,
      items: r.collected.items.map((text) => new RawJson(text)),
    },
  }
}

/** Some fields of a replay, in the order of their names. Throws Fault (400). */
export function replayFieldsJson(r: ReplayRecord, fields: readonly string[]): Writable {
  return pickFields(FIELDS, r, fields)
}
