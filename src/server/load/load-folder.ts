// The load folder: templates, tasks and handlers that files define. Brings what is defined in step with the files, each
// file for itself: one that can't be used is told of, and what it defined before stays. What didn't change is left alone,
// so that tasks keep their state.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { TopicHandlers } from '../../alert/topic-handlers.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'
import type { TaskChange, TaskService } from '../tasks/task-service.ts'
import type { TemplateService } from '../templates/template-service.ts'
import type { LoadedRecord, LoadedStore, LoadKind } from './loaded-store.ts'
import { readLoadHandler, readLoadTask } from './read-load-file.ts'

export interface LoadFolderOptions {
  readonly dir: string
  readonly tasks: Pick<TaskService<unknown>, 'get' | 'create' | 'update' | 'delete'>
  readonly templates: Pick<TemplateService<unknown>, 'get' | 'create' | 'update' | 'delete'>
  readonly handlers: Pick<TopicHandlers, 'list' | 'create' | 'replace' | 'remove'>
  readonly loaded: LoadedStore
  readonly logger: Logger
}

const KINDS: readonly LoadKind[] = ['templates', 'tasks', 'handlers']
const DOCUMENTS = ['.yaml', '.yml', '.json']
const EXTENSIONS: Readonly<Record<LoadKind, readonly string[]>> = {
  templates: ['.tick'],
  tasks: ['.tick', ...DOCUMENTS],
  handlers: DOCUMENTS,
}

export class LoadFolder {
  readonly #o: LoadFolderOptions
  #loading: Promise<void> = Promise.resolve()
  #errors = 0

  constructor(o: LoadFolderOptions) {
    this.#o = o
  }

  /** Files and objects that could not be brought in step, since the start. */
  get errors(): number {
    return this.#errors
  }

  /** Never rejects: what goes wrong is logged. A second call waits for the first. */
  load(): Promise<void> {
    this.#loading = this.#loading.then(() => this.#load())
    return this.#loading
  }

