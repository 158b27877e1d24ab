// Gives events to topics outside of any task's turn: what they cause goes into a commit of its own.
import type { Plain } from '../base/plain.ts'
import type { Time } from '../base/time.ts'
import type { DeliveryEvent } from './delivery-event.ts'
import type { NewAlertEvent } from './event.ts'
import type { Outbox, StagedRecord } from './outbox.ts'
import type { Stage } from './sink.ts'
import type { Topics } from './topics.ts'

export interface PublisherOptions {
  readonly topics: Pick<Topics, 'collect' | 'recoverTask'>
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
    this.#o.topics.collect([topic], event, this.#stage(topic, records))
    await this.#o.outbox.exchange({ records, settles: from.map((e) => e.number) })
  }

  /** Gives a recovery to every event of a task that is to be deleted; resolves when what that causes is committed. */
  async recoverTask(runId: string, taskId: string, now: Time): Promise<number> {
    const records: StagedRecord[] = []
    const n = this.#o.topics.recoverTask(runId, taskId, now, this.#stage(taskId, records))
    if (n > 0) await this.#o.outbox.exchange({ records, settles: [] })
    return n
  }

  #stage(node: string, records: StagedRecord[]): Stage {
    const owe = (kind: string, payload: Plain): void => {
      records.push({ run: this.#o.runId, task: '', node, seq: 0, ordinal: this.#ordinal++, kind, payload })
    }
    return { owe }
  }
}
