// The rules of the house that a machine can check: which room may import which, what the core may not use, and that
// every node, function, handler, route and diagnostic has its documentation and a case.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { after, describe, it } from 'node:test'
import { CODE_GROUPS, diagnosticTasks, pages, stalePages } from '../docs/generate.ts'
import { diagnosticsOf } from '../docs/generator/diagnostics-page.ts'
import type { ConfigFields } from '../src/alert/handlers/config-section.ts'
import { ALERT_HANDLERS } from '../src/alert/handlers/handler-list.ts'
import { MATCH_FUNCTIONS } from '../src/alert/match.ts'
import type { ArgBase, FieldSpec } from '../src/lang/fields.ts'
import { BUILTIN_FUNCTIONS } from '../src/lang/lambda/builtins.ts'
import type { Route } from '../src/server/api/route.ts'
import { ROUTES } from '../src/server/api/routes.ts'
import { startTestApp } from '../src/server/api/test-app.ts'
import { loadConfig } from '../src/server/config/load-config.ts'
import { scriptEnvironment } from '../src/server/script-environment.ts'
import { callsIn, scriptsIn, topicHandlersIn } from './cases/case-contents.ts'
import { caseFiles, readCases } from './cases/case-file.ts'

const root = path.join(import.meta.dirname, '..')
/** A file imports from its own room or one above it in this list. */
const ROOMS = ['base', 'lang', 'store', 'alert', 'flow', 'nodes', 'server', 'cli']
/** Rooms that a browser can run. */
const PURE = ['base', 'lang']
const VAGUE = /^(utils?|helpers?|common|misc)\.ts$/

function files(folder: string): string[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts'))
    .map((f) => path.join(folder, f))
}

const sources = files('src')
const isTest = (f: string): boolean => /\.test\.ts$|arbitrary\.ts$|testdata|golden-data\.ts$|test-app\.ts$/.test(f)
const roomOf = (f: string): string => f.split(path.sep)[1] ?? ''

function imports(f: string): string[] {
  const text = fs.readFileSync(path.join(root, f), 'utf8')
  return [
    ...text.matchAll(
      /^\s*(?:import|export)\b[^'"\n]*?(?:from\s+)?['"]([^'"]+)['"]|^\} from ['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
    ),
  ].map((m) => (m[1] ?? m[2] ?? m[3])!)
}

describe('rooms', () => {
  it('import only from themselves and from rooms above', () => {
    const wrong: string[] = []
    for (const f of sources.filter((x) => !isTest(x))) {
      for (const i of imports(f)) {
        if (!i.startsWith('.')) continue
        const to = path.relative(root, path.resolve(root, path.dirname(f), i))
        if (!to.startsWith(`src${path.sep}`)) continue
        if (ROOMS.indexOf(roomOf(to)) > ROOMS.indexOf(roomOf(f))) wrong.push(`${f} imports ${to}`)
      }
    }
    assert.deepEqual(wrong, [])
  })

  it('hold all sources', () => {
    assert.deepEqual(
      sources.filter((f) => !ROOMS.includes(roomOf(f))),
      [],
    )
  })

  it('base and lang use nothing of Node', () => {
    const wrong = sources.filter(
      (f) => PURE.includes(roomOf(f)) && !isTest(f) && imports(f).some((i) => i.startsWith('node:')),
    )
    assert.deepEqual(wrong, [])
  })
})

