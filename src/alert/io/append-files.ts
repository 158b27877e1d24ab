// Files that events are appended to: kept open, written in batches, in order. A file that was moved away or deleted
// (log rotation) is made anew. Knows nothing of events.
import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { DeliveryFault } from '../delivery-fault.ts'
import { PathFence } from './path-fence.ts'

/** At most so many files are kept open; the one that was written longest ago is closed. */
export const MAX_OPEN_FILES = 64

interface OpenFile {
  readonly handle: FileHandle
  readonly ino: number
  readonly dev: number
}

interface Waiting {
  readonly mode: number
  readonly text: string
  readonly done: () => void
  readonly failed: (e: unknown) => void
}

interface Target {
  file: OpenFile | undefined
  waiting: Waiting[]
  writing: boolean
}

const OPEN_FENCE = new PathFence('', [])

export class AppendFiles {
  readonly #fence: PathFence
  readonly #targets = new Map<string, Target>()

  /** `fence`: files outside of it are not opened. */
  constructor(fence = OPEN_FENCE) {
    this.#fence = fence
  }

  /**
   * Resolves when the text stands in the file. Rejects with a retryable fault, then none or part of it may stand there; and
   * with a final one for a file outside of the fence.
   */
  append(path: string, mode: number, text: string): Promise<void> {
    const target = this.#target(path)
    return new Promise((done, failed) => {
      target.waiting.push({ mode, text, done, failed })
      if (!target.writing) void this.#write(path, target)
    })
  }

  /** How many files are open. */
  get open(): number {
    let n = 0
    for (const t of this.#targets.values()) if (t.file) n++
    return n
  }

  /** Closes all files; what is being written is finished first. */
  async close(): Promise<void> {
    for (const [path, target] of this.#targets) {
      this.#targets.delete(path)
      if (!target.writing) await target.file?.handle.close()
    }
  }

  #target(path: string): Target {
    let target = this.#targets.get(path)
    if (target) this.#targets.delete(path)
    else target = { file: undefined, waiting: [], writing: false }
    this.#targets.set(path, target)
    if (this.#targets.size > MAX_OPEN_FILES) this.#closeOldest()
    return target
  }

  #closeOldest(): void {
    for (const [path, target] of this.#targets) {
      if (target.writing || target.waiting.length > 0) continue
      this.#targets.delete(path)
      void target.file?.handle.close()
      return
    }
  }

  async #write(path: string, target: Target): Promise<void> {
    target.writing = true
    while (target.waiting.length > 0) {
      const batch = target.waiting
      target.waiting = []
      try {
        target.file = await this.#current(path, batch[0]!.mode, target.file)
        await target.file.handle.appendFile(batch.length === 1 ? batch[0]!.text : batch.map((w) => w.text).join(''))
        for (const w of batch) w.done()
      } catch (e) {
        const isFenced = e instanceof DeliveryFault
        if (isFenced) target.file = undefined
        const fault = isFenced ? e : new DeliveryFault('append-failed', (e as Error).message, { retry: true, cause: e })
        for (const w of batch) w.failed(fault)
      }
    }
    target.writing = false
    if (this.#targets.get(path) !== target) await target.file?.handle.close()
  }

  /** The open file when the path still leads to it, else a new one. */
  async #current(path: string, mode: number, file: OpenFile | undefined): Promise<OpenFile> {
    if (file) {
      const now = await stat(path).catch((): Stats | undefined => undefined)
      if (now && now.ino === file.ino && now.dev === file.dev) return file
      await file.handle.close()
    }
    const handle = await open(
      this.#fence.enter(path),
      constants.O_CREAT | constants.O_WRONLY | constants.O_APPEND,
      mode,
    )
    // Links may have been changed since the path was looked at.
    if (!this.#fence.coversOpen(handle.fd)) {
      await handle.close()
      throw this.#fence.fault(path)
    }
    const { ino, dev } = await handle.stat()
    return { handle, ino, dev }
  }
}
