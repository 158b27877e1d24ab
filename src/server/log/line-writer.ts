// Writes lines to an open file: those of one turn of the event loop together, in order, and none is on its way when the
// process ends. Never throws, keeps a bound on what waits, and a target that fails costs lines, not the server.
import { closeSync, writeSync } from 'node:fs'

/** Length of lines that are written without waiting for the turn's end. */
const CHUNK = 64 * 1024
/** How long a pipe whose reader is behind is left alone. */
const RETRY_MS = 20

/** Writes bytes and gives the number that were taken; throws as fs.writeSync does. */
export type WriteBytes = (bytes: Uint8Array) => number

export interface LineWriterOptions {
  /** Length of lines that may wait for a target that is behind; beyond, they are dropped. */
  readonly maxWaiting?: number
}

export class LineWriter {
  readonly #write: WriteBytes
  readonly #maxWaiting: number
  #lines = ''
  /** Bytes that the target did not take yet; they come before `#lines`. */
  #rest: Uint8Array | undefined
  #scheduled: NodeJS.Immediate | undefined
  #retry: NodeJS.Timeout | undefined
  #dropped = 0
  /** How many the note tells that is being written. */
  #telling = 0
  /** The target took a part of what was then given up: the next line must not be glued to it. */
  #torn = false
  /** What is being written begins with an end of line of ours. */
  #mended = false

  constructor(write: WriteBytes, options: LineWriterOptions = {}) {
    this.#write = write
    this.#maxWaiting = options.maxWaiting ?? 4 * 1024 * 1024
  }

  /** Takes one line with its end. */
  write(line: string): void {
    if (this.#lines.length + (this.#rest?.length ?? 0) > this.#maxWaiting) {
      this.#dropped++
      return
    }
    this.#lines += line
    if (this.#lines.length > CHUNK && !this.#retry) this.flush()
    else this.#scheduled ??= setImmediate(() => this.flush())
  }

  /** Writes what waits, as far as the target takes it at once. */
  flush(): void {
    clearImmediate(this.#scheduled)
    clearTimeout(this.#retry)
    this.#scheduled = undefined
    this.#retry = undefined
    while (this.#rest || this.#lines !== '' || this.#dropped > 0) {
      this.#rest ??= this.#take()
      try {
        const taken = this.#write(this.#rest)
        if (taken > 0) this.#mended = false
        this.#torn = taken < this.#rest.length
        this.#rest = this.#torn ? this.#rest.subarray(taken) : undefined
        if (!this.#torn) this.#telling = 0
      } catch (e) {
        const { code } = e as NodeJS.ErrnoException
        if (code === 'EAGAIN' || code === 'EINTR') {
          this.#retry = setTimeout(() => this.flush(), RETRY_MS)
          this.#retry.unref()
        } else this.#giveUp()
        return
      }
    }
  }

  /** Like flush, but gives a reader that is behind some time: for the last words of the process. */
  flushFinally(patienceMs = 500): void {
    this.flush()
    const clock = new Int32Array(new SharedArrayBuffer(4))
    for (let waited = 0; this.#retry && waited < patienceMs; waited += RETRY_MS) {
      Atomics.wait(clock, 0, 0, RETRY_MS)
      this.flush()
    }
    clearTimeout(this.#retry)
  }

  #take(): Uint8Array {
    const note = this.#dropped > 0 ? `lvl=warn msg="the log could not keep up" dropped=${this.#dropped}\n` : ''
    this.#mended = this.#torn
    const text = (this.#torn ? '\n' : '') + this.#lines + note
    this.#lines = ''
    this.#telling = this.#dropped
    this.#dropped = 0
    return Buffer.from(text)
  }

  /** A full disk, a closed pipe: what waits is lost, and counted in case the target comes back. */
  #giveUp(): void {
    const lost = Buffer.concat([this.#rest ?? Buffer.alloc(0), Buffer.from(this.#lines)])
    for (const byte of lost) if (byte === 10) this.#dropped++
    // The note was one of the lines; what it would have told is still to be told.
    if (this.#telling > 0) this.#dropped += this.#telling - 1
    if (this.#mended) this.#dropped--
    this.#telling = 0
    this.#mended = false
    this.#rest = undefined
    this.#lines = ''
  }
}

/** A writer to an open file, which it closes in the end. */
export function fileWriter(fd: number): { writer: LineWriter; close: () => void } {
  const writer = new LineWriter((bytes) => writeSync(fd, bytes))
  const close = (): void => {
    writer.flushFinally()
    closeSync(fd)
  }
  return { writer, close }
}
