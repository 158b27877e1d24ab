// The server's command: reads the command line, and loads only what the command needs.
import { Fault } from '../base/fault.ts'
import { VERSION } from '../server/version.ts'
import { readArguments } from './arguments.ts'
import { SERVER_COMMANDS } from './server-commands.ts'
import { commandUsage, mainUsage } from './usage-text.ts'

const PROGRAM = 'supercapd'

type Name = (typeof SERVER_COMMANDS)[number]['name']

async function main(words: readonly string[]): Promise<number> {
  const isFlag = words[0] === undefined || words[0].startsWith('-')
  const command = commandOf(isFlag ? 'run' : words[0]!)
  const { flags, help, rest } = readArguments(isFlag ? words : words.slice(1), Object.keys(command.flags))
  if (help) {
    const all = isFlag ? `${mainUsage(SERVER_COMMANDS, {}, PROGRAM)}\n\n` : ''
    print(`${all}${commandUsage([command], PROGRAM)}`)
    return 0
  }
  const surplus = rest[command.args.length]
  if (surplus !== undefined) throw unknownCommand(surplus)
  await run(command.name, flags, rest)
  return 0
}

async function run(name: Name, flags: ReadonlyMap<string, string>, rest: readonly string[]): Promise<void> {
  switch (name) {
    case 'run': {
      const { runServer } = await import('./run-server.ts')
      return runServer(flags)
    }
    case 'config': {
      const { showConfig } = await import('./show-config.ts')
      return showConfig(flags)
    }
    case 'restore': {
      const { restore } = await import('./restore.ts')
      return restore(flags, rest[0])
    }
    case 'create-admin': {
      const { createAdmin } = await import('./create-admin.ts')
      return createAdmin(flags, rest[0])
    }
    case 'version':
      return print(`Supercap OSS version ${VERSION} (git: unknown unknown)`)
    case 'help':
      return print(
        rest[0] === undefined ? mainUsage(SERVER_COMMANDS, {}, PROGRAM) : commandUsage([commandOf(rest[0])], PROGRAM),
      )
  }
}

function commandOf(name: string) {
  const found = SERVER_COMMANDS.find((c) => c.name === name)
  if (!found) throw unknownCommand(name)
  return found
}

function unknownCommand(command: string): Fault {
  return new Fault('usage', `unknown command ${JSON.stringify(command)}\nRun 'supercapd help' for usage`)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

main(process.argv.slice(2))
  .then(
    (code) => {
      process.exitCode = code
    },
    (e: unknown) => {
      // Faults are about what the user can mend; anything else is our bug, and its place helps.
      process.stderr.write(`${e instanceof Fault ? `supercapd: ${e.message}` : ((e as Error).stack ?? e)}\n`)
      process.exitCode = 1
    },
  )
  // Whatever still holds the event loop after an orderly stop must not keep the process.
  .finally(() => setTimeout(() => process.exit(), 1_000).unref())
