// The files that commands about scripts work on: those that are named, or standard input.
import type { Argument, Context } from './command.ts'
import { readText } from './read-definition.ts'

export interface Source {
  /** Of the file; `stdin`. */
  readonly name: string
  readonly text: string
}

/** The argument of such a command; `what` are in the files. */
export function filesArgument(what: string): Argument {
  return {
    name: 'FILE',
    many: true,
    optional: true,
    doc: `${what}; standard input when not given, or for a -.`,
    completes: 'files',
  }
}

/** Throws CommandFailed. */
export async function readSources({ world }: Context, files: readonly string[]): Promise<Source[]> {
  const all: Source[] = []
  for (const file of files.length === 0 ? ['-'] : files)
    all.push(file === '-' ? { name: 'stdin', text: await world.stdin() } : { name: file, text: readText(file) })
  return all
}
