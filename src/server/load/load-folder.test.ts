import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import type { Logger } from '../../base/logger.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import { FakeRunner, silentLogger, startTestApp } from '../api/test-app.ts'
import { compileTemplate } from '../script-environment.ts'
import { systemClock } from '../system-clock.ts'
import { TaskService } from '../tasks/task-service.ts'
import { TaskStore } from '../tasks/task-store.ts'
import { TemplateService } from '../templates/template-service.ts'
import { TemplateStore } from '../templates/template-store.ts'
import { LoadFolder } from './load-folder.ts'
import { LoadedStore } from './loaded-store.ts'

const root = mkdtempSync(path.join(tmpdir(), 'load-'))
after(() => rmSync(root, { recursive: true, force: true }))
const app = await startTestApp()
after(() => app.close())

const TASK = `dbrp "d"."r"\nstream|from().measurement('m')`
const TEMPLATE = `var x = 1\nstream|from().measurement('t').where(lambda: "v" > x)`
const FROM_TEMPLATE = `template-id: tpl\ndbrps: [{db: d, rp: r}]\nvars:\n  x: {type: int, value: 3}\n`
const HANDLER = `topic: TOPIC\nid: h\nkind: log\noptions: {path: /nowhere/x.log}\nmatch: level() == CRITICAL\n`

let folders = 0

class Fixture {
  readonly dir = path.join(root, String(folders++))
  readonly topic = `topic${folders}`
  readonly runner = new FakeRunner()
  readonly errors: string[] = []
  readonly handlers = app.alerting.handlers
  readonly tasks: TaskService<unknown>
  readonly templates: TemplateService<unknown>
  readonly folder: LoadFolder

  constructor() {
    const disk = openMemoryStore()
    const store = new TaskStore(disk)
    const templateStore = new TemplateStore(disk)
    const common = { scripts: this.runner, runner: this.runner, clock: systemClock, logger: silentLogger }
    const tasks = new TaskService({ ...common, store, templates: templateStore })
    this.tasks = tasks as unknown as TaskService<unknown>
    this.templates = new TemplateService({
      ...common,
      store: templateStore,
      service: tasks,
      tasks: store,
      compileTemplate,
    }) as unknown as TemplateService<unknown>
    const logger: Logger = {
      ...silentLogger,
      warn: (text) => void this.errors.push(text),
      error: (_, fields) =>
        void this.errors.push(`${path.relative(this.dir, String(fields?.['file']))}: ${fields?.['err']}`),
    }
    const { dir, templates, handlers } = this
    this.folder = new LoadFolder({ dir, tasks: this.tasks, templates, handlers, loaded: new LoadedStore(disk), logger })
  }

  write(file: string, text: string): void {
    const full = path.join(this.dir, file)
    mkdirSync(path.dirname(full), { recursive: true })
    writeFileSync(full, text.replaceAll('TOPIC', this.topic))
  }

  remove(file: string): void {
    rmSync(path.join(this.dir, file), { recursive: true })
  }

  /** What was done to running tasks by it. */
  async load(): Promise<readonly string[]> {
    this.runner.calls.length = 0
    this.errors.length = 0
    await this.folder.load()
    return this.runner.calls
  }

  ids(): string[] {
    return [...this.tasks.list()].map((t) => t.record.id)
  }

  handlerIds(): string[] {
    return this.handlers.list(this.topic, '').map((h) => h.id)
  }

  async filled(): Promise<this> {
    this.write('templates/tpl.tick', TEMPLATE)
    this.write('tasks/a.tick', TASK)
    this.write('tasks/b.yaml', FROM_TEMPLATE)
    this.write('handlers/one.yaml', HANDLER)
    await this.load()
    assert.deepEqual(this.errors, [])
    return this
  }
}

