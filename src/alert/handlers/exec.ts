// The exec handler: runs a program for each event, with the event's JSON on its input.
import { DeliveryFault } from '../delivery-fault.ts'
import { defineHandler } from './define-handler.ts'
import { option } from './option.ts'

const TIMEOUT_MS = 60_000
/** What sysexits.h calls a temporary failure: the program asks to be run again. */
const TRY_AGAIN = 75

export const execHandler = defineHandler({
  kind: 'exec',
  doc: 'Runs a program for each event, with the event as JSON on its standard input. Exit code 75 asks for another try.',
  method: { name: 'exec', args: ['prog'], rest: 'args' },
  options: {
    prog: option.string('The program.', { script: false }),
    args: option.strings('Its arguments.', { script: false }),
  },
  limits: { timeoutMs: TIMEOUT_MS },
  check: ({ prog }) => (prog === '' ? 'exec needs a program' : undefined),
  async send(event, { prog, args }, _config, io) {
    const result = await io.exec(prog, args, `${event.json}\n`, TIMEOUT_MS)
    if (result.code === 0) return { answer: 'exit status 0' }
    const how = result.code === undefined ? `signal: ${result.signal}` : `exit status ${result.code}`
    const output = result.output.trimEnd()
    throw new DeliveryFault('exec-failed', output === '' ? how : `${how}: ${output}`, {
      retry: result.code === TRY_AGAIN,
    })
  },
})
