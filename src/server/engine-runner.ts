// The engine as the task service sees it.
import type { CompiledTask } from '../flow/compile.ts'
import { executingDot } from '../flow/dot.ts'
import type { Engine } from '../flow/engine.ts'
import type { Runner } from './tasks/task-runtime.ts'

/** `ended` is called with the id of every task that was stopped. */
export function engineRunner(engine: Engine, ended: (id: string) => void): Runner<CompiledTask> {
  return {
    start(id, compiled, dbrps, { groupExpiry }) {
      engine.start(id, compiled, dbrps, groupExpiry === undefined ? {} : { groupExpiryNs: Number(groupExpiry) })
    },
    async stop(id, why) {
      await engine.stop(id, why)
      ended(id)
    },
    running(id) {
      const task = engine.task(id)
      if (!task || task.ended) return undefined
      return {
        stats: () => task.stats(),
        dot: (view) => executingDot(task, view),
        route: (endpoint) => task.routes.get(endpoint)?.(),
      }
    },
  }
}
