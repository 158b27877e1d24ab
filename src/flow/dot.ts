// The DOT text of a running task, with its statistics as attributes or folded into labels.
import { formatGoDuration } from '../base/duration.ts'
import type { SeenTask } from './seen-task.ts'

export type DotView = 'attributes' | 'labels'

/** Escapes a text for a quoted DOT string. */
function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}

export function executingDot(task: SeenTask, view: DotView): string {
  const stats = task.stats()
  const labels = view === 'labels'
  const batch = task.compiled.type === 'batch'
  const rate = `${stats['task-stats'].throughput.toFixed(2)} ${batch ? 'batches' : 'points'}/s`
  let text = `digraph ${task.id} {\n`
  text += labels
    ? `graph [label="Throughput: ${rate}" forcelabels=true pad="0.8,0.5"];\n`
    : `graph [throughput="${rate}"];\n`
  for (const op of task.operators) {
    if (op.declaration.name === 'batch') continue
    const { collected: _c, emitted: _e, missing: _m, ...own } = stats['node-stats'][op.name] as Record<string, number>
    const pairs = Object.entries(own)
      .map(([k, v]) => [k, k === 'avg_exec_time_ns' ? formatGoDuration(v) : String(v)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    text += `\n${op.name} `
    text += labels
      ? `[xlabel="${pairs.map(([k, v]) => `${k}=${quoted(v)}`).join('\\r')}"];\n`
      : `[${pairs.map(([k, v]) => `${k}="${quoted(v)}" `).join('')}];\n`
    for (const e of task.edges) {
      if (e.parent !== op.name) continue
      text += `${e.parent} -> ${e.child} [${labels ? `label="processed=${e.count}"` : `processed="${e.count}"`}];\n`
    }
  }
  return `${text}}`
}
