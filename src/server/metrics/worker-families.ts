// Figures of the worker threads; nothing at all where there are none.
import { each, type Family, labels } from './metrics-text.ts'

/** One worker thread. */
export interface WorkerCounts {
  readonly name: string
  readonly tasks: number
  /** Bodies that it has not finished with. */
  readonly behind: number
  /** How often it has ended by itself. */
  readonly ended: number
}

export function* workerFamilies(workers: readonly WorkerCounts[]): Iterable<Family> {
  const of = (w: WorkerCounts): string => labels({ thread: w.name })
  yield each(workers, 'supercap_worker_tasks', 'gauge', 'Tasks that run on the thread.', of, (w) => w.tasks)
  yield each(
    workers,
    'supercap_worker_lag_entries',
    'gauge',
    'Entries of the input log that the thread has not finished with.',
    of,
    (w) => w.behind,
  )
  yield each(
    workers,
    'supercap_worker_ended_total',
    'counter',
    'Times that the thread has ended by itself and was started again.',
    of,
    (w) => w.ended,
  )
}
