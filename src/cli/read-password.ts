// Asks for a password: no word of a command line, since those can be seen by others.
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** The first line of standard input; a terminal is asked for it and does not show it. '' when there is none. */
export async function readPassword(prompt: string): Promise<string> {
  const terminal = process.stdin.isTTY === true
  if (terminal) process.stderr.write(prompt)
  // What is typed is echoed to the output of the interface: to nowhere.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output, terminal })
  try {
    for await (const line of lines) return line
    return ''
  } finally {
    lines.close()
    if (terminal) process.stderr.write('\n')
  }
}
