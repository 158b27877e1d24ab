// The tasks: defines, changes, starts and stops them, and keeps what is stored and what runs in step. It speaks in
// records and Faults; HTTP and JSON are the routes' affair.
import { randomUUID } from 'node:crypto'
import { quoteText } from '../../alert/template/go-quote.ts'
import type { Clock } from '../../base/clock.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Int } from '../../base/int64.ts'
import type { Logger } from '../../base/logger.ts'
import { ZERO_TIME } from '../../base/time.ts'
import type { Program } from '../../lang/ast.ts'
import { dbrpsOf, taskTypeOf } from '../../lang/dbrps.ts'
import type { GivenVars } from '../../lang/vars.ts'
import { KeyLock } from './key-lock.ts'
import { type Dbrp, idFault, type TaskRecord, type TaskStatus, type TaskType } from './task-record.ts'
import type { Runner, Running, Scripts } from './task-runtime.ts'
import type { TaskStore } from './task-store.ts'

/** What a request says of a task. Missing and empty members mean "as it is" when a task is changed. */
export interface TaskChange {
  readonly id?: string | undefined
  readonly templateId?: string | undefined
  readonly dbrps?: readonly Dbrp[] | undefined
  readonly script?: string | undefined
  readonly status?: TaskStatus | undefined
  readonly vars?: GivenVars | undefined
  /** Nanoseconds, at least 0; null: as the configuration says. */
  readonly groupExpiry?: Int | null | undefined
}

/** Where templates come from. */
export interface Templates {
  /** The template's script; undefined when there is no such template. */
  script(id: string): string | undefined
}

export interface TaskServiceOptions<C> {
  readonly store: TaskStore
  readonly scripts: Scripts<C>
  readonly runner: Runner<C>
  readonly clock: Clock
  readonly logger: Logger
  readonly templates?: Templates
  /** Called after a task is gone under this id. The request waits for it. */
  readonly onGone?: (id: string, why: 'deleted' | 'renamed') => void | Promise<void>
}

/** A task as it is shown. */
export interface TaskView {
  readonly record: TaskRecord
  /** Undefined when it is not executing. */
  readonly running: Running | undefined
  /** The script in canonical form; as it was sent when it can't be read. */
  formatted(): string
  /** The resting graph, or why there is none. */
  graph(): { readonly dot: string; readonly error: string }
}

interface Shown {
  readonly record: TaskRecord
  formatted?: string
  graph?: { readonly dot: string; readonly error: string }
}

/** Templates share the lock with tasks, under keys that no task has. */
function templateKeys(...ids: readonly (string | undefined)[]): string[] {
  return ids.flatMap((id) => (id ? [`\u0000template ${id}`] : []))
}

function ownExpiry(ns: Int | null | undefined): { readonly groupExpiry?: Int } {
  return ns === undefined || ns === null ? {} : { groupExpiry: ns }
}

const refused = (code: string, message: string, status = 400): Fault => new Fault(code, message, { status })

export class TaskService<C> {
  readonly #o: TaskServiceOptions<C>
  readonly #lock = new KeyLock()
  readonly #shown = new Map<string, Shown>()

  constructor(o: TaskServiceOptions<C>) {
    this.#o = o
  }

  // ---- reading ----

  get(id: string): TaskView | undefined {
    const record = this.#o.store.get(id)
    return record && this.#view(record)
  }

