// What the task of a replay would have sent: kept as JSON text up to a bound, counted beyond it. Nothing leaves here.
import { alertJson } from '../../alert/alert-json.ts'
import { NOTIFY, type Notification, TOPIC_STATE } from '../../alert/outbox.ts'
import { compactJson, RawJson, type Writable } from '../../base/json-writer.ts'
import type { Outbox, OwedRecord } from '../../flow/entry.ts'
import type { HttpReply, HttpRequest } from '../../flow/world.ts'
import { HTTP_POST, type PostAnswer } from '../../nodes/http-post.ts'
import { INFLUX_WRITE, type OwedWrite } from '../../nodes/influxdb-out.ts'
import type { Collected } from './replay-record.ts'

/** So many are kept, */
const MAX_ITEMS = 1_000
/** of at most so many characters in all. */
const MAX_CHARACTERS = 1024 * 1024

export class CollectedOutputs implements Outbox {
  readonly #items: string[] = []
  #total = 0
  #characters = 0
  readonly #answered: (record: OwedRecord, answer: PostAnswer) => void

  /** `answered`: takes the answers to posts that data may wait for. */
  constructor(answered: (record: OwedRecord, answer: PostAnswer) => void) {
    this.#answered = answered
  }

  async commit(records: readonly OwedRecord[]): Promise<void> {
    for (const r of records) {
      if (isSent(r)) this.#add(() => itemOf(r))
      if (r.kind === HTTP_POST) this.#answered(r, { status: 200, body: '' })
    }
  }

  /** Stands for the outside: takes a request and answers that all is well. */
  async http(r: HttpRequest): Promise<HttpReply> {
    this.#add(() => ({ kind: 'http', method: r.method, url: r.url, body: r.body }))
    return { status: 200, headers: {}, body: '' }
  }

  #add(item: () => Writable): void {
    this.#total++
    if (this.#items.length >= MAX_ITEMS || this.#characters >= MAX_CHARACTERS) return
    const text = compactJson(item())
    this.#characters += text.length
    if (this.#characters < MAX_CHARACTERS) this.#items.push(text)
  }

  get collected(): Collected {
    return { total: this.#total, items: this.#items }
  }
}

/** States of topics are owed too, but sent to nobody; and lines may be told to go out now. */
function isSent(r: OwedRecord): boolean {
  if (r.kind === INFLUX_WRITE) return (r.payload as unknown as OwedWrite).is !== 'flush'
  return r.kind !== TOPIC_STATE
}

function itemOf(r: OwedRecord): Writable {
  const { node, kind } = r
  if (kind === NOTIFY) {
    const n = r.payload as unknown as Notification
    return { node, kind: n.kind, topic: n.topic, event: new RawJson(alertJson(n.event)) }
  }
  const payload = r.payload as { readonly [key: string]: Writable }
  // Headers may hold passwords.
  if (kind === HTTP_POST) return { node, kind: 'httpPost', url: payload['url'], body: payload['body'] }
  if (kind === INFLUX_WRITE) {
    const { is: _, ...write } = payload
    return { node, kind: 'influxDBOut', ...write }
  }
  return { node, kind, payload }
}
