// For tests of single nodes: what a node of a script gave, as text.
import { formatTime } from '../base/time.ts'
import type { Given } from '../flow/edge.ts'
import { NODES } from './registry.ts'
import { runScript, type ScriptOutcome } from './run-script.ts'

/** Runs a stream script on lines with times in seconds, written to `d.rp`. */
export function runLines(script: string, ...lines: readonly string[]): Promise<ScriptOutcome> {
  return runScript(
    { registry: { declarations: NODES }, handlers: [] },
    {
      script,
      dbrps: [{ db: 'd', rp: 'rp' }],
      input: [{ db: 'd', rp: 'rp', lines: lines.join('\n'), precision: 's' }],
    },
  )
}

/** `[group] measurement,tags fields second` a point, `[group] name@tmax: …; …` a batch. */
export async function given(node: string, script: string, ...lines: readonly string[]): Promise<string[]> {
  const { nodes, error } = await runLines(script, ...lines)
  if (error !== '') throw new Error(error)
  return (nodes[node] ?? []).map(givenText)
}

export function givenText(g: Given): string {
  const group = `[${g.group.key.replace('\n', '/')}]`
  if (g.is === 'point') return `${group} ${pointText(g.point)}`
  if (g.is !== 'batch') return `${group} ${g.is}`
  return `${group} ${g.begin.name}@${seconds(g.begin.tmax)}: ${g.points.map(pointText).join('; ')}`
}

function pointText({ series, shape, values, sec, ns }: Extract<Given, { is: 'point' }>['point']): string {
  const tags = series.keys.map((key) => `,${key}=${series.tag(key)}`).join('')
  const fields = shape.names.map((name, i) => `${name}=${values[i]}${shape.kinds[i] === 'int' ? 'i' : ''}`).join(',')
  return `${series.name}${tags} ${fields} ${seconds({ sec, ns })}`
}

function seconds(t: { readonly sec: number; readonly ns: number }): string {
  return t.ns === 0 ? String(t.sec) : formatTime(t)
}
