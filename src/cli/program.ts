// From declared commands to a command line that runs them: parsing by commander, help, errors and exit codes. Knows no
// command.
import { Command as Commander, CommanderError, Option } from 'commander'
import { BadAddress, Client, type ClientOptions } from './client.ts'
import { type Command, CommandFailed, type Context, type Flags, PlainHelp, type World, WrongUsage } from './command.ts'
import { plainWords } from './go-flags.ts'
import { COMMON_FLAGS, flagsOf, MAIN_FLAGS } from './main-flags.ts'
import type { Output } from './output.ts'
import { commandUsage, mainUsage } from './usage-text.ts'

const TOP_FLAGS = { ...MAIN_FLAGS, ...COMMON_FLAGS }

export const EXIT = { ok: 0, unknown: 1, usage: 2, failed: 3, address: 4 } as const

export interface ProgramOptions {
  readonly commands: readonly Command[]
  readonly out: Output
  readonly world: World
  /** Makes the client; a test's own when given. */
  readonly connect?: (options: ClientOptions) => Client
}

type Values = Readonly<Record<string, unknown>>

/** Runs what the words say and gives the exit code. */
export async function runProgram(words: readonly string[], o: ProgramOptions): Promise<number> {
  const { out } = o
  const failed = (code: number, message: string): number => {
    out.notice(message)
    return code
  }
  const unsafe = o.world.environment['KAPACITOR_UNSAFE_SSL'] ?? ''
  if (unsafe !== '' && parseBool(unsafe) === undefined)
    return failed(EXIT.unknown, `KAPACITOR_UNSAFE_SSL: ${JSON.stringify(unsafe)} is neither true nor false`)
  let chosen: { readonly path: readonly Command[]; readonly args: string[]; readonly values: Values } | undefined
  const root = commanderOf(o, (path, args, values) => {
    chosen = { path, args, values }
  })
  try {
    root.parse(plainWords(words, o.commands, flagsOf), { from: 'user' })
  } catch (e) {
    if (!(e instanceof CommanderError)) throw e
    return refused(e, words, o)
  }
  if (!chosen) return EXIT.ok
  const { path, args, values } = chosen
  const command = path.at(-1)!
  try {
    await command.run(contextOf(values, o), args, valuesOf(command.flags, values))
    return EXIT.ok
  } catch (e) {
    if (e instanceof BadAddress) return failed(EXIT.address, e.message)
    if (e instanceof PlainHelp) return EXIT.unknown
    if (e instanceof WrongUsage) return failed(EXIT.usage, `${e.message}\n\n${commandUsage(path)}`)
    out.notice(`${out.noticeStyle('Error:', 'red')} ${e instanceof Error ? e.message : String(e)}`)
    if (e instanceof CommandFailed && e.block !== '') out.notice(`\n${e.block}`)
    return EXIT.failed
  }
}

type Chosen = (path: readonly Command[], args: string[], values: Values) => void

function commanderOf(o: ProgramOptions, chosen: Chosen): Commander {
  const root = new Commander('supercap').exitOverride().helpCommand(false)
  root.configureOutput({ writeOut: (text) => o.out.text(text), writeErr: () => {}, outputError: () => {} })
  root.helpInformation = () => `${mainUsage(o.commands, TOP_FLAGS)}\n`
  addFlags(root, flagsOf(undefined))
  for (const command of o.commands) add(root, [command], chosen)
  return root
}

function add(parent: Commander, path: readonly Command[], chosen: Chosen): void {
  const command = path.at(-1)!
  const c = parent.command(command.name)
  c.helpInformation = () => `${commandUsage(path)}\n`
  addFlags(c, flagsOf(command))
  for (const a of command.args) {
    const name = a.name + (a.many ? '...' : '')
    c.argument(a.optional ? `[${name}]` : `<${name}>`)
  }
  if (!command.commands) c.allowExcessArguments(false).action(() => chosen(path, c.args, merged(c)))
  for (const inner of command.commands ?? []) add(c, [...path, inner], chosen)
}

