// Gives events to topics outside of any task's turn: what they cause goes into a commit of its own.
import type { Plain } from '../base/plain.ts'
import type { DeliveryEvent } from './delivery-event.ts'
import type { NewAlertEvent } from './event.ts'
import type { Outbox, StagedRecord } from './outbox.ts'
import type { AlertSink } from './sink.ts'

export interface PublisherOptions {
  readonly topics: Pick<AlertSink, 'collect'>
  readonly outbox: Pick<Outbox, 'exchange'>
  /** Never the same for two servers over one store, also not after a restart: part of the idempotency keys. */
  readonly runId: string
}

export class Publisher {
  readonly #o: PublisherOptions
  #ordinal = 0

  constructor(o: PublisherOptions) {
    this.#o = o
  }

  /** Resolves when all that the event causes is committed, in one with settling the notifications that it stands for. */
  async publish(topic: string, event: NewAlertEvent, from: readonly DeliveryEvent[] = []): Promise<void> {
    const records: StagedRecord[] = []
    const { topics, outbox, runId } = this.#o
    const owe = (kind: string, payload: Plain): void => {
      records.push({ run: runId, task: '', node: topic, seq: 0, ordinal: this.#ordinal++, kind, payload })
    }
    topics.collect([topic], event, { owe })
    await outbox.exchange({ records, settles: from.map((e) => e.number) })
  }
}
