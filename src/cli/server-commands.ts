// What the server's command can do, as data: help, the reading of flags and the documentation follow from it.
import { type Described, flag } from './command.ts'

const CONFIG = flag.text('PATH', 'The configuration file; /dev/null for none. $KAPACITOR_CONFIG_PATH.')
const HOSTNAME = flag.text('NAME', 'In place of the configured hostname.')

export const SERVER_COMMANDS = [
  {
    name: 'run',
    summary: 'Starts the server; the default.',
    details: [
      'SIGTERM and SIGINT end it in order; a second one, or 30 s, end it at once. SIGHUP opens the log file anew and reads the load folder and the sources of sideload again.',
    ],
    args: [],
    flags: {
      config: CONFIG,
      hostname: HOSTNAME,
      'log-file': flag.text('PATH', 'In place of the configured [logging] file: STDERR, STDOUT or a path.'),
      'log-level': flag.text('LEVEL', 'In place of the configured [logging] level: debug, info, warn, error, off.'),
      pidfile: flag.text('PATH', 'Holds the process id while the server runs.'),
      cpuprofile: flag.text('PATH', 'Writes a CPU profile of V8 there when the server ends.'),
      memprofile: flag.text('PATH', 'Writes a heap profile of V8 there when the server ends.'),
      'disable-handlers': flag.text(
        'KINDS',
        'Topic handlers of these kinds, with commas between them, do nothing: exec,tcp. Handlers in scripts go on.',
      ),
      'blacklist-cidrs': flag.text(
        'CIDRS',
        'Nothing is sent over HTTP to these addresses: 10.0.0.0/8,fd00::/8. private stands for all private ones.',
      ),
    },
  },
  {
    name: 'config',
    summary: 'Prints the configuration, every key explained.',
    details: [
      'The defaults, with what the configuration file and the environment say. It can be used as a file. Of passwords and other secrets that are set there is only a note.',
    ],
    examples: ['supercapd config > supercap.conf'],
    args: [],
    flags: {
      config: CONFIG,
      hostname: HOSTNAME,
      secrets: flag.text('HOW', 'show prints secrets, too; hide, the default, does not.'),
    },
  },
  {
    name: 'restore',
    summary: 'Puts a backup in place of the store.',
    details: [
      'The server must not run. The store that is there stays beside the new one, under a name with the date. Recordings are files of their own: a backup holds their list only.',
    ],
    examples: ['supercap backup supercap.backup', 'supercapd restore -config supercap.conf supercap.backup'],
    args: [{ name: 'FILE', doc: 'What supercap backup wrote.' }],
    flags: { config: CONFIG },
  },
  {
    name: 'create-admin',
    summary: 'Makes a user an admin, with a new password.',
    details: [
      'For the first admin, or a lost password: the server must not run. The password is asked for, or is the first line of the input.',
    ],
    examples: ['supercapd create-admin -config supercap.conf root'],
    args: [{ name: 'NAME', doc: 'The user; made when there is none of that name.' }],
    flags: { config: CONFIG },
  },
  { name: 'version', summary: 'Prints the version.', args: [], flags: {} },
  { name: 'help', summary: 'Tells how to use a command.', args: [{ name: 'COMMAND', optional: true }], flags: {} },
] as const satisfies readonly Described[]