function addFlags(c: Commander, flags: Flags): void {
  for (const [name, f] of Object.entries(flags)) {
    const option = new Option(f.kind === 'switch' ? `--${name}` : `--${name} <${f.value}>`)
    c.addOption(f.kind === 'list' ? option.argParser((v, all: string[] | undefined) => [...(all ?? []), v]) : option)
  }
}

/** The flags of a command and of those above it; commander knows each where it stood. */
function merged(c: Commander): Values {
  const above: Values = c.parent ? merged(c.parent) : {}
  return { ...above, ...Object.fromEntries(Object.entries(c.opts()).filter(([, v]) => v !== undefined)) }
}

/** Values by the names of flags; commander gives `--no-x` as x, and names without dashes. */
function valuesOf(flags: Flags, values: Values): Values {
  const camel = (name: string): string => name.replace(/-(.)/g, (_, c: string) => c.toUpperCase())
  return Object.fromEntries(
    Object.entries(flags).map(([name, f]) => {
      if (f.kind === 'switch' && name.startsWith('no-')) return [name, values[camel(name.slice(3))] === false]
      const value = values[camel(name)]
      return [name, value ?? (f.kind === 'switch' ? false : f.kind === 'list' ? [] : undefined)]
    }),
  )
}

function contextOf(values: Values, o: ProgramOptions): Context {
  const { environment } = o.world
  const flags = valuesOf(MAIN_FLAGS, values) as { url?: string; skipVerify: boolean; token?: string }
  const connect = o.connect ?? ((options: ClientOptions) => new Client(options))
  const unsafeSsl = flags.skipVerify || parseBool(environment['KAPACITOR_UNSAFE_SSL'] ?? '') === true
  const url = flags.url ?? (environment['KAPACITOR_URL'] || undefined)
  const token = flags.token ?? (environment['SUPERCAP_TOKEN'] || undefined)
  let client: Client | undefined
  return {
    get client() {
      client ??= connect({
        unsafeSsl,
        ...(url === undefined ? {} : { url }),
        ...(token === undefined ? {} : { token }),
      })
      return client
    },
    clientOf: (other) => connect({ url: other, unsafeSsl }),
    out: o.out,
    json: values['json'] === true,
    world: o.world,
  }
}

/** Says what is wrong with the command line. */
function refused(e: CommanderError, words: readonly string[], { out, commands }: ProgramOptions): number {
  if (e.code === 'commander.helpDisplayed') return EXIT.ok
  const path = pathOf(words, commands)
  const command = path.at(-1)
  if (e.code === 'commander.help' && !command) {
    out.notice(mainUsage(commands, TOP_FLAGS))
    return EXIT.unknown
  }
  const message = complaint(e, command)
  if (e.code === 'commander.unknownCommand' && !command) {
    out.notice(`${message}\nRun 'supercap help' for usage`)
    return EXIT.unknown
  }
  out.notice(`${message}\n\n${command ? commandUsage(path) : mainUsage(commands, TOP_FLAGS)}`)
  return EXIT.usage
}

function complaint(e: CommanderError, command: Command | undefined): string {
  const said = e.message
    .replace(/^error: /, '')
    .replace(/\n\((.*)\)$/, '. $1')
    .replace(/(['\s])--/g, '$1-')
  switch (e.code) {
    case 'commander.help': {
      const names = (command?.commands ?? []).map((c) => `'${c.name}'`).join(', ')
      return command?.missing ?? `Must specify one of ${names}.`
    }
    case 'commander.missingArgument':
      return command?.missing ?? said
    case 'commander.optionMissingArgument':
      return said.replace(/^option '(.*?) .*$/, 'flag needs an argument: $1')
    default:
      return said.replace(/^unknown option '(.*?)'/, 'flag provided but not defined: $1')
  }
}

/** The command that the words name, and those above it. */
function pathOf(words: readonly string[], commands: readonly Command[]): Command[] {
  const path: Command[] = []
  let within = commands
  for (const word of plainWords(words, commands, flagsOf)) {
    const next = within.find((c) => c.name === word)
    if (!next) continue
    path.push(next)
    within = next.commands ?? []
  }
  return path
}

/** Booleans as Go reads them; undefined for anything else. */
export function parseBool(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined
}