describe('the load folder', () => {
  test('defines templates, enabled tasks and handlers', async () => {
    const f = await new Fixture().filled()
    f.write('tasks/c.json', '{"id":"other","template-id":"tpl","dbrps":["\\"d\\".\\"r\\""]}')
    f.write('tasks/README.md', 'no task')
    f.write('tasks/deeper/d.tick', TASK)
    assert.deepEqual(await f.load(), ['start c'])
    assert.deepEqual(f.errors, [])
    assert.deepEqual(f.ids(), ['a', 'b', 'c'])
    assert.equal(f.templates.get('tpl')?.record.script, TEMPLATE)
    const b = f.tasks.get('b')!.record
    assert.equal(b.status, 'enabled')
    assert.deepEqual(b.vars['x'], { type: 'int', value: 3, description: '' })
    assert.deepEqual(f.tasks.get('c')!.record.dbrps, [{ db: 'd', rp: 'r' }])
    assert.deepEqual({ ...f.handlers.get(f.topic, 'h') }.match, 'level() == CRITICAL')
  })

  test('leaves alone what did not change', async () => {
    const f = await new Fixture().filled()
    const modified = f.tasks.get('a')!.record.modified
    assert.deepEqual(await f.load(), [])
    assert.equal(f.tasks.get('a')!.record.modified, modified)
  })

  test('changes what changed and starts it anew', async () => {
    const f = await new Fixture().filled()
    f.write('tasks/a.tick', TASK.replace("'m'", "'n'"))
    f.write('tasks/b.yaml', FROM_TEMPLATE.replace('3', '4'))
    f.write('handlers/one.yaml', HANDLER.replace('CRITICAL', 'OK'))
    assert.deepEqual(await f.load(), ['stop a', 'start a', 'stop b', 'start b'])
    assert.equal(f.tasks.get('b')!.record.vars['x']!.value, 4)
    assert.equal(f.handlers.get(f.topic, 'h').match, 'level() == OK')
    await f.tasks.update('a', { status: 'disabled' })
    assert.deepEqual(await f.load(), ['start a'])
  })

  test('makes a task anew when a change could not take away what the file has no more', async () => {
    const f = await new Fixture().filled()
    f.write('tasks/b.yaml', 'template-id: tpl\ndbrps: [{db: d, rp: r}]\n')
    assert.deepEqual(await f.load(), ['stop b', 'start b'])
    assert.deepEqual(f.tasks.get('b')!.record.vars, {})
    f.remove('tasks/b.yaml')
    f.write('tasks/b.tick', TASK)
    assert.deepEqual(await f.load(), ['stop b', 'start b'])
    assert.equal(f.tasks.get('b')!.record.templateId, '')
    assert.deepEqual(await f.load(), [])
  })

  test('takes away what has no file any more, and nothing that was made otherwise', async () => {
    const f = await new Fixture().filled()
    await f.tasks.create({ id: 'own', script: TASK })
    for (const file of ['tasks', 'templates/tpl.tick', 'handlers/one.yaml']) f.remove(file)
    await f.load()
    assert.deepEqual(f.errors, [])
    assert.deepEqual(f.ids(), ['own'])
    assert.equal(f.templates.get('tpl'), undefined)
    assert.deepEqual(f.handlerIds(), [])
    // Once: somebody may make it again by other ways.
    await f.tasks.create({ id: 'a', script: TASK })
    await f.load()
    assert.deepEqual(f.ids(), ['a', 'own'])
  })

  test('a handler that its file calls otherwise now is replaced', async () => {
    const f = await new Fixture().filled()
    f.write('handlers/one.yaml', HANDLER.replace('id: h', 'id: i'))
    await f.load()
    assert.deepEqual(f.handlerIds(), ['i'])
  })

  test('tells of a bad file, keeps what it defined before and goes on', async () => {
    const f = await new Fixture().filled()
    f.write('tasks/a.tick', `${TASK}|nocompile()`)
    f.write('tasks/b.yaml', '{')
    f.write('tasks/c.tick', TASK)
    f.write('tasks/d.tick', `${TASK} // nostart`)
    f.write('tasks/e f.tick', TASK)
    f.write('templates/broken.tick', 'stream|')
    f.write('handlers/one.yaml', 'kind: log')
    f.write('handlers/two.yaml', HANDLER.replace('kind: log', 'kind: lag').replace('id: h', 'id: i'))
    f.write('handlers/zwei.json', JSON.stringify({ topic: f.topic, id: 'j', kind: 'log', options: { path: '/x' } }))
    await f.load()
    assert.deepEqual(f.errors.map((e) => e.split(':')[0]).sort(), [
      'handlers/one.yaml',
      'handlers/two.yaml',
      'tasks/a.tick',
      'tasks/b.yaml',
      'tasks/d.tick',
      'tasks/e f.tick',
      'templates/broken.tick',
    ])
    assert.equal(f.folder.errors, 7)
    assert.deepEqual(f.ids(), ['a', 'b', 'c', 'd'])
    assert.equal(f.tasks.get('a')!.record.script, TASK)
    assert.deepEqual(f.handlerIds(), ['h', 'j'])
    f.write('tasks/b.yaml', FROM_TEMPLATE)
    f.remove('tasks/a.tick')
    // It was defined, though it could not start.
    f.remove('tasks/d.tick')
    await f.load()
    assert.deepEqual(f.ids(), ['b', 'c'])
  })

  test('of two files with one name the first counts', async () => {
    const f = await new Fixture().filled()
    f.write('tasks/a.yaml', FROM_TEMPLATE)
    await f.load()
    assert.deepEqual(f.errors, ['tasks/a.yaml: a is defined by a.tick already'])
    assert.equal(f.tasks.get('a')!.record.templateId, '')
  })

  test('that is not there takes nothing away', async () => {
    const f = await new Fixture().filled()
    rmSync(f.dir, { recursive: true })
    await f.load()
    assert.match(f.errors.join(), /there is no load folder/)
    assert.deepEqual(f.ids(), ['a', 'b'])
  })
})
