// The alert data JSON that log, tcp, exec, post and others send: fixed key order, HTML-safe escapes, duration in
// nanoseconds. NaN and infinities become null here and only here.
import { jsonString } from '../base/go-json.ts'
import { rowsJson } from '../base/row-json.ts'
import { formatTime } from '../base/time.ts'
import type { AlertEvent } from './event.ts'
import { levelWord } from './level.ts'

/** `{"series":[…]}`: the rows that triggered the event. */
export function alertRowsJson(event: AlertEvent): string {
  return rowsJson(event.moreData ? [event.data, ...event.moreData] : [event.data])
}

/** One line, without a newline at its end. */
export function alertJson(e: AlertEvent): string {
  return `{"id":${jsonString(e.id)},"message":${jsonString(e.message)},"details":${jsonString(e.details)},"time":"${formatTime(e.time)}","duration":${e.duration},"level":"${levelWord(e.level)}","data":${alertRowsJson(e)},"previousLevel":"${levelWord(e.previousLevel)}","recoverable":${e.recoverable}}`
}
