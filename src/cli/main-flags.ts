// The flags that are not of one command: about the server, and those of every command.
import { type Command, type Flags, flag } from './command.ts'

/** About the server; before the command or behind it. */
export const MAIN_FLAGS = {
  url: flag.text('URL', 'The server: http(s)://[user:password@]host:port. $KAPACITOR_URL, or http://localhost:9092.'),
  skipVerify: flag.switch('Takes any certificate of the server. $KAPACITOR_UNSAFE_SSL.'),
  token: flag.text('TOKEN', 'A bearer token in place of user and password. $SUPERCAP_TOKEN.'),
}

/** Of every command. */
export const COMMON_FLAGS = { json: flag.switch('Prints the result as JSON.') }

/** All flags that a command takes; undefined: before any command. */
export function flagsOf(command: Command | undefined): Flags {
  return { ...MAIN_FLAGS, ...COMMON_FLAGS, ...command?.flags }
}
