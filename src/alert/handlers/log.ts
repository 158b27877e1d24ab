// The log handler: appends each event's JSON as one line to a file.
import { defineHandler } from './define-handler.ts'
import { option } from './option.ts'

const TYPE_BITS = ['r', 'w', 'x'] as const

/** A file mode as `ls` shows it: `-rw-r-----`. */
function modeText(mode: number): string {
  let text = '-'
  for (let shift = 6; shift >= 0; shift -= 3) {
    for (let bit = 0; bit < 3; bit++) text += (mode >> (shift + 2 - bit)) & 1 ? TYPE_BITS[bit] : '-'
  }
  return text
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)
}

export const logHandler = defineHandler({
  kind: 'log',
  doc: 'Appends each event as one line of JSON to a file.',
  method: { name: 'log', args: ['path'] },
  options: {
    path: option.string('Absolute path of the file.', { script: false }),
    mode: option.int('Mode that the file is made with; octal when it begins with 0.', { initial: 0o600 }),
  },
  limits: { timeoutMs: 10_000, batch: 8_192, batchChars: 4 * 1024 ** 2 },
  check: ({ path, mode }) => {
    if (!isAbsolute(path)) return `log path must be absolute: ${path} is not absolute`
    if ((mode & 0o200) === 0) return `invalid file mode ${modeText(mode)}, must be user writable`
    return undefined
  },
  async send(event, { path, mode }, _config, io) {
    await io.append(path, mode & 0o7777, `${event.json}\n`)
    return {}
  },
  async sendMany(events, { path, mode }, _config, io) {
    let text = ''
    for (const event of events) text += `${event.json}\n`
    await io.append(path, mode & 0o7777, text)
    return {}
  },
})
