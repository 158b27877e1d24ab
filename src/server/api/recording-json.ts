// Recordings as JSON: the single form in its fixed order and the list form with the fields that were asked for.
import type { Writable } from '../../base/json-writer.ts'
import type { RecordingRecord } from '../recordings/recording-record.ts'
import { formatLocalTime } from './local-time.ts'
import { pickFields } from './pick-fields.ts'
import { selfLink } from './task-json.ts'

/** How each field comes about. */
const FIELDS: Readonly<Record<string, (r: RecordingRecord) => Writable>> = {
  link: (r) => selfLink(`/kapacitor/v1/recordings/${r.id}`),
  id: (r) => r.id,
  type: (r) => r.type,
  size: (r) => r.size,
  date: (r) => formatLocalTime(r.date),
  error: (r) => r.error,
  status: (r) => r.status,
  progress: (r) => r.progress,
}

/** The recording as GET and the starting routes answer it. */
export function recordingJson(r: RecordingRecord): Writable {
  return Object.fromEntries(Object.entries(FIELDS).map(([name, read]) => [name, read(r)]))
}

/** Some fields of a recording, in the order of their names. Throws Fault (400). */
export function recordingFieldsJson(r: RecordingRecord, fields: readonly string[]): Writable {
  return pickFields(FIELDS, r, fields)
}
