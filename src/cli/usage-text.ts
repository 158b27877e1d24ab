// How to use a command, as text for terminals.
import type { Argument, Described, Flags } from './command.ts'

const WIDTH = 80

/** `ID`, `[PATTERN...]`. */
export function argumentText(a: Argument): string {
  const name = a.name + (a.many ? '...' : '')
  return a.optional ? `[${name}]` : name
}

/** `supercap show ID [flags]`: the line that stands first. */
export function synopsis(path: readonly Described[], program: string): string {
  const command = path.at(-1)!
  const words = [program, ...path.map((c) => c.name)]
  if (command.commands) words.push('COMMAND')
  words.push(...command.args.map(argumentText))
  if (Object.keys(command.flags).length > 0) words.push('[flags]')
  return words.join(' ')
}

/** The help of one command; `path` are those it is in, and itself. */
export function commandUsage(path: readonly Described[], program = 'supercap'): string {
  const command = path.at(-1)!
  const parts = [`Usage: ${synopsis(path, program)}`, wrap(command.summary, WIDTH, '')]
  for (const text of command.details ?? []) parts.push(wrap(text, WIDTH, ''))
  const args = command.args.filter((a) => a.doc)
  if (args.length > 0) parts.push(twoColumns(args.map((a) => [argumentText(a), a.doc!])))
  const commands = command.commands?.filter((c) => !c.hidden)
  if (commands) parts.push(`Commands:\n${twoColumns(commands.map((c) => [c.name, c.summary]))}`)
  if (Object.keys(command.flags).length > 0) parts.push(`Flags:\n${twoColumns(flagRows(command.flags))}`)
  if (command.examples) parts.push(`Examples:\n${command.examples.map((e) => `  ${e}`).join('\n')}`)
  return parts.join('\n\n')
}

/** The help of the whole. */
export function mainUsage(commands: readonly Described[], flags: Flags, program = 'supercap'): string {
  const shown = commands.filter((c) => !c.hidden)
  const options = Object.keys(flags).length > 0
  const parts = [
    `Usage: ${program} ${options ? '[options] COMMAND [arguments]' : '[COMMAND] [flags]'}`,
    `Commands:\n${twoColumns(shown.map((c) => [c.name, c.summary]))}`,
  ]
  if (options) parts.push(`Options:\n${twoColumns(flagRows(flags))}`)
  parts.push(`'${program} help COMMAND' tells more of a command.`)
  return parts.join('\n\n')
}

export function flagRows(flags: Flags): [string, string][] {
  return Object.entries(flags).map(([name, f]) => [
    `-${name}${f.value === '' ? '' : ` ${f.value}`}${f.kind === 'list' ? ' ...' : ''}`,
    f.doc,
  ])
}

function twoColumns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 4
  return rows
    .map(([name, doc]) => `  ${name.padEnd(width - 2)}${wrap(doc, WIDTH - width, ' '.repeat(width))}`)
    .join('\n')
}

/** Breaks a text between words; lines after the first begin with `indent`. */
function wrap(text: string, width: number, indent: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join(`\n${indent}`)
}
