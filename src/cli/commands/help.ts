// help: how to use the commands.
import { type Command, defineCommand, type Flags, PlainHelp, WrongUsage } from '../command.ts'
import { commandUsage, mainUsage } from '../usage-text.ts'

/** `commands` are all of them, this one too; `flags` those that stand before a command. */
export function helpCommand(commands: () => readonly Command[], flags: Flags): Command {
  return defineCommand({
    name: 'help',
    summary: 'Tells how to use a command.',
    args: [{ name: 'COMMAND', many: true, optional: true, completes: 'commands' }],
    async run({ out, json }, words) {
      if (words.length === 0) {
        if (json)
          out.json(
            commands()
              .filter((c) => !c.hidden)
              .map(describe),
          )
        else out.notice(mainUsage(commands(), flags))
        throw new PlainHelp()
      }
      const path: Command[] = []
      for (const word of words) {
        const within = path.length === 0 ? commands() : (path.at(-1)!.commands ?? [])
        const next = within.find((c) => c.name === word)
        if (!next) throw new WrongUsage(`unknown command ${JSON.stringify(word)}`)
        path.push(next)
      }
      if (json) out.json(describe(path.at(-1)!))
      else out.line(commandUsage(path))
    },
  })
}

function describe(c: Command): unknown {
  return {
    name: c.name,
    summary: c.summary,
    args: c.args,
    flags: c.flags,
    ...(c.commands ? { commands: c.commands.filter((inner) => !inner.hidden).map(describe) } : {}),
  }
}
