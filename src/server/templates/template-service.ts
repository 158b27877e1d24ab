// The templates: defines, changes and deletes them. It speaks in records and Faults; HTTP and JSON are the routes'
// affair, and what a change does to tasks stands in follow-template.ts.
import { randomUUID } from 'node:crypto'
import { quoteText } from '../../alert/template/go-quote.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Program } from '../../lang/ast.ts'
import { taskTypeOf } from '../../lang/dbrps.ts'
import type { DeclaredVar } from '../../lang/evaluate/evaluator.ts'
import { idFault, type TaskType } from '../tasks/task-record.ts'
import type { TaskService } from '../tasks/task-service.ts'
import { type Following, followTemplate } from './follow-template.ts'
import type { TemplateRecord } from './template-record.ts'
import type { TemplateStep, TemplateStore } from './template-store.ts'

/** What a request says of a template. Missing and empty members mean "as it is" when a template is changed. */
export interface TemplateChange {
  readonly id?: string | undefined
  readonly type?: TaskType | undefined
  readonly script?: string | undefined
}

/** What a template's script comes to. */
export interface TemplateGraph {
  readonly dot: string
  readonly vars: ReadonlyMap<string, DeclaredVar>
  /** Why the script can't be compiled; '' when it can. */
  readonly error: string
}

export interface TemplateServiceOptions<C> extends Following<C> {
  readonly store: TemplateStore
  readonly service: Pick<TaskService<C>, 'withTemplates'>
  /** Compiles a script whose required vars have no values yet. Throws ScriptError. */
  readonly compileTemplate: (source: string, type: TaskType, id: string) => Omit<TemplateGraph, 'error'>
}

/** A template as it is shown. */
export interface TemplateView {
  readonly record: TemplateRecord
  formatted(): string
  graph(): TemplateGraph
}

interface Shown {
  readonly record: TemplateRecord
  formatted?: string
  graph?: TemplateGraph
}

const refused = (code: string, message: string, status = 400): Fault => new Fault(code, message, { status })

export class TemplateService<C> {
  readonly #o: TemplateServiceOptions<C>
  readonly #shown = new Map<string, Shown>()

  constructor(o: TemplateServiceOptions<C>) {
    this.#o = o
  }

  get(id: string): TemplateView | undefined {
    const record = this.#o.store.get(id)
    return record && this.#view(record)
  }

  /** All that the filter takes, in the byte order of their ids. */
  *list(filter: (id: string) => boolean = () => true): Iterable<TemplateView> {
    for (const id of this.#o.store.ids()) if (filter(id)) yield this.#view(this.#o.store.get(id)!)
  }

  /** Defines a template. Throws Fault (400). */
  create(change: TemplateChange): Promise<TemplateView> {
    const id = change.id || randomUUID()
    checkId(id)
    return this.#o.service.withTemplates([id], async () => {
      if (this.#o.store.get(id)) throw refused('template-exists', `template ${id} already exists`)
      const script = change.script ?? ''
      const type = taskTypeOf(this.#parse(script))
      if (type === undefined) throw refused('bad-type', 'invalid task type: invalid')
      const now = this.#o.clock.now()
      const record: TemplateRecord = { id, type, script, created: now, modified: now }
      const graph = this.#compile(record)
      this.#o.store.apply({ from: id, to: record })
      this.#o.logger.info('defined template', { template: id, type })
      return this.#defined(record, graph)
    })
  }

  /**
   * Changes a template, and with it all tasks made from it. Throws Fault: 400, 404, and 500 when a task can't follow;
   * then everything is as it was.
   */
  update(id: string, change: TemplateChange): Promise<TemplateView> {
    const newId = change.id || id
    return this.#o.service.withTemplates([id, newId], async (tasks) => {
      const { store } = this.#o
      const old = store.get(id)
      if (!old) throw refused('no-template', 'template does not exist, cannot update', 404)
      if (newId !== id) checkId(newId)
      const script = change.script || old.script
      this.#parse(script)
      const type = change.type ?? old.type
      const record: TemplateRecord = { ...old, id: newId, type, script, modified: this.#o.clock.now() }
      const graph = this.#compile(record)
      if (newId !== id && store.get(newId)) throw refused('template-exists', 'template already exists')
      const forth: TemplateStep = { from: id, to: record }
      const back: TemplateStep = { from: newId, to: old }
      const edit = {
        old,
        now: record,
        stage: (w) => store.stage(w, forth),
        unstage: (w) => store.stage(w, back),
      } satisfies Parameters<typeof followTemplate>[1]
      await followTemplate(
        this.#o,
        edit,
        tasks.filter((t) => t.templateId === id),
      )
      store.done(forth)
      this.#shown.delete(id)
      return this.#defined(record, graph)
    })
  }

  /** Forgets a template; no error when there is none. Its tasks stay as they are. */
  delete(id: string): Promise<void> {
    return this.#o.service.withTemplates([id], async () => {
      if (!this.#o.store.get(id)) return
      this.#o.store.apply({ from: id, to: undefined })
      this.#shown.delete(id)
      this.#o.logger.info('deleted template', { template: id })
    })
  }

  #view(record: TemplateRecord): TemplateView {
    let shown = this.#shown.get(record.id)
    if (shown?.record !== record) this.#shown.set(record.id, (shown = { record }))
    return {
      record,
      formatted: () => (shown.formatted ??= this.#format(record.script)),
      graph: () => (shown.graph ??= this.#graph(record)),
    }
  }

  #defined(record: TemplateRecord, graph: TemplateGraph): TemplateView {
    this.#shown.set(record.id, { record, graph })
    return this.#view(record)
  }

  #format(script: string): string {
    try {
      return this.#o.scripts.format(script)
    } catch {
      return script
    }
  }

  /** What stands in the store may be from a version that knew other nodes. */
  #graph(r: TemplateRecord): TemplateGraph {
    try {
      return { ...this.#o.compileTemplate(r.script, r.type, r.id), error: '' }
    } catch (e) {
      return { dot: '', vars: new Map(), error: messageOf(e) }
    }
  }

  #parse(script: string): Program {
    return asScript(() => this.#o.scripts.parse(script))
  }

  #compile(r: TemplateRecord): TemplateGraph {
    return asScript(() => ({ ...this.#o.compileTemplate(r.script, r.type, r.id), error: '' }))
  }
}

function asScript<T>(read: () => T): T {
  try {
    return read()
  } catch (e) {
    throw new Fault('bad-script', `invalid TICKscript: ${messageOf(e)}`, { status: 400, cause: e })
  }
}

function checkId(id: string): void {
  const fault = idFault('template', id, quoteText)
  if (fault !== undefined) throw refused('bad-id', fault)
}
