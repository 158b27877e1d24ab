// Where log lines go: standard error, standard output, or a file that is appended to. Writing never waits and never
// throws; when the target can't keep up, lines beyond a bound are dropped and counted.
import { mkdirSync, openSync } from 'node:fs'
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
  if (file === 'STDERR' || file === 'STDOUT') {
    const destination = openDestination(file === 'STDERR' ? 2 : 1)
    return {
      write: (line) => void destination.write(line),
      reopen: () => {},
      flush: () => flushNow(destination),
      // The process's own streams stay open: others write there too.
      close: () => new Promise((done) => destination.flush(() => done())),
    }
  }
  let destination = openDestination(openFile(file))
  return {
    write: (line) => void destination.write(line),
    reopen: () => {
      const next = openDestination(openFile(file))
      destination.end()
      destination = next
    },
    flush: () => flushNow(destination),
    close: () =>
      new Promise((done) => {
        destination.once('close', done)
        destination.end()
      }),
  }
}

type Destination = ReturnType<typeof pino.destination>

/**
 * Takes an open file and not a name: then an error shows when the server starts and not with the first line, and a
 * process that ends at once can still write its last words.
 */
function openDestination(fd: number): Destination {
  const destination = pino.destination({ fd, sync: false, maxLength: MAX_BUFFER_BYTES })
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
  return destination
}

function flushNow(destination: Destination): void {
  try {
    destination.flushSync()
  } catch {
    // Already closed: there is nothing to write.
  }
}

function openFile(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true })
    return openSync(file, 'a', 0o640)
  } catch (e) {
    throw new Fault('log-file', `can't write the log file ${file}: ${messageOf(e)}`, { cause: e })
  }
}
