// Where log lines go: standard error, standard output, or a file that is appended to and can be opened anew.
import { mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { Fault, messageOf } from '../../base/fault.ts'
import { fileWriter } from './line-writer.ts'

export interface LogTarget {
  /** Takes one line with its end. */
  write(line: string): void
  /** Opens the file anew, for when it was moved away. */
  reopen(): void
  /** Writes what waits before it returns: for the last words of the process. */
  flush(): void
  /** Writes what waits and gives the file free; the process's own streams stay open. */
  close(): void
}

/** `STDERR`, `STDOUT` or a path, whose folders are made. Throws a Fault when the file can't be opened. */
export function openLogTarget(file: string): LogTarget {
  const isStream = file === 'STDERR' || file === 'STDOUT'
  let { writer, close } = fileWriter(isStream ? (file === 'STDERR' ? 2 : 1) : openFile(file))
  const flush = (): void => writer.flushFinally()
  process.on('exit', flush)
  return {
    write: (line) => writer.write(line),
    reopen: () => {
      if (isStream) return
      const next = fileWriter(openFile(file))
      close()
      ;({ writer, close } = next)
    },
    flush,
    close: () => {
      process.off('exit', flush)
      if (isStream) flush()
      else close()
    },
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
