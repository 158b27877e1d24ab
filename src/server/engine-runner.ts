// The engine, and the workers beside it, as the task service sees them.
import type { CompiledTask } from '../flow/compile.ts'
import { executingDot } from '../flow/dot.ts'
import type { Engine } from '../flow/engine.ts'
import type { Runner } from './tasks/task-runtime.ts'
import { canLeave, type WorkerPool } from './workers/worker-pool.ts'

/** `ended` is called with the id of every task that was stopped. Without workers all tasks run in the engine. */
export function engineRunner(
  engine: Engine,
  ended: (id: string) => void,
  workers?: WorkerPool | undefined,
): Runner<CompiledTask> {
  return {
    start(id, compiled, dbrps, settings) {
      const { groupExpiry } = settings
      if (workers && canLeave(compiled)) workers.start(id, compiled, dbrps, settings)
      else engine.start(id, compiled, dbrps, groupExpiry === undefined ? {} : { groupExpiryNs: Number(groupExpiry) })
    },
    async stop(id, why) {
      await (workers?.task(id) ? workers.stop(id, why) : engine.stop(id, why))
      ended(id)
    },
    running(id) {
      const placed = workers?.task(id)
      if (placed)
        return {
          stats: () => placed.stats(),
          dot: (view) => executingDot(placed, view),
          route: (endpoint) => placed.route(endpoint),
          refresh: () => placed.refresh(),
        }
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
