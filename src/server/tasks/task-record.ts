// What is stored of a task. It knows nothing of the task at work.
import type { Int } from '../../base/int64.ts'
import type { Time } from '../../base/time.ts'
import type { GivenVars } from '../../lang/vars.ts'

export type TaskType = 'stream' | 'batch'
export type TaskStatus = 'enabled' | 'disabled'

export interface Dbrp {
  readonly db: string
  readonly rp: string
}

export interface TaskRecord {
  readonly id: string
  /** '' without a template. */
  readonly templateId: string
  readonly type: TaskType
  readonly dbrps: readonly Dbrp[]
  /** As it was sent. */
  readonly script: string
  readonly vars: GivenVars
  readonly status: TaskStatus
  /** Why it does not run although it is enabled; '' when nothing is wrong. */
  readonly error: string
  readonly created: Time
  readonly modified: Time
  /** Go's zero time until it is enabled for the first time. */
  readonly lastEnabled: Time
  /** Nanoseconds after which its idle groups are forgotten; 0 = never. Not there = as the configuration says. */
  readonly groupExpiry?: Int
}

export const MAX_ID_LENGTH = 1_000

/** Why a text cannot be the id of a task or of its like; undefined when it can. `kind` begins the sentence: `task`. */
export function idFault(kind: string, id: string, quote: (text: string) => string): string | undefined {
  if (!/^[-._\p{L}0-9]+$/u.test(id))
    return `${kind} ID must contain only letters, numbers, '-', '.' and '_'. ${quote(id)}`
  if (id.length > MAX_ID_LENGTH && Array.from(id).length > MAX_ID_LENGTH)
    return `${kind} ID must not be longer than ${MAX_ID_LENGTH} characters`
  return undefined
}
