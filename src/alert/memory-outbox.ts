// An outbox without a store, for tests and runScript.
import { Fault } from '../base/fault.ts'
import type { Time } from '../base/time.ts'
import { notificationToText } from './notification-text.ts'
import type {
  Exchange,
  Notification,
  Outbox,
  Outcome,
  OwedNotification,
  Place,
  StagedRecord,
  Stands,
} from './outbox.ts'

export class MemoryOutbox implements Outbox {
  readonly outcomes: Outcome[] = []
  readonly stands = new Map<number, Stands>()
  readonly notifications = new Map<number, Notification>()
  /** Takes what is exchanged. */
  commit: (records: readonly StagedRecord[]) => Promise<void> = async () => {}
  #number = 0

  place(record: OwedNotification, since: Time): Place {
    const number = ++this.#number
    this.notifications.set(number, record.payload)
    return { number, size: notificationToText(record.payload).length, since }
  }

  settle(outcome: Outcome): void {
    this.outcomes.push(outcome)
    for (const e of outcome.events) this.notifications.delete(e.number)
  }

  bury(_number: number, outcome: Outcome): void {
    this.settle(outcome)
  }

  keepStands(number: number, stands: Stands): void {
    this.stands.set(number, stands)
  }

  load(number: number): Notification {
    const found = this.notifications.get(number)
    if (!found) throw new Fault('no-record', `there is no record ${number}`)
    return found
  }

  async exchange(x: Exchange): Promise<void> {
    await this.commit(x.records)
    for (const n of x.settles) this.notifications.delete(n)
    if (x.outcome) this.outcomes.push(x.outcome)
  }
}
