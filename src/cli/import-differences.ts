// What of an imported task or template is not as it was on the server that it comes from.
import type { Task, Template, Vars } from './client.ts'

/** Short texts, none when all is the same. */
export function importedTaskDifferences(there: Task, here: Task): string[] {
  const different: string[] = []
  if (plain(there.script) !== plain(here.script)) different.push('another script')
  if (there.type !== here.type) different.push(`type ${here.type} instead of ${there.type}`)
  if ((there['template-id'] ?? '') !== here['template-id']) different.push('another template')
  if (sorted(there.dbrps) !== sorted(here.dbrps)) different.push('other databases and retention policies')
  if (varsText(there.vars) !== varsText(here.vars)) different.push('other vars')
  if (here.error !== '' && there.error === '') different.push(`an error: ${here.error}`)
  const graph = nodesOf(there.dot) === nodesOf(here.dot)
  if (!graph && here.error === '' && different.length === 0) different.push('another graph')
  return different
}

export function importedTemplateDifferences(there: Template, here: Template): string[] {
  const different: string[] = []
  if (plain(there.script) !== plain(here.script)) different.push('another script')
  if (there.type !== here.type) different.push(`type ${here.type} instead of ${there.type}`)
  if (varsText(there.vars ?? {}) !== varsText(here.vars ?? {})) different.push('other vars')
  if (here.error !== '' && there.error === '') different.push(`an error: ${here.error}`)
  return different
}

/** Layout means nothing, and strings that span lines keep theirs on both sides. */
function plain(script: string): string {
  return script.replace(/\s+/g, '')
}

function sorted(dbrps: Task['dbrps']): string {
  return dbrps
    .map((d) => JSON.stringify([d.db, d.rp]))
    .sort()
    .join()
}

function varsText(vars: Vars): string {
  const text = (v: Vars[string]): unknown => [
    v.type,
    v.type === 'list' ? ((v.value as Vars[string][] | null) ?? []).map(text) : (v.value ?? null),
  ]
  const all = Object.entries(vars ?? {}).map(([name, v]) => [name, text(v)] as const)
  return JSON.stringify(
    all.sort(([a], [b]) => (a < b ? -1 : 1)),
    (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v),
  )
}

/** The edges of a graph, without names of the graph, statistics and order. */
function nodesOf(dot: string): string {
  return [...dot.matchAll(/^\s*(\w+)\s*->\s*(\w+)/gm)]
    .map((m) => `${m[1]}>${m[2]}`)
    .sort()
    .join()
}
