// Silences as JSON.
import { type Silence, silenceState } from '../../alert/silence.ts'
import type { Writable } from '../../base/json-writer.ts'
import type { Time } from '../../base/time.ts'
import type { DeliveryView } from '../delivery-service.ts'
import { ALERTS, deliveryJson } from './delivery-json.ts'
import { formatLocalTime } from './local-time.ts'
import { selfLink } from './task-json.ts'

export const SILENCES = `${ALERTS}/silences`

export interface SilenceFigures {
  readonly now: Time
  /** Notifications that it has held back so far. */
  readonly heldBack: number
  /** What it holds back now; only how much is shown when `all` is false. */
  readonly holding: readonly DeliveryView[]
  readonly all: boolean
}

export function silenceJson(s: Silence, f: SilenceFigures): Writable {
  return {
    link: selfLink(`${SILENCES}/${s.id}`),
    id: s.id,
    state: silenceState(s, f.now),
    matchers: s.matchers.map(({ on, tag, op, value }) => ({ on, tag, op, value })),
    start: formatLocalTime(s.start),
    end: formatLocalTime(s.end),
    author: s.author,
    comment: s.comment,
    created: formatLocalTime(s.created),
    'held-back': f.heldBack,
    holding: f.all ? f.holding.map(deliveryJson) : f.holding.length,
  }
}
