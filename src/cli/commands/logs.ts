// logs, watch: lines of the server's log as they come, until interrupted.
import { CommandFailed, type Context, defineCommand } from '../command.ts'
import type { Style } from '../output.ts'

const PAIRS = {
  name: 'KEY=VALUE',
  many: true,
  optional: true,
  doc: 'Only lines with this field; lvl=info+ means that level and above.',
} as const

export const logs = defineCommand({
  name: 'logs',
  summary: "Follows the server's log.",
  details: ['The level that the server writes does not matter here: all lines come.'],
  examples: ['supercap logs service=http lvl=error', 'supercap logs lvl=info+'],
  args: [PAIRS],
  run: (context, pairs) => follow(context, readPairs(pairs)),
})

export const watch = defineCommand({
  name: 'watch',
  summary: 'Follows the log of a task: its nodes and their errors.',
  examples: ['supercap watch cpu_alert', 'supercap watch cpu_alert node=log2'],
  missing: 'Must provide a task ID.',
  args: [{ name: 'TASK', doc: 'The task.', completes: 'tasks' }, PAIRS],
  run: (context, [task, ...pairs]) => follow(context, { ...readPairs(pairs), task: task! }),
})

function readPairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 0) throw new CommandFailed(`bad keyvalue pair: '${pair}'`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

async function follow({ client, out, json, world }: Context, filters: Record<string, string>): Promise<void> {
  const signal = world.interrupted
  try {
    for await (const line of client.logs(filters, { json, signal })) out.line(coloured(line, out.style.bind(out)))
  } catch (e) {
    // Being interrupted is how it ends.
    if (!signal.aborted) throw e
  }
}

const LEVELS: Readonly<Record<string, Style>> = { debug: 'dim', warn: 'yellow', error: 'red' }

function coloured(line: string, style: (text: string, s: Style | undefined) => string): string {
  const level = /(?:^| )lvl=(\w+)|"lvl":"(\w+)"/.exec(line)
  return style(line, LEVELS[level?.[1] ?? level?.[2] ?? ''])
}
