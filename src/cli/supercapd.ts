// The server's command: reads the command line, starts the server, and ends with it.
import { Fault, messageOf } from '../base/fault.ts'
import { loadConfig, secretsOf } from '../server/config/load-config.ts'
import { parseLevel } from '../server/log/log-record.ts'
import { openLogTarget } from '../server/log/log-target.ts'
import { Logging } from '../server/log/logging.ts'
import { startServer } from '../server/server.ts'
import { VERSION } from '../server/version.ts'
import { readArguments } from './arguments.ts'
import { writePidFile } from './pid-file.ts'

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
/** Milliseconds from the first signal to the end, whatever is still under way. */
const FORCE_MS = 30_000

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
  const flag = (name: string): string => flags.get(name) ?? ''
  const config = loadConfig({
    flags: {
      config: flag('config'),
      hostname: flag('hostname'),
      logFile: flag('log-file'),
      logLevel: flag('log-level'),
    },
    environment: process.env,
  })
  const { logging: log } = config.server
  const logging = new Logging({
    target: openLogTarget(log.file),
    level: parseLevel(log.level) ?? 'debug',
    format: log.format.toLowerCase() === 'json' ? 'json' : 'logfmt',
  })
  logging.hide(...secretsOf(config))
  const removePidFile = flag('pidfile') === '' ? () => {} : writePidFile(flag('pidfile'))
  try {
    const used = config.file === undefined ? 'no configuration file: defaults are used' : `using ${config.file}`
    logging.logger.info(`supercapd ${VERSION}, ${used}`, { pid: process.pid })
    lastWords(logging)
    const server = await startServer(config, logging)
    await signalled(logging)
    await server.stop()
    logging.logger.info('the server has stopped')
    return 0
  } finally {
    removePidFile()
    await logging.close()
  }
}

/** What nobody caught is our bug: it is told, and the server goes on; a supervisor would only lose what is in memory. */
function lastWords(logging: Logging): void {
  const tell = (what: string) => (e: unknown) => {
    logging.logger.error(what, { err: messageOf(e), stack: e instanceof Error ? e.stack : undefined })
  }
  process.on('uncaughtException', tell('uncaught exception'))
  process.on('unhandledRejection', tell('unhandled rejection'))
}

/** Resolves at the first SIGTERM or SIGINT. A second one, or 30 s, end the process at once. */
function signalled(logging: Logging): Promise<void> {
  process.on('SIGHUP', () => logging.reopen())
  return new Promise((resolve) => {
    let first = true
    const onSignal = (signal: NodeJS.Signals): void => {
      if (!first) force(logging, `a second ${signal}`)
      first = false
      logging.logger.info(`${signal}: the server stops`)
      setTimeout(() => force(logging, `${FORCE_MS / 1000} s are over`), FORCE_MS).unref()
      resolve()
    }
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
  })
}

function force(logging: Logging, why: string): never {
  logging.logger.warn(`the server is ended at once: ${why}`)
  logging.flush()
  process.exit(1)
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
