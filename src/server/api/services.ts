// What routes may call. One object, made by the server's wiring.
import type { Readable } from 'node:stream'
import type { Silences } from '../../alert/silences.ts'
import type { TopicHandlers } from '../../alert/topic-handlers.ts'
import type { Topics } from '../../alert/topics.ts'
import type { Writable } from '../../base/json-writer.ts'
import type { UserService } from '../auth/user-service.ts'
import type { DeliveryService } from '../delivery-service.ts'
import type { WriteService } from '../http/write-service.ts'
import type { LogSessions } from '../log/log-sessions.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { LiveConfig } from '../overrides/live-config.ts'
import type { Profiles } from '../profiles/profiles.ts'
import type { Recorders } from '../recordings/recorders.ts'
import type { RecordingService } from '../recordings/recording-service.ts'
import type { ReplayService } from '../replays/replay-service.ts'
import type { ReplaySources } from '../replays/replay-sources.ts'
import type { ServiceTests } from '../service-tests.ts'
import type { StorageService } from '../storage-service.ts'
import type { TaskService } from '../tasks/task-service.ts'
import type { TemplateService } from '../templates/template-service.ts'

export interface Services {
  readonly tasks: TaskService<unknown>
  readonly templates: TemplateService<unknown>
  readonly recordings: RecordingService
  readonly recorders: Recorders
  readonly replays: ReplayService
  readonly sources: ReplaySources
  readonly writes: WriteService
  readonly topics: Topics
  readonly deliveries: DeliveryService
  readonly silences: Silences
  readonly topicHandlers: TopicHandlers
  readonly serviceTests: ServiceTests
  /** Absent when the configuration may not be changed. */
  readonly config?: LiveConfig
  readonly storage?: Pick<StorageService, 'names' | 'has' | 'rebuild' | 'backup'>
  readonly sideload?: { reload(): Promise<void> }
  readonly subscriptions?: { link(): Promise<void> }
  /** Absent where no users are kept. */
  readonly users?: UserService | undefined
  readonly log: LevelControl
  readonly debug: DebugVars
  readonly logs: Pick<LogSessions, 'open'>
  readonly profiles: Profiles
  readonly metrics: Pick<Metrics, 'text'>
  readonly api: ApiInfo
}

export interface LevelControl {
  /** False when the text names no level. */
  setLevel(level: string): boolean
}

export interface DebugVars {
  /** The body of /debug/vars. */
  vars(): Readable
}

export interface ApiInfo {
  /** Methods by path. */
  routes(): ReadonlyMap<string, Writable>
  /** The OpenAPI document. */
  openapi(): string
}
