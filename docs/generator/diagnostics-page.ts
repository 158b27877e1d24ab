// The page about diagnostics: what each code means, and the script of its case with what is said about it.
import { type Diagnostic, renderBlock, ScriptError } from '../../src/lang/diagnostic.ts'
import { readVars } from '../../src/lang/vars.ts'
import { DEADMAN_DEFAULTS } from '../../src/nodes/deadman.ts'
import { serverScripts } from '../../src/server/script-environment.ts'

const scripts = serverScripts(DEADMAN_DEFAULTS)

import { code, fenced, link, pageHead, paragraphs } from './markdown.ts'

const INTRO = `What can be wrong with a script. Clients get the line that Kapacitor would answer, with line and character; the API and
editors get the code, the place, labels and help as JSON; people get the form that is shown here.

Errors keep a task from being defined. Warnings do not: the script runs, but perhaps not as it was meant.`

/** Scripts longer than this are not shown: they are only long. */
const SHOWN = 300

export interface CodeGroup {
  readonly title: string
  readonly codes: Readonly<Record<string, string>>
}

/** A case's body: a task's definition. */
export interface DefinedTask {
  readonly script: string
  readonly vars?: unknown
}

/** All that is found about a task's script, warnings too. */
export function diagnosticsOf(task: Pick<DefinedTask, 'script' | 'vars'>): readonly Diagnostic[] {
  try {
    const compiled = scripts.compile(task.script, 'stream', readVars(task.vars), [{ db: 'db', rp: 'autogen' }])
    return compiled.script.warnings
  } catch (e) {
    if (e instanceof ScriptError) return e.diagnostics
    throw e
  }
}

function section(name: string, doc: string, task: DefinedTask | undefined): string {
  const found = task && diagnosticsOf(task).find((d) => d.code === name)
  const shown = found && task.script.length <= SHOWN ? fenced('text', renderBlock(task.script, found)) : ''
  const vars = task?.vars ? `With the vars ${code(JSON.stringify(task.vars))}.` : ''
  return paragraphs(`### ${name}`, doc, vars, shown)
}

export function diagnosticsPage(groups: readonly CodeGroup[], tasks: ReadonlyMap<string, DefinedTask>): string {
  const list = groups.map(
    (g) =>
      `- ${g.title}: ${Object.keys(g.codes)
        .map((c) => link(c))
        .join(', ')}\n`,
  )
  return paragraphs(
    pageHead('Diagnostics', INTRO),
    list.join(''),
    ...groups.flatMap((g) => [
      `## ${g.title}`,
      ...Object.entries(g.codes).map(([name, doc]) => section(name, doc, tasks.get(name))),
    ]),
  ).trimEnd()
}