describe('files', () => {
  it('begin with what they own', () => {
    const wrong = sources.filter(
      (f) => !isTest(f) && !/^(\/\/|\/\*\*|#!)/.test(fs.readFileSync(path.join(root, f), 'utf8')),
    )
    assert.deepEqual(wrong, [])
  })

  it('are named after what they export', () => {
    assert.deepEqual(
      sources.filter((f) => VAGUE.test(path.basename(f))),
      [],
    )
  })

  it('stay short enough to be read at once', () => {
    const long = sources
      .filter((f) => !isTest(f))
      .map((f) => [f, fs.readFileSync(path.join(root, f), 'utf8').split('\n').length] as const)
    assert.deepEqual(
      long.filter(([, n]) => n > 500),
      [],
    )
  })

  it('use no default exports', () => {
    const wrong = sources.filter((f) => /^export default /m.test(fs.readFileSync(path.join(root, f), 'utf8')))
    assert.deepEqual(wrong, [])
  })
})

const cases = ['conformance/cases', 'cases/own']
  .map((folder) => path.join(root, 'test', folder))
  .flatMap((folder) => caseFiles(folder).flatMap(readCases))
const { declarations: nodes, macros = [] } = scriptEnvironment.registry
const callable = [...nodes.filter((n) => !n.internal), ...macros]

describe('documentation', () => {
  it('is made from the declarations as they are now', () => assert.deepEqual(stalePages(), []))

  it('has a section for each node, handler, function and diagnostic', () => {
    const all = pages()
    const missing = (page: string, names: readonly string[]): string[] => {
      const heads = new Set([...all[page]!.matchAll(/^##+ (.+)$/gm)].map((m) => m[1]))
      return names.filter((n) => !heads.has(n))
    }
    assert.deepEqual(
      missing(
        'nodes.md',
        [...nodes, ...macros].map((d) => d.name),
      ),
      [],
    )
    assert.deepEqual(
      missing(
        'handlers.md',
        ALERT_HANDLERS.map((d) => d.method?.name ?? d.kind),
      ),
      [],
    )
    assert.deepEqual(
      missing(
        'functions.md',
        [...BUILTIN_FUNCTIONS, ...MATCH_FUNCTIONS].map((f) => f.name),
      ),
      [],
    )
    assert.deepEqual(
      missing(
        'diagnostics.md',
        CODE_GROUPS.flatMap((g) => Object.keys(g.codes)),
      ),
      [],
    )
  })

  it('says something about every argument, property, option and key, in sentences', () => {
    const said: [string, string][] = []
    const argument = (where: string, a: ArgBase): void => void said.push([where, a.doc])
    for (const d of [...nodes, ...macros]) {
      said.push([d.name, d.doc])
      for (const [name, a] of Object.entries(d.args ?? {})) argument(`${d.name}(${name})`, a as ArgBase)
      if (d.rest) argument(`${d.name}(…)`, d.rest.arg as ArgBase)
    }
    for (const d of nodes)
      for (const [name, f] of Object.entries(d.fields) as [string, FieldSpec][]) said.push([`${d.name}.${name}`, f.doc])
    const keys = (where: string, fields: ConfigFields): void => {
      for (const [name, f] of Object.entries(fields)) {
        said.push([`${where}.${name}`, f.doc])
        if (f.fields) keys(`${where}.${name}`, f.fields)
      }
    }
    for (const d of ALERT_HANDLERS) {
      said.push([d.kind, d.doc])
      for (const [name, o] of Object.entries(d.options)) said.push([`${d.kind}.${name}`, o.doc])
      if (d.config) keys(`[${d.config.section}]`, d.config.fields)
    }
    for (const f of [...BUILTIN_FUNCTIONS, ...MATCH_FUNCTIONS]) said.push([`${f.name}()`, f.doc])
    for (const r of ROUTES) said.push([`${r.methods} ${r.path}`, r.summary])
    assert.deepEqual(
      said.filter(([, doc]) => !/^(?:\p{Lu}|[a-z] ).*[.:]$/su.test(doc)),
      [],
    )
  })

  it('of the API names every route', async () => {
    const served = loadConfig({
      environment: {},
      file: { path: '', text: 'data_dir = "/d"\nauth = { enabled = true }' },
    })
    const app = await startTestApp({ auth: served.server })
    after(() => app.close())
    const described = (await app.call('GET', '/kapacitor/v1/openapi.json')).json() as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
    }
    const missing = ROUTES.filter((r) => !r.hidden).flatMap((r) =>
      r.methods
        .filter((m) => !described.paths[r.shownPath ?? r.path]?.[m.toLowerCase()])
        .map((m) => `${m} ${r.shownPath ?? r.path}`),
    )
    assert.deepEqual(missing, [])
  })
})

describe('cases', () => {
  const scripts = cases.flatMap(scriptsIn).join('\n\n')
  const handlers = cases.flatMap(topicHandlersIn)

  it('have names of their own', () => {
    const names = cases.map((c) => c.name)
    assert.deepEqual(
      names.filter((n, i) => names.indexOf(n) !== i),
      [],
    )
  })

  it('use every node', () => {
    const missing = callable.filter((d) => !new RegExp(`\\|\\s*${d.name}\\s*\\(`).test(scripts))
    assert.deepEqual(
      missing.map((d) => d.name),
      [],
    )
  })

  it('use every handler', () => {
    const missing = ALERT_HANDLERS.filter((d) => {
      const inScripts = d.method && new RegExp(`\\.\\s*${d.method.name}\\s*\\(`).test(scripts)
      return !inScripts && !handlers.some((h) => h.kind === d.kind)
    })
    assert.deepEqual(
      missing.map((d) => d.kind),
      [],
    )
  })

  it('call every function', () => {
    const matches = handlers.map((h) => h.match).join('\n')
    const calls = (text: string, name: string): boolean => new RegExp(`\\b${name}\\s*\\(`).test(text)
    const lambdas = [...scripts.matchAll(/lambda:[^\n]*/g)].map((m) => m[0]).join('\n')
    assert.deepEqual(
      BUILTIN_FUNCTIONS.map((f) => f.name).filter((name) => !calls(lambdas, name)),
      [],
    )
    assert.deepEqual(
      MATCH_FUNCTIONS.map((f) => f.name).filter((name) => !calls(matches, name)),
      [],
    )
  })

  it('bring about every diagnostic', () => {
    const tasks = diagnosticTasks()
    const missing = CODE_GROUPS.flatMap((g) => Object.keys(g.codes)).filter((code) => {
      const task = tasks.get(code)
      return !task || !diagnosticsOf(task).some((d) => d.code === code)
    })
    assert.deepEqual(missing, [])
  })

  it('ask every route', () => {
    const calls = cases.flatMap(callsIn)
    // Cases hold no bytes: what answers with them has tests of its own.
    const givesBytes = (r: Route): boolean => (r.replies[200] as { format?: string } | undefined)?.format === 'binary'
    const missing = ROUTES.filter((r) => !r.hidden && !givesBytes(r)).flatMap((r) => {
      const escaped = r.path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*$/, '.+')
      const pattern = new RegExp(`^${escaped}$`)
      return r.methods
        .filter((m) => !calls.some((c) => c.method === m && pattern.test(c.path)))
        .map((m) => `${m} ${r.path}`)
    })
    assert.deepEqual(missing, [])
  })
})
