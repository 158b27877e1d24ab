// Where a worker thread begins: joins its port with its tasks. What goes wrong beyond a task ends the thread; the pool on
// the main thread sees that.
import { parentPort, workerData } from 'node:worker_threads'
import { DEADMAN_DEFAULTS } from '../../nodes/deadman.ts'
import { serverScripts } from '../script-environment.ts'
import type { ToWorker, WorkerSettings } from './messages.ts'
import { TaskThread } from './task-thread.ts'

const port = parentPort!
// Whatever the configuration says of deadmen: tasks that have one stay on the main thread.
const scripts = serverScripts(DEADMAN_DEFAULTS)
const thread = new TaskThread({
  ...(workerData as WorkerSettings),
  send: (message) => port.postMessage(message),
  compile: (source, vars, dbrps) => scripts.compile(source, 'stream', vars, dbrps),
})
port.on('message', (m: ToWorker) => thread.take(m))
