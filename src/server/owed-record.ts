// How a record that is owed to the outside stands on disk: a line that says whose it is, then the payload's own text,
// which is read only when somebody needs it. Knows nothing of where it is kept.
import { notificationFromText, notificationToText } from '../alert/notification-text.ts'
import { NOTIFY, type Notification, type Stands } from '../alert/outbox.ts'
import { type Plain, plainFromText, plainToText } from '../base/plain.ts'
import type { Time } from '../base/time.ts'
import type { OwedRecord } from '../flow/entry.ts'
import type { Codec } from '../store/codec.ts'

export interface StoredRecord {
  readonly run: string
  readonly task: string
  readonly node: string
  readonly seq: number
  readonly ordinal: number
  readonly kind: string
  readonly since: Time
  readonly stands?: Stands | undefined
  /** The payload's own text form. */
  readonly text: string
}

type Head = [
  run: string,
  task: string,
  node: string,
  seq: number,
  ordinal: number,
  kind: string,
  sec: number,
  ns: number,
  stands?: Stands,
]

export const owedCodec: Codec<StoredRecord> = {
  encode({ run, task, node, seq, ordinal, kind, since, stands, text }) {
    const head: Head = [run, task, node, seq, ordinal, kind, since.sec, since.ns]
    if (stands) head.push(stands)
    return `${JSON.stringify(head)}\n${text}`
  },
  decode(stored) {
    const end = stored.indexOf('\n')
    const [run, task, node, seq, ordinal, kind, sec, ns, stands] = JSON.parse(stored.slice(0, end)) as Head
    return { run, task, node, seq, ordinal, kind, since: { sec, ns }, stands, text: stored.slice(end + 1) }
  },
}

export function textOf(r: OwedRecord): string {
  return r.kind === NOTIFY ? notificationToText(r.payload as unknown as Notification) : plainToText(r.payload)
}

export function payloadOf(r: StoredRecord): Plain {
  return r.kind === NOTIFY ? (notificationFromText(r.text) as unknown as Plain) : plainFromText(r.text)
}
