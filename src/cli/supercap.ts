// The client's command: gives the program its command line, its terminal and its exit code.

import type { World } from './command.ts'
import { COMMANDS } from './command-list.ts'
import { Output } from './output.ts'
import { runProgram } from './program.ts'

const { stdin, stdout, stderr, env: environment } = process

// Whoever reads our output may stop: `supercap list tasks | head`.
for (const stream of [stdout, stderr])
  stream.on('error', (e: NodeJS.ErrnoException) => {
    if (e.code === 'EPIPE') process.exit(0)
    throw e
  })

let interruption: AbortController | undefined

const world: World = {
  environment,
  async stdin() {
    const chunks: Uint8Array[] = []
    for await (const chunk of stdin) chunks.push(chunk as Uint8Array)
    return Buffer.concat(chunks).toString('utf8')
  },
  async password(prompt) {
    const { readPassword } = await import('./read-password.ts')
    return readPassword(prompt)
  },
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  // Who never asks for it ends at once, as without a handler.
  get interrupted() {
    if (!interruption) {
      const started = (interruption = new AbortController())
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => started.abort())
    }
    return interruption.signal
  },
}

const out = new Output({ stdout, stderr, environment })
process.exitCode = await runProgram(process.argv.slice(2), { commands: COMMANDS, out, world })
