// All routes of the API, in one list.
import type { Route } from './route.ts'
import * as config from './routes/config.ts'
import * as deliveries from './routes/deliveries.ts'
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
import * as write from './routes/write.ts'

/** By name, for clients; no two have the same. */
export const routes = {
  ...config,
  ...deliveries,
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
  ...write,
}

export const ROUTES: readonly Route[] = Object.values(routes)
