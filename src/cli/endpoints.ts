// Endpoints of the API whose route values the client can't take from the server: their paths and types.
import type { Static } from 'typebox'
import type { Link } from '../server/api/schemas.ts'
import { endpoint } from './endpoint.ts'

const V1 = '/kapacitor/v1'

export const LOGS_PATH = '/kapacitor/v1preview/logs'
export const BACKUP_PATH = `${V1}/storage/backup`

export interface Replay {
  readonly link: Static<typeof Link>
  readonly id: string
  readonly task: string
  /** Empty for one that reads from InfluxDB. */
  readonly recording: string
  readonly 'recording-time': boolean
  readonly clock: 'fast' | 'real'
  readonly date: string
  /** Why it failed; empty when nothing is wrong. */
  readonly error: string
  readonly status: 'running' | 'finished' | 'failed'
  /** From 0 to 1. */
  readonly progress: number
  readonly stats?: Readonly<Record<string, unknown>>
}

interface ReplayRequest {
  readonly id?: string
  readonly task?: string
  readonly 'recording-time'?: boolean
  readonly clock?: 'fast' | 'real'
}

interface Page {
  readonly pattern?: string
  readonly fields?: string[]
  readonly offset?: number
  readonly limit?: number
}

export const createReplay = endpoint<object, ReplayRequest & { readonly recording: string }, Replay>(
  'POST',
  `${V1}/replays`,
)
export const replayBatch = endpoint<
  object,
  ReplayRequest & { readonly start?: string; readonly stop?: string },
  Replay
>('POST', `${V1}/replays/batch`)
export const replayQuery = endpoint<
  object,
  ReplayRequest & { readonly query: string; readonly cluster?: string },
  Replay
>('POST', `${V1}/replays/query`)
export const getReplay = endpoint<object, undefined, Replay>('GET', `${V1}/replays/*`)
export const deleteReplay = endpoint<object, undefined, undefined>('DELETE', `${V1}/replays/*`)
export const listReplays = endpoint<Page, undefined, { readonly replays: Partial<Replay>[] }>('GET', `${V1}/replays`)

export interface ServiceTest {
  readonly link: Static<typeof Link>
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}

export interface ServiceTestResult {
  readonly success: boolean
  readonly message: string
}

export const listServiceTests = endpoint<
  { readonly pattern?: string },
  undefined,
  { readonly services: ServiceTest[] | null }
>('GET', `${V1}/service-tests`)
export const testService = endpoint<object, Readonly<Record<string, unknown>>, ServiceTestResult>(
  'POST',
  `${V1}/service-tests/*`,
)
