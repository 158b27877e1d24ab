// What is said when the server refuses a script: its message, and the place in the script with a caret below it.
import { type CheckOptions, faultBlocks } from './check-script.ts'
import { ClientError } from './client.ts'
import { CommandFailed } from './command.ts'

/** Runs `send`; a refusal that is about the script is thrown with the lines it is about. */
export async function sendScript<T>(
  send: () => Promise<T>,
  script: { readonly source: string; readonly name: string } | undefined,
  o: CheckOptions = {},
): Promise<T> {
  try {
    return await send()
  } catch (e) {
    if (!(e instanceof ClientError) || !script || !/TICKscript|task type/.test(e.message)) throw e
    throw new CommandFailed(e.message, await faultBlocks(script.source, script.name, o))
  }
}
