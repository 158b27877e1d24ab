// A command of the client as one declaration: its name, its words, its flags and what it does. Help, parsing, completion
// and documentation read it. Knows nothing of how command lines are read.
import type { Client } from './client.ts'
import type { Output } from './output.ts'

/** What an argument or a flag's value can be completed to. */
export type Completion =
  | 'tasks'
  | 'templates'
  | 'recordings'
  | 'replays'
  | 'topics'
  | 'services'
  | 'silences'
  | 'dead-letters'
  | 'users'
  | 'commands'
  | 'files'
  | readonly string[]

interface FlagDecl {
  /** `text` takes a value, `list` may be given several times, `switch` takes none. */
  readonly kind: 'text' | 'list' | 'switch'
  /** What stands for the value in help: `ID`. */
  readonly value: string
  readonly doc: string
  readonly completes?: Completion
}

/** A flag that knows the type of what it gives. */
export interface Flag<T> extends FlagDecl {
  readonly _t?: T
}

export const flag = {
  /** Gives undefined when not there. */
  text: (value: string, doc: string, completes?: Completion): Flag<string | undefined> => ({
    kind: 'text',
    value,
    doc,
    ...(completes ? { completes } : {}),
  }),
  list: (value: string, doc: string): Flag<readonly string[]> => ({ kind: 'list', value, doc }),
  switch: (doc: string): Flag<boolean> => ({ kind: 'switch', value: '', doc }),
}

export type Flags = Readonly<Record<string, FlagDecl>>

export type FlagValues<F> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never }

/** A word of the command that is no flag. */
export interface Argument {
  /** In help: `ID`. */
  readonly name: string
  readonly doc?: string
  readonly optional?: boolean
  /** Takes all words that are left. */
  readonly many?: boolean
  readonly completes?: Completion
}

/** What a command works with. */
export interface Context {
  /** The server that the command line or the environment names. Throws BadAddress. */
  readonly client: Client
  /** Another server, with this one's TLS option. */
  clientOf(url: string): Client
  readonly out: Output
  /** The result is wanted as JSON. */
  readonly json: boolean
  readonly world: World
}

/** What of the machine a command may touch. */
export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** All of standard input. */
  stdin(): Promise<string>
  /** The first line of standard input; a terminal is asked for it and does not show it. */
  password(prompt: string): Promise<string>
  /** Milliseconds since 1970. */
  now(): number
  sleep(ms: number): Promise<void>
  /** Aborted when the user interrupts the command. */
  readonly interrupted: AbortSignal
}

/** What help and documentation need of a command. */
export interface Described {
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** Paragraphs after it. */
  readonly details?: readonly string[]
  readonly examples?: readonly string[]
  readonly args: readonly Argument[]
  readonly flags: Flags
  readonly commands?: readonly Described[]
  /** Not in help and documentation. */
  readonly hidden?: boolean
}

/** A command whose types have been forgotten. */
export interface Command extends Described {
  /** Said when arguments are missing; that and how to use it, when not given. */
  readonly missing?: string
  /** Commands within it; then it does nothing itself. */
  readonly commands?: readonly Command[]
  run(context: Context, args: readonly string[], flags: Readonly<Record<string, unknown>>): Promise<void>
}

interface CommandOptions<F> {
  readonly name: string
  readonly summary: string
  readonly details?: readonly string[]
  readonly examples?: readonly string[]
  readonly missing?: string
  readonly args?: readonly Argument[]
  readonly flags?: F
  readonly hidden?: boolean
  run(context: Context, args: readonly string[], flags: FlagValues<F>): Promise<void>
}

/** Declares a command; the type of its flags' values follows from the flags. Throws CommandFailed when it fails. */
export function defineCommand<const F extends Flags>(c: CommandOptions<F>): Command {
  return { ...c, args: c.args ?? [], flags: c.flags ?? {}, run: c.run as Command['run'] }
}

/** A command that only has others within it. */
export function defineGroup(g: {
  readonly name: string
  readonly summary: string
  readonly details?: readonly string[]
  readonly missing?: string
  readonly commands: readonly Command[]
}): Command {
  return { ...g, args: [], flags: {}, run: async () => {} }
}

/** The command can't do what was asked; the message says why. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  /** Shown after the message, as it is: the place in a script. */
  readonly block: string

  constructor(message: string, block = '') {
    super(message)
    this.block = block
  }
}

/** The command line is not as the command wants it: its usage is shown. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage'
}

/** Help without a command has been printed: it ends with an error's exit code, as scripts know it. */
export class PlainHelp extends Error {
  override readonly name = 'PlainHelp'
}