  async #load(): Promise<void> {
    const { dir, logger } = this.#o
    if (list(dir) === undefined) {
      logger.warn('there is no load folder: what was loaded before stays as it is', { dir })
      return
    }
    const gone: LoadedRecord[] = []
    let files = 0
    const before = this.#errors
    for (const kind of KINDS) {
      try {
        const names = (list(path.join(dir, kind)) ?? []).filter((n) => EXTENSIONS[kind].includes(path.extname(n)))
        files += names.length
        gone.push(...(await this.#loadKind(kind, names)))
      } catch (e) {
        this.#failed(path.join(dir, kind), e)
      }
    }
    // Templates last: tasks that are gone as well must not be in their way.
    for (const record of gone.reverse()) await this.#drop(record)
    logger.info('loaded the load folder', { dir, files, gone: gone.length, errors: this.#errors - before })
  }

  /** Gives what was loaded before and has no file any more. */
  async #loadKind(kind: LoadKind, names: readonly string[]): Promise<readonly LoadedRecord[]> {
    const before = this.#o.loaded.of(kind)
    const seen = new Map<string, LoadedRecord>()
    /** Files that can't be read may still stand for what they defined before. */
    const broken = new Set<string>()
    for (const file of names) {
      try {
        const record = await this.#loadFile(kind, file, seen)
        seen.set(idOf(record), record)
        const known = before.find((r) => idOf(r) === idOf(record))
        if (known?.file !== file) this.#o.loaded.put(record)
      } catch (e) {
        broken.add(file)
        this.#failed(path.join(this.#o.dir, kind, file), e)
      }
    }
    return before.filter((r) => !seen.has(idOf(r)) && !broken.has(r.file))
  }

  async #loadFile(kind: LoadKind, file: string, seen: ReadonlyMap<string, LoadedRecord>): Promise<LoadedRecord> {
    const full = path.join(this.#o.dir, kind, file)
    const extension = path.extname(file)
    const named = { kind, file, id: path.basename(file, extension), topic: '' }
    const once = (record: LoadedRecord): LoadedRecord => {
      const other = seen.get(idOf(record))
      if (other) throw new Error(`${record.id} is defined by ${other.file} already`)
      return record
    }
    if (kind === 'handlers') {
      const handler = readLoadHandler(full)
      const record = once({ ...named, id: handler.id, topic: handler.topic })
      this.#defineHandler(handler)
      return record
    }
    once(named)
    if (kind === 'templates') await this.#defineTemplate(named.id, readFileSync(full, 'utf8'))
    else {
      const change = extension === '.tick' ? { script: readFileSync(full, 'utf8') } : readLoadTask(full)
      try {
        await this.#defineTask(named.id, change)
      } catch (e) {
        // It is defined all the same, and shows its error.
        if (e instanceof Fault && e.code === 'task-start') this.#o.loaded.put(named)
        throw e
      }
    }
    return named
  }

  async #defineTemplate(id: string, script: string): Promise<void> {
    const { templates } = this.#o
    const old = templates.get(id)
    if (!old) await templates.create({ id, script })
    else if (old.record.script !== script) await templates.update(id, { script })
  }

  async #defineTask(id: string, change: TaskChange): Promise<void> {
    const { tasks } = this.#o
    const old = tasks.get(id)?.record
    if (!old) {
      await tasks.create({ ...change, id, status: 'enabled' })
      return
    }
    const { templateId = '', script = old.script, dbrps = old.dbrps, vars = old.vars } = change
    const wanted = { templateId, script, vars, dbrps: dbrps.length > 0 ? dbrps : old.dbrps }
    const { templateId: _t, script: _s, vars: _v, dbrps: _d } = old
    const isSame = same(wanted, { templateId: _t, script: _s, vars: _v, dbrps: _d })
    if (isSame && old.status === 'enabled' && tasks.get(id)?.running) return
    const isEmpty = (x: object): boolean => Object.keys(x).length === 0
    // A change can't take a task's template or all of its vars away.
    if ((templateId === '' && old.templateId !== '') || (isEmpty(vars) && !isEmpty(old.vars))) {
      await tasks.delete(id)
      await tasks.create({ ...change, id, status: 'enabled' })
      return
    }
    if (!isSame) await tasks.update(id, change)
    await tasks.update(id, { status: 'disabled' })
    await tasks.update(id, { status: 'enabled' })
  }

  #defineHandler(handler: ReturnType<typeof readLoadHandler>): void {
    const { handlers } = this.#o
    const { topic, id, kind, options = null, match = '' } = handler
    const old = handlers.list(topic, '').find((h) => h.id === id)
    const wanted = { topic, id, kind, options, match }
    if (!old) handlers.create(topic, wanted)
    else if (!same(old, wanted)) handlers.replace(topic, id, wanted)
  }

  async #drop(record: LoadedRecord): Promise<void> {
    const { kind, id, topic } = record
    try {
      if (kind === 'templates') await this.#o.templates.delete(id)
      else if (kind === 'tasks') await this.#o.tasks.delete(id)
      else this.#o.handlers.remove(topic, id)
      this.#o.loaded.remove(record)
    } catch (e) {
      this.#failed(path.join(this.#o.dir, kind, record.file), e)
    }
  }

  #failed(file: string, e: unknown): void {
    this.#errors++
    this.#o.logger.error('a file can not be loaded', { file, err: messageOf(e) })
  }
}

function idOf({ topic, id }: LoadedRecord): string {
  return JSON.stringify([topic, id])
}

/** Whatever their objects were made by. */
function same(a: object, b: object): boolean {
  return isDeepStrictEqual(structuredClone(a), structuredClone(b))
}

/** Names in a folder in order; undefined when there is no such folder. */
function list(dir: string): readonly string[] | undefined {
  try {
    return readdirSync(dir).sort()
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw e
  }
}
