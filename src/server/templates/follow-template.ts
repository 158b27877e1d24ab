// Carries the change of a template through to the tasks made from it: all of them take the new script, the enabled ones
// start anew with it, or nothing changes at all. Knows nothing of how templates are asked for.
import type { Clock } from '../../base/clock.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'
import { dbrpsOf } from '../../lang/dbrps.ts'
import type { Writer } from '../../store/batch.ts'
import type { TaskRecord } from '../tasks/task-record.ts'
import type { Runner, Scripts } from '../tasks/task-runtime.ts'
import type { TaskStore } from '../tasks/task-store.ts'
import type { TemplateRecord } from './template-record.ts'

export interface Following<C> {
  readonly tasks: TaskStore
  readonly scripts: Scripts<C>
  readonly runner: Runner<C>
  readonly clock: Clock
  readonly logger: Logger
}

/** The template before and after, and what has to be written with the tasks. */
export interface TemplateEdit {
  readonly old: TemplateRecord
  readonly now: TemplateRecord
  readonly stage: (writer: Writer) => void
  readonly unstage: (writer: Writer) => void
}

interface Step<C> {
  readonly before: TaskRecord
  readonly after: TaskRecord
  /** What an enabled task is started with. */
  readonly compiled: C | undefined
}

/**
 * Changes template and tasks in one transaction, then restarts the enabled tasks one after the other. Throws Fault (500)
 * at the first task that can't follow; then tasks and template are as they were, and what ran runs.
 */
export async function followTemplate<C>(
  f: Following<C>,
  edit: TemplateEdit,
  tasks: readonly TaskRecord[],
): Promise<void> {
  const steps = stepsOf(f, edit, tasks)
  f.tasks.putAll(
    steps.map((s) => s.after),
    edit.stage,
  )
  const begun: Step<C>[] = []
  for (const step of steps) {
    if (step.after.status !== 'enabled') continue
    begun.push(step)
    try {
      await restart(f, step.after, step.compiled!)
    } catch (e) {
      await revert(f, edit, steps, begun)
      throw refused('reloading', step.before.id, e)
    }
  }
}

function stepsOf<C>(f: Following<C>, { old, now }: TemplateEdit, tasks: readonly TaskRecord[]): Step<C>[] {
  const dbrps = dbrpsOf(f.scripts.parse(now.script))
  const implied = dbrps.length > 0 || impliesDbrps(f, old.script)
  const modified = f.clock.now()
  return tasks.map((before): Step<C> => {
    const after: TaskRecord = {
      ...before,
      templateId: now.id,
      type: now.type,
      script: now.script,
      dbrps: implied ? dbrps : before.dbrps,
      error: before.status === 'enabled' ? '' : before.error,
      modified,
    }
    if (after.status !== 'enabled') return { before, after, compiled: undefined }
    try {
      return { before, after, compiled: f.scripts.compile(after.script, after.type, after.vars, after.dbrps) }
    } catch (e) {
      throw refused('reloading', before.id, e)
    }
  })
}

function impliesDbrps<C>(f: Following<C>, script: string): boolean {
  try {
    return dbrpsOf(f.scripts.parse(script)).length > 0
  } catch {
    return false
  }
}

async function restart<C>(f: Following<C>, task: TaskRecord, compiled: C): Promise<void> {
  await f.runner.stop(task.id, 'handover')
  f.runner.start(task.id, compiled, task.dbrps, task)
  f.logger.info('started task', { task: task.id, template: task.templateId })
}

async function revert<C>(
  f: Following<C>,
  edit: TemplateEdit,
  steps: readonly Step<C>[],
  begun: readonly Step<C>[],
): Promise<void> {
  f.tasks.putAll(
    steps.map((s) => s.before),
    edit.unstage,
  )
  for (const { before } of begun) {
    try {
      await restart(f, before, f.scripts.compile(before.script, before.type, before.vars, before.dbrps))
    } catch (e) {
      f.logger.error('task can not be started again', { task: before.id, err: messageOf(e) })
      f.tasks.put({ ...before, error: messageOf(e) })
    }
  }
}

function refused(doing: string, task: string, cause: unknown): Fault {
  return new Fault('template-refused', `error ${doing} associated task ${task}: ${messageOf(cause)}`, { cause })
}
