// `group-expiry` of a request: text such as `1h30m`, or nanoseconds. Knows nothing of tasks.
import { parseDuration } from '../../base/duration.ts'
import { Fault } from '../../base/fault.ts'
import { type Int, parseInt64 } from '../../base/int64.ts'
import { JsonNumber } from '../../base/json-reader.ts'

/** Nanoseconds; null for empty text, undefined when nothing is given. Throws Fault (400). */
export function readGroupExpiry(json: unknown): Int | null | undefined {
  if (json === undefined || json === '') return json === '' ? null : undefined
  const ns =
    typeof json === 'string' ? parseDuration(json) : json instanceof JsonNumber ? parseInt64(json.text) : undefined
  if (ns === undefined || ns < 0) {
    const given = typeof json === 'string' ? `, not ${JSON.stringify(json)}` : ''
    const message = `invalid group-expiry: must be a duration such as "1h" that is not negative${given}`
    throw new Fault('bad-group-expiry', message, { status: 400 })
  }
  return ns
}
