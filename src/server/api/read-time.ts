// Times in request bodies, refused in Go's words.
import { quoteText } from '../../alert/template/go-quote.ts'
import { Fault } from '../../base/fault.ts'
import { parseTime, type Time } from '../../base/time.ts'

const LAYOUT = '2006-01-02T15:04:05Z07:00'

/** An RFC 3339 time; undefined when the text is empty or missing. Throws Fault (400). */
export function readTime(text: string | undefined): Time | undefined {
  if (text === undefined || text === '') return undefined
  const time = parseTime(text)
  if (time) return time
  const why = /^\d{4}/.test(text) ? `cannot parse ${quoteText(text)}` : `cannot parse ${quoteText(text)} as "2006"`
  throw new Fault('bad-time', `parsing time ${quoteText(text)} as "${LAYOUT}": ${why}`, { status: 400 })
}
