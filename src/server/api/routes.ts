// All routes of the API, in one list.
import type { Route } from './route.ts'
import * as config from './routes/config.ts'
import * as deliveries from './routes/deliveries.ts'
import * as logs from './routes/logs.ts'
import * as metrics from './routes/metrics.ts'
import * as pprof from './routes/pprof.ts'
import * as recordings from './routes/recordings.ts'
import * as replays from './routes/replays.ts'
import * as service from './routes/service.ts'
import * as serviceTests from './routes/service-tests.ts'
import * as sideload from './routes/sideload.ts'
import * as silences from './routes/silences.ts'
import * as storage from './routes/storage.ts'
import * as subscriptions from './routes/subscriptions.ts'
import * as tasks from './routes/tasks.ts'
import * as templates from './routes/templates.ts'
import * as topics from './routes/topics.ts'
import * as users from './routes/users.ts'
import * as write from './routes/write.ts'

/** By name, for clients; no two have the same. */
export const routes = {
  ...config,
  ...deliveries,
  ...logs,
  ...metrics,
  ...pprof,
  ...recordings,
  ...replays,
  ...service,
  ...serviceTests,
  ...sideload,
  ...silences,
  ...storage,
  ...subscriptions,
  ...tasks,
  ...templates,
  ...topics,
  ...users,
  ...write,
}

export const ROUTES: readonly Route[] = Object.values(routes)
