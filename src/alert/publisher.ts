// Gives events to topics outside of any task's turn: what they cause goes into a commit of its own.
import type { Plain } from '../base/plain.ts'
import type { NewAlertEvent } from './event.ts'
import type { AlertSink } from './sink.ts'

/** What such a commit holds; the same shape as what tasks owe. */
export interface PublishedRecord {
  readonly run: string
  readonly task: string
  readonly node: string
  readonly seq: number
  readonly ordinal: number
  readonly kind: string
  readonly payload: Plain
}

export interface PublisherOptions {
  readonly topics: Pick<AlertSink, 'collect'>
  readonly commit: (records: readonly PublishedRecord[]) => Promise<void>
  /** Never the same for two servers over one store, also not after a restart: part of the idempotency keys. */
  readonly runId: string
}

export class Publisher {
  readonly #o: PublisherOptions
  #ordinal = 0

  constructor(o: PublisherOptions) {
    this.#o = o
  }

  /** Resolves when all that the event causes is committed. */
  async publish(topic: string, event: NewAlertEvent): Promise<void> {
    const records: PublishedRecord[] = []
    const { topics, commit, runId } = this.#o
    const owe = (kind: string, payload: Plain): void => {
      records.push({ run: runId, task: '', node: topic, seq: 0, ordinal: this.#ordinal++, kind, payload })
    }
    topics.collect([topic], event, { owe })
    await commit(records)
  }
}
