// What is stored of a template.
import type { Time } from '../../base/time.ts'
import type { TaskType } from '../tasks/task-record.ts'

export interface TemplateRecord {
  readonly id: string
  readonly type: TaskType
  /** As it was sent. */
  readonly script: string
  readonly created: Time
  readonly modified: Time
}
