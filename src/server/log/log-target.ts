// Where log lines go: standard error, standard output, or a file that is appended to. Writing never waits and never
// throws; when the target can't keep up, lines beyond a bound are dropped and counted.
import { accessSync, constants, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import pino from 'pino'
import { Fault, messageOf } from '../../base/fault.ts'

export interface LogTarget {
  /** Takes one line with its end. */
  write(line: string): void
  /** Opens the file anew, for when it was moved away. */
  reopen(): void
  /** Writes out what is buffered, now, waiting for it: for the last words of the process. */
  flush(): void
  close(): Promise<void>
}

/** Lines that wait for a slow target; beyond, they are dropped. */
const MAX_BUFFER_BYTES = 16 * 1024 * 1024

/** `STDERR`, `STDOUT` or a path, whose folders are made. Throws a Fault when the file can't be opened. */
export function openLogTarget(file: string): LogTarget {
  const stream = file === 'STDERR' || file === 'STDOUT'
  if (!stream) prepare(file)
  const destination = pino.destination({
    ...(stream ? { fd: file === 'STDERR' ? 2 : 1 } : { dest: file, append: true, mode: 0o640, mkdir: true }),
    sync: false,
    maxLength: MAX_BUFFER_BYTES,
  })
  let dropped = 0
  destination.on('drop', () => dropped++)
  destination.on('drain', () => {
    if (dropped === 0) return
    const count = dropped
    dropped = 0
    destination.write(`lvl=warn msg="the log could not keep up" dropped=${count}\n`)
  })
  // A disk that is full or a pipe that is closed: logging stops quietly, the server goes on.
  destination.on('error', () => {})
  return {
    write: (line) => void destination.write(line),
    reopen: () => {
      if (!stream) destination.reopen()
    },
    flush: () => {
      try {
        destination.flushSync()
      } catch {
        // Not open yet or already closed: there is nothing to write.
      }
    },
    close: () =>
      new Promise<void>((done) => {
        if (stream) {
          // The process's own streams stay open: others write there too.
          destination.flush(() => done())
          return
        }
        destination.once('close', done)
        destination.end()
      }),
  }
}

function prepare(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    // Made here with its mode, so that an error shows now and not with the first line.
    openSync(file, 'a', 0o640)
    accessSync(file, constants.W_OK)
  } catch (e) {
    throw new Fault('log-file', `can't write the log file ${file}: ${messageOf(e)}`, { cause: e })
  }
}
