// The tcp handler: sends each event's JSON over a connection of its own.
import { defineHandler } from './define-handler.ts'
import { option } from './option.ts'

const TIMEOUT_MS = 10_000

export const tcpHandler = defineHandler({
  kind: 'tcp',
  doc: 'Sends each event as JSON over a TCP connection of its own.',
  method: { name: 'tcp', args: ['address'] },
  options: { address: option.string('Host and port, such as `example.com:5000`.', { script: false }) },
  limits: { timeoutMs: TIMEOUT_MS },
  check: ({ address }) => (/:\d+$/.test(address) ? undefined : `address ${address}: missing port in address`),
  async send(event, { address }, _config, io) {
    // One newline ends the JSON, a second one the message.
    await io.tcp(address, `${event.json}\n\n`, TIMEOUT_MS)
    return {}
  },
})