  /** All that the filter takes, in the byte order of their ids. */
  *list(filter: (id: string) => boolean = () => true): Iterable<TaskView> {
    for (const id of this.#o.store.ids()) if (filter(id)) yield this.#view(this.#o.store.get(id)!)
  }

  counts(): { readonly tasks: number; readonly enabled: number } {
    let enabled = 0
    for (const r of this.#o.store.all()) if (r.status === 'enabled') enabled++
    return { tasks: this.#o.store.size, enabled }
  }

  #view(record: TaskRecord): TaskView {
    let shown = this.#shown.get(record.id)
    // A record is never changed, only replaced: what was derived from it holds as long as it is the same one.
    if (shown?.record !== record) this.#shown.set(record.id, (shown = { record }))
    return {
      record,
      running: this.#o.runner.running(record.id),
      formatted: () => (shown.formatted ??= this.#format(record.script)),
      graph: () => (shown.graph ??= this.#graph(record)),
    }
  }

  /** The view of a task that was just compiled. */
  #defined(id: string, compiled: C): TaskView {
    const record = this.#o.store.get(id)!
    this.#shown.set(id, { record, graph: { dot: this.#o.scripts.dot(compiled, id), error: '' } })
    return this.#view(record)
  }

  #format(script: string): string {
    try {
      return this.#o.scripts.format(script)
    } catch {
      return script
    }
  }

  #graph(r: TaskRecord): { dot: string; error: string } {
    try {
      return { dot: this.#o.scripts.dot(this.#o.scripts.compile(r.script, r.type, r.vars, r.dbrps), r.id), error: '' }
    } catch (e) {
      return { dot: '', error: messageOf(e) }
    }
  }

  // ---- changing ----

  /**
   * Defines a task and starts it when it is to be enabled. Throws Fault (400). A task that can't start is stored all
   * the same, enabled and with its error.
   */
  create(change: TaskChange): Promise<TaskView> {
    const id = change.id || randomUUID()
    this.#checkId(id)
    return this.#lock.run([id, ...templateKeys(change.templateId)], async () => {
      if (this.#o.store.get(id)) throw refused('task-exists', `task ${id} already exists`)
      const templateId = change.templateId ?? ''
      const script = templateId ? this.#templateScript(templateId, templateId) : (change.script ?? '')
      if (script === '') throw refused('no-script', 'must provide TICKscript')
      const program = this.#parse(script)
      const type = this.#typeOf(program)
      const vars = change.vars ?? {}
      const implicit = dbrpsOf(program)
      const explicit = change.dbrps ?? []
      const dbrps = implicit.length > 0 ? implicit : explicit
      const compiled = this.#compile(script, type, vars, dbrps)
      if (dbrps.length === 0) throw refused('no-dbrp', 'must specify dbrp')
      if (implicit.length > 0 && explicit.length > 0)
        throw refused('dbrp-twice', 'cannot specify dbrp in both implicitly and explicitly')
      const now = this.#o.clock.now()
      const status = change.status ?? 'disabled'
      const lastEnabled = status === 'enabled' ? now : ZERO_TIME
      const record: TaskRecord = {
        id,
        templateId,
        type,
        dbrps,
        script,
        vars,
        status,
        error: '',
        created: now,
        modified: now,
        lastEnabled,
        ...ownExpiry(change.groupExpiry),
      }
      this.#o.store.put(record)
      this.#o.logger.info('defined task', { task: id, type, status })
      if (status === 'enabled') this.#start(record, compiled)
      return this.#defined(id, compiled)
    })
  }

  /**
   * Changes a task. A running task goes on with the script, vars, DBRPs and group expiry that it was started with until it is
   * disabled and enabled; an enabled one that does not run is tried again. Throws Fault (400, 404).
   */
  update(id: string, change: TaskChange): Promise<TaskView> {
    const newId = change.id || id
    const keys = templateKeys(change.templateId, this.#o.store.get(id)?.templateId)
    return this.#lock.run([id, newId, ...keys], async () => {
      const old = this.#o.store.get(id)
      if (!old) throw refused('no-task', 'task does not exist, cannot update', 404)
      if (newId !== id) this.#checkId(newId)
      const record = this.#changed(old, newId, change)
      const compiled = this.#compile(record.script, record.type, record.vars, record.dbrps)
      if (newId !== id && this.#o.store.get(newId))
        throw refused('task-exists', 'failed to create new task during ID change: object already exists')
      await this.#replace(old, record, compiled)
      return this.#defined(newId, compiled)
    })
  }

  #changed(old: TaskRecord, id: string, change: TaskChange): TaskRecord {
    const templateId = change.templateId || old.templateId
    const script = templateId ? this.#templateScript(templateId, change.templateId ?? '') : change.script || old.script
    const program = this.#parse(script)
    const implicit = dbrpsOf(program)
    const explicit = change.dbrps ?? []
    if (implicit.length === 0 && explicit.length === 0 && script !== old.script) {
      if (dbrpsOf(this.#parse(old.script)).length > 0) throw refused('no-dbrp', 'must specify dbrp')
    }
    if (implicit.length > 0 && explicit.length > 0)
      throw refused('dbrp-twice', 'cannot specify dbrp in implicitly and explicitly')
    const now = this.#o.clock.now()
    const status = change.status ?? old.status
    return {
      id,
      templateId,
      type: this.#typeOf(program),
      dbrps: implicit.length > 0 ? implicit : explicit.length > 0 ? explicit : old.dbrps,
      script,
      vars: change.vars && Object.keys(change.vars).length > 0 ? change.vars : old.vars,
      status,
      error: old.error,
      created: old.created,
      modified: now,
      lastEnabled: status === 'enabled' && old.status === 'disabled' ? now : old.lastEnabled,
      ...ownExpiry(change.groupExpiry === undefined ? old.groupExpiry : change.groupExpiry),
    }
  }

  async #replace(old: TaskRecord, record: TaskRecord, compiled: C): Promise<void> {
    const renamed = old.id !== record.id
    const runs = this.#o.runner.running(old.id) !== undefined
    const start = record.status === 'enabled' && (renamed || !runs)
    const stored = start ? { ...record, error: '' } : record
    if (renamed) {
      this.#o.store.rename(old.id, stored)
      this.#shown.delete(old.id)
    } else this.#o.store.put(stored)
    if (runs && (renamed || record.status === 'disabled')) await this.#o.runner.stop(old.id, 'drain')
    if (renamed) await this.#o.onGone?.(old.id, 'renamed')
    if (start) this.#start(stored, compiled)
  }

  /** Forgets a task; no error when there is none. */
  async delete(id: string): Promise<void> {
    await this.#lock.run([id], async () => {
      if (!this.#o.store.get(id)) return
      this.#o.store.remove(id)
      this.#shown.delete(id)
      await this.#o.runner.stop(id, 'drain')
      await this.#o.onGone?.(id, 'deleted')
      this.#o.logger.info('deleted task', { task: id })
    })
  }

