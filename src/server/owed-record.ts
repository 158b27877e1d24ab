// How a record that is owed to the outside stands on disk: a line that says whose it is, then the payload's own text,
// which is read only when somebody needs it. Knows nothing of where it is kept.
import { notificationFromText, notificationToText } from '../alert/notification-text.ts'
import { NOTIFY, type Notification, type Stands } from '../alert/outbox.ts'
import { StagedNotification } from '../alert/staged-notification.ts'
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

/** The beginnings of heads, by what they name: records come in runs of one node. */
let lastNames: readonly [run: string, task: string, node: string] = ['', '', '']
let lastBegin = '["","","",'

function beginOf(run: string, task: string, node: string): string {
  if (run !== lastNames[0] || task !== lastNames[1] || node !== lastNames[2]) {
    lastNames = [run, task, node]
    lastBegin = `${JSON.stringify(lastNames).slice(0, -1)},`
  }
  return lastBegin
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
    const begin = beginOf(run, task, node)
    const end = stands ? `,${JSON.stringify(stands)}]` : ']'
    return `${begin}${seq},${ordinal},${JSON.stringify(kind)},${since.sec},${since.ns}${end}\n${text}`
  },
  decode(stored) {
    const end = stored.indexOf('\n')
    const [run, task, node, seq, ordinal, kind, sec, ns, stands] = JSON.parse(stored.slice(0, end)) as Head
    return { run, task, node, seq, ordinal, kind, since: { sec, ns }, stands, text: stored.slice(end + 1) }
  },
}

export function textOf(r: OwedRecord): string {
  if (r.kind !== NOTIFY) return plainToText(r.payload)
  const n = r.payload as unknown as Notification
  return n instanceof StagedNotification ? n.text : notificationToText(n)
}

export function payloadOf(r: StoredRecord): Plain {
  return r.kind === NOTIFY ? (notificationFromText(r.text) as unknown as Plain) : plainFromText(r.text)
}
