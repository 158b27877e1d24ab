// Runs the server for as long as the process lives: configuration, log, pidfile, signals.
import { setFlagsFromString } from 'node:v8'
import { messageOf } from '../base/fault.ts'
import { loadConfig, secretsOf } from '../server/config/load-config.ts'
import { runFirstTasks } from '../server/first-tasks.ts'
import { BlockedAddresses } from '../server/http/blocked-addresses.ts'
import { parseLevel } from '../server/log/log-record.ts'
import { openLogTarget } from '../server/log/log-target.ts'
import { Logging } from '../server/log/logging.ts'
import { startServer } from '../server/server.ts'
import { VERSION } from '../server/version.ts'
import { HOT_CODE_FLAGS } from './hot-code-flags.ts'
import { writePidFile } from './pid-file.ts'
import { startProfiles } from './profiles.ts'

/** Milliseconds from the first signal to the end, whatever is still under way. */
const FORCE_MS = 30_000

/** Returns when a signal has ended the server. `flags` are those of the command line, without their dashes. */
export async function runServer(flags: ReadonlyMap<string, string>): Promise<void> {
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
  const options = {
    disabledHandlers: new Set(
      flag('disable-handlers')
        .split(',')
        .map((kind) => kind.trim()),
    ),
    ...(flag('blacklist-cidrs') === '' ? {} : { blocked: new BlockedAddresses(flag('blacklist-cidrs')) }),
  }
  const { logging: log } = config.server
  const logging = new Logging({
    target: openLogTarget(log.file),
    level: parseLevel(log.level) ?? 'debug',
    format: log.format.toLowerCase() === 'json' ? 'json' : 'logfmt',
    repeats: { most: log.repeatLimit, perMs: Number(log.repeatWindow) / 1e6 },
  })
  logging.hide(...secretsOf(config))
  const removePidFile = flag('pidfile') === '' ? () => {} : writePidFile(flag('pidfile'))
  try {
    logging.logger.info(`supercapd ${VERSION}`, { pid: process.pid })
    logging.logger.info(
      config.file === undefined
        ? 'No configuration provided, using default settings'
        : `Using configuration at: ${config.file}`,
    )
    lastWords(logging)
    // From now on: a signal that comes while the server starts ends it in order, too.
    const end = signalled(logging)
    const writeProfiles = await startProfiles({ cpu: flag('cpuprofile'), memory: flag('memprofile') })
    const server = await startServer(config, logging, options)
    process.on('SIGHUP', () => void server.reload())
    // What runs from now on is hot. Only now, for what has run once to start the server is not worth the memory.
    for (const flag of HOT_CODE_FLAGS) setFlagsFromString(flag.set)
    await runFirstTasks()
    await end
    await server.stop()
    await writeProfiles()
    logging.logger.info('the server has stopped')
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
