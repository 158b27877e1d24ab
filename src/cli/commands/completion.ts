// completion: scripts for shells, and what they ask this command for.
import { type Client, routes } from '../client.ts'
import { type Command, CommandFailed, type Completion, defineCommand, type Flags } from '../command.ts'

/** Both are made of the same declarations as help. */
export function completionCommands(
  commands: () => readonly Command[],
  flagsOf: (c: Command | undefined) => Flags,
): Command[] {
  return [completion, candidatesCommand(commands, flagsOf)]
}

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_supercap() {
  local IFS=$'\\n'
  COMPREPLY=($(supercap complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
  if [ "\${COMPREPLY[0]-}" = ':files' ]; then COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")); fi
}
complete -o filenames -F _supercap supercap
`,
  zsh: `#compdef supercap
_supercap() {
  local -a found
  local line
  for line in "\${(@f)$(supercap complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == ':files' ]]; then _files; return; fi
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe 'supercap' found
}
compdef _supercap supercap
`,
  fish: `function __supercap_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (supercap complete -- $words[2..-1] 2>/dev/null)
  if test "$found[1]" = ':files'
    __fish_complete_path (commandline -ct)
  else if test (count $found) -gt 0
    printf '%s\\n' $found
  end
end
complete -c supercap -f -a '(__supercap_complete)'
`,
}

const completion = defineCommand({
  name: 'completion',
  summary: 'Prints a script that completes commands, flags and IDs in bash, zsh or fish.',
  examples: [
    'source <(supercap completion bash)',
    'source <(supercap completion zsh)',
    'supercap completion fish | source',
  ],
  missing: "Must specify 'bash', 'zsh' or 'fish'.",
  args: [{ name: 'SHELL', doc: 'bash, zsh or fish.', completes: Object.keys(SCRIPTS) }],
  async run({ out, json }, [shell]) {
    const script = SCRIPTS[shell!]
    if (script === undefined) throw new CommandFailed(`there is no completion for ${JSON.stringify(shell)}`)
    if (json) out.json({ shell, script })
    else out.text(script)
  },
})

/** Prints what the last word may become, a line each, with a description after a tab; `:files` for files. */
function candidatesCommand(commands: () => readonly Command[], flagsOf: (c: Command | undefined) => Flags): Command {
  return defineCommand({
    name: 'complete',
    summary: 'Prints what the last word may become.',
    hidden: true,
    args: [{ name: 'WORD', many: true, optional: true }],
    async run(context, words) {
      const { wanted, prefix } = wantedOf(words, commands(), flagsOf)
      const found = typeof wanted === 'string' ? await idsOf(context.client, wanted, commands()) : wanted
      if (context.json) context.out.json(found)
      else
        for (const [word, doc] of found)
          if (word === FILES || word.startsWith(prefix)) context.out.line(doc === '' ? word : `${word}\t${doc}`)
    },
  })
}

/** The shell completes files itself. */
const FILES = ':files'

type Candidate = readonly [word: string, doc: string]

interface Wanted {
  readonly wanted: readonly Candidate[] | Exclude<Completion, readonly string[]>
  readonly prefix: string
}

/** What may stand at the last of the words. */
export function wantedOf(
  words: readonly string[],
  commands: readonly Command[],
  flagsOf: (c: Command | undefined) => Flags,
): Wanted {
  const prefix = words.at(-1) ?? ''
  let command: Command | undefined
  let within = commands
  let position = 0
  for (let i = 0; i < words.length - 1; i++) {
    const word = words[i]!
    const m = /^--?([^-=][^=]*)(=)?/.exec(word)
    const flag = m ? flagsOf(command)[m[1]!] : undefined
    if (flag) {
      if (flag.kind === 'switch' || m![2]) continue
      if (i === words.length - 2) return { wanted: candidates(flag.completes), prefix }
      i++
      continue
    }
    const next = within.find((c) => c.name === word)
    if (next && (!command || command.commands)) {
      command = next
      within = next.commands ?? []
    } else position++
  }
  if (prefix.startsWith('-')) {
    const dashes = prefix.startsWith('--') ? '--' : '-'
    return { wanted: Object.entries(flagsOf(command)).map(([name, f]) => [dashes + name, f.doc]), prefix }
  }
  if (!command || command.commands)
    return { wanted: within.filter((c) => !c.hidden).map((c) => [c.name, c.summary]), prefix }
  const { args } = command
  const argument = args[position] ?? (args.at(-1)?.many ? args.at(-1) : undefined)
  return { wanted: candidates(argument?.completes), prefix }
}

function candidates(c: Completion | undefined): Wanted['wanted'] {
  if (c === undefined) return []
  return typeof c === 'string' ? c : (c as readonly string[]).map((word) => [word, ''])
}

/** No server, no candidates: a shell is no place for errors. */
async function idsOf(
  client: Client,
  kind: Exclude<Completion, readonly string[]>,
  commands: readonly Command[],
): Promise<readonly Candidate[]> {
  const plain = (rows: readonly { readonly id?: string }[]): Candidate[] => rows.map((r) => [r.id!, ''])
  const fields = ['id']
  try {
    switch (kind) {
      case 'files':
        return [[FILES, '']]
      case 'commands':
        return commands.filter((c) => !c.hidden).map((c) => [c.name, c.summary])
      case 'tasks':
        return (await client.listTasks({ fields: ['status'] })).map((t) => [t.id!, t.status ?? ''])
      case 'templates':
        return plain(await client.listTemplates({ fields }))
      case 'recordings':
        return plain(await client.listRecordings({ fields }))
      case 'replays':
        return plain(await client.listReplays({ fields }))
      case 'topics':
        return (await client.listTopics()).map((t) => [t.id, t.level])
      case 'services':
        return (await client.listServiceTests()).map((s) => [s.name, ''])
      case 'silences':
        return (await client.call(routes.listSilences)).silences.map((s) => [s.id, s.state])
      case 'dead-letters':
        return (await client.call(routes.listDeadLetters))['dead-letters'].map((l) => [String(l.id), l.event])
      case 'users':
        return (await client.call(routes.listUsers)).users.map((u) => [u.name!, u.type ?? ''])
    }
  } catch {
    return []
  }
}
