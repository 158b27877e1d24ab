// The server's command: reads the command line, starts the server, and ends with it.
import { Fault } from '../base/fault.ts'
import { VERSION } from '../server/version.ts'
import { readArguments } from './arguments.ts'

const USAGE = `Usage: supercapd [command] [flags]

Commands:
  run        starts the server; the default
  version    prints the version
  help       prints this text; help COMMAND that of a command
`

const RUN_USAGE = `Usage: supercapd run [flags]

Starts the server.

  -config PATH       the configuration file; /dev/null for none
  -hostname NAME     in place of the configured hostname
  -log-file PATH     in place of the configured [logging] file
  -log-level LEVEL   in place of the configured [logging] level: debug, info, warn, error
  -pidfile PATH      holds the process id while the server runs
`

const VERSION_USAGE = 'Usage: supercapd version\n\nPrints the version.\n'

const RUN_FLAGS = ['config', 'hostname', 'log-file', 'log-level', 'pidfile']

async function main(words: readonly string[]): Promise<number> {
  const command = words[0] === undefined || words[0].startsWith('-') ? 'run' : words[0]
  const rest = words[0] === command ? words.slice(1) : words
  switch (command) {
    case 'run':
      return run(rest)
    case 'version':
      return version(rest)
    case 'help':
      process.stdout.write(usageOf(rest[0]))
      return 0
    default:
      throw unknownCommand(command)
  }
}

function usageOf(command: string | undefined): string {
  switch (command) {
    case undefined:
      return USAGE
    case 'run':
      return RUN_USAGE
    case 'version':
      return VERSION_USAGE
    case 'help':
      return USAGE
    default:
      throw unknownCommand(command)
  }
}

function unknownCommand(command: string): Fault {
  return new Fault('usage', `unknown command ${JSON.stringify(command)}\nRun 'supercapd help' for usage`)
}

function version(words: readonly string[]): number {
  const { help } = readArguments(words, [])
  process.stdout.write(help ? VERSION_USAGE : `Supercap ${VERSION}\n`)
  return 0
}

async function run(words: readonly string[]): Promise<number> {
  const { flags, help, rest } = readArguments(words, RUN_FLAGS)
  if (help) {
    process.stdout.write(words.length === 1 ? `${USAGE}\n${RUN_USAGE}` : RUN_USAGE)
    return 0
  }
  if (rest.length > 0) throw unknownCommand(rest[0]!)
  // Loaded only now: the other commands need nothing of it.
  const { runServer } = await import('./run-server.ts')
  await runServer(flags)
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (e) {
  // Faults are about what the user can mend; anything else is our bug, and its place helps.
  process.stderr.write(`${e instanceof Fault ? `supercapd: ${e.message}` : ((e as Error).stack ?? e)}\n`)
  process.exitCode = 1
}
// Whatever still holds the event loop after an orderly stop must not keep the process.
setTimeout(() => process.exit(), 1_000).unref()
