// Turns a command line in the style of Go's flag package, `-flag value` or `-flag=value` with one dash or two, into one
// with two dashes and values apart. Go's rule that flags end at the first other word is not kept: they may follow it.
import type { Command, Flags } from './command.ts'

/** Flags that every command has. */
export type FlagsOf = (command: Command | undefined) => Flags

/** Words for commander. What is no known flag stays as it is, but for its dashes. */
export function plainWords(words: readonly string[], commands: readonly Command[], flagsOf: FlagsOf): string[] {
  const out: string[] = []
  let within = commands
  let command: Command | undefined
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === '--') return [...out, ...words.slice(i)]
    const m = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word)
    if (!m) {
      out.push(word)
      const next = within.find((c) => c.name === word)
      if (next && (!command || command.commands)) {
        command = next
        within = next.commands ?? []
      }
      continue
    }
    const [, name, value] = m as unknown as [string, string, string | undefined]
    const known = flagsOf(command)[name]
    if (name === 'h') out.push('--help')
    else if (known?.kind === 'switch') {
      if (!isFalse(value)) out.push(`--${name}`)
    } else if (known) {
      const given = value ?? words[++i]
      out.push(given === undefined ? `--${name}` : `--${name}=${given}`)
    } else out.push(value === undefined ? `--${name}` : `--${name}=${value}`)
  }
  return out
}

function isFalse(value: string | undefined): boolean {
  return value !== undefined && /^(?:0|f|false)$/i.test(value)
}