  /**
   * Runs an action on templates while neither they nor the tasks made from them change otherwise; the action gets those
   * tasks, in the order of their ids.
   */
  async withTemplates<T>(
    templates: readonly string[],
    action: (tasks: readonly TaskRecord[]) => Promise<T>,
  ): Promise<T> {
    const made = (): readonly TaskRecord[] => this.#o.store.all().filter((r) => templates.includes(r.templateId))
    for (;;) {
      const ids = made().map((r) => r.id)
      const done = await this.#lock.run([...ids, ...templateKeys(...templates)], async () => {
        const tasks = made()
        // Tasks that came while we waited for our turn are not ours to change: wait for them, too.
        if (tasks.some((r) => !ids.includes(r.id))) return undefined
        return { result: await action(tasks) }
      })
      if (done) return done.result
    }
  }

  // ---- life ----

  /** Starts all enabled tasks; those that can't be are logged and keep their error. */
  startAll(): { readonly started: number; readonly failed: number } {
    let started = 0
    let failed = 0
    for (const record of this.#o.store.all()) {
      if (record.status !== 'enabled') continue
      try {
        const compiled = this.#compile(record.script, record.type, record.vars, record.dbrps)
        const clean = record.error === '' ? record : { ...record, error: '' }
        this.#start(clean, compiled)
        if (clean !== record) this.#o.store.put(clean)
        started++
      } catch (e) {
        failed++
        this.#o.logger.error('task can not be started', { task: record.id, err: messageOf(e) })
      }
    }
    return { started, failed }
  }

  /** A running task has ended by itself: it stays enabled and shows why it does not run. */
  failed(id: string, message: string): void {
    const record = this.#o.store.get(id)
    this.#o.logger.error('task failed', { task: id, err: message })
    if (record) this.#storeError(record, message)
  }

  #start(record: TaskRecord, compiled: C): void {
    try {
      this.#o.runner.start(record.id, compiled, record.dbrps, record)
    } catch (e) {
      this.#storeError(this.#o.store.get(record.id) ?? record, messageOf(e))
      throw new Fault('task-start', messageOf(e), { status: 400, cause: e })
    }
    this.#o.logger.info('started task', { task: record.id })
  }

  #storeError(record: TaskRecord, error: string): void {
    try {
      this.#o.store.put({ ...record, error })
    } catch (e) {
      this.#o.logger.error("a task's error can't be stored", { task: record.id, err: messageOf(e) })
    }
  }

  // ---- checks ----

  #checkId(id: string): void {
    const fault = idFault('task', id, quoteText)
    if (fault !== undefined) throw refused('bad-id', fault)
  }

  #templateScript(id: string, requested: string): string {
    const script = this.#o.templates?.script(id)
    if (script === undefined) throw refused('no-template', `unknown template ${requested}: err: no template exists`)
    return script
  }

  #parse(script: string): Program {
    return this.#asScript(() => this.#o.scripts.parse(script))
  }

  #compile(script: string, type: TaskType, vars: GivenVars, dbrps: readonly Dbrp[]): C {
    return this.#asScript(() => this.#o.scripts.compile(script, type, vars, dbrps))
  }

  #asScript<T>(read: () => T): T {
    try {
      return read()
    } catch (e) {
      throw new Fault('bad-script', `invalid TICKscript: ${messageOf(e)}`, { status: 400, cause: e })
    }
  }

  #typeOf(program: Program): TaskType {
    const type = taskTypeOf(program)
    if (type === undefined) throw refused('bad-type', 'invalid task type: invalid')
    return type
  }
}
