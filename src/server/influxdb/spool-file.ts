// A file for the rows of an answer that are too many for the memory. It has no name once it is open, so that nothing is
// left of it after a crash.
import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises'
import path from 'node:path'
import { Fault, messageOf } from '../../base/fault.ts'
import type { SpoolFile } from '../../base/influxdb/result-spool.ts'

export class TemporarySpool implements SpoolFile {
  readonly #handle: Promise<FileHandle>
  #end = 0
  #closed = false

  constructor(folder: string) {
    this.#handle = openUnnamed(folder)
    // Who appends or reads is told.
    this.#handle.catch(() => {})
  }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      const handle = await this.#handle
      for (let from = 0; from < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, from, bytes.length - from, this.#end)
        from += bytesWritten
        this.#end += bytesWritten
      }
    } catch (e) {
      throw fault(e)
    }
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    try {
      const handle = await this.#handle
      const bytes = new Uint8Array(length)
      for (let got = 0; got < length; ) {
        const { bytesRead } = await handle.read(bytes, got, length - got, offset + got)
        if (bytesRead === 0) throw new Error('the file ends too early')
        got += bytesRead
      }
      return bytes
    } catch (e) {
      throw fault(e)
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#handle.then((handle) => handle.close()).catch(() => {})
  }
}

async function openUnnamed(folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true })
  const name = path.join(folder, `${randomUUID()}.rows`)
  const handle = await open(name, 'wx+', 0o600)
  await unlink(name)
  return handle
}

function fault(e: unknown): Fault {
  return new Fault('spool-failed', `the rows of a query can't be kept on disk: ${messageOf(e)}`, {
    retry: true,
    cause: e,
  })
}
