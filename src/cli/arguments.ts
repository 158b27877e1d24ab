// A command line as Go's flag package reads it: one or two dashes, `-flag value` or `-flag=value`, flags end at the first
// word that is none.
import { Fault } from '../base/fault.ts'

export interface Arguments {
  readonly flags: ReadonlyMap<string, string>
  /** `-h` or `-help` was given. */
  readonly help: boolean
  readonly rest: readonly string[]
}

const refused = (message: string): Fault => new Fault('usage', message, { status: 400 })

/** Reads flags that all take a value. Throws a Fault for one that is not known or lacks its value. */
export function readArguments(words: readonly string[], known: readonly string[]): Arguments {
  const flags = new Map<string, string>()
  let i = 0
  for (; i < words.length; i++) {
    const word = words[i]!
    if (word === '--') {
      i++
      break
    }
    const m = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word)
    if (!m) break
    const [, name, value] = m as unknown as [string, string, string | undefined]
    if (name === 'h' || name === 'help') return { flags, help: true, rest: words.slice(i + 1) }
    if (!known.includes(name)) throw refused(`flag provided but not defined: -${name}`)
    const given = value ?? words[++i]
    if (given === undefined) throw refused(`flag needs an argument: -${name}`)
    flags.set(name, given)
  }
  return { flags, help: false, rest: words.slice(i) }
}
