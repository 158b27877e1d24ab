// Cron lines as scripts write them: five fields, a year as the sixth, seconds before all of them as seven. In local time.
import { Cron } from 'croner'
import { Fault, messageOf } from '../base/fault.ts'
import { type Time, timeFromMillis } from '../base/time.ts'

/** Only the first seven fields count. */
const MAX_FIELDS = 7
const MIN_FIELDS = 5

export class CronLine {
  readonly #cron: Cron

  /** Throws a Fault that says why the line can't be read. */
  constructor(line: string) {
    const fields = line.trim().split(/\s+/).slice(0, MAX_FIELDS)
    const named = fields.length === 1 && fields[0]!.startsWith('@')
    if (!named && fields.length < MIN_FIELDS) throw refused('missing field(s)')
    // Here six fields end in a year; for the reader they would begin with seconds.
    const full = fields.length === 6 ? ['0', ...fields] : fields
    try {
      this.#cron = new Cron(full.join(' '), { paused: true })
    } catch (e) {
      throw refused(`cron '${line}' can not be read: ${messageOf(e)}`)
    }
  }

  /** The first time after `t`; undefined when there is none. */
  next(t: Time): Time | undefined {
    const date = this.#cron.nextRun(new Date(t.sec * 1000))
    return date ? timeFromMillis(date.getTime()) : undefined
  }
}

function refused(message: string): Fault {
  return new Fault('cron-invalid', message, { status: 400 })
}
