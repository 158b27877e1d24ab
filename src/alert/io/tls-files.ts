// The files that secure connections, read when they are used and again when they have changed. Knows no protocol.
import { readFile, stat } from 'node:fs/promises'
import { messageOf } from '../../base/fault.ts'
import { DeliveryFault } from '../delivery-fault.ts'
import type { HandlerTls } from './handler-io.ts'

/** As Node's TLS takes it. */
export interface TlsOptions {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly rejectUnauthorized?: boolean
}

export interface LoadedTls {
  /** Equal as long as the files are. */
  readonly key: string
  readonly options: TlsOptions
}

interface ReadFile {
  readonly mark: string
  readonly text: string
}

export class TlsFiles {
  readonly #files = new Map<string, ReadFile>()

  /** Undefined when nothing is out of the ordinary. Rejects with a retryable fault when a file can't be read. */
  async load(tls: HandlerTls): Promise<LoadedTls | undefined> {
    const { ca, cert, key, skipVerify } = tls
    if (ca === '' && cert === '' && key === '' && !skipVerify) return undefined
    const files = await Promise.all([ca, cert, key].map((path) => (path === '' ? undefined : this.#read(path))))
    const [caFile, certFile, keyFile] = files
    return {
      key: JSON.stringify([[ca, cert, key], files.map((f) => f?.mark ?? ''), skipVerify]),
      options: {
        ...(caFile ? { ca: caFile.text } : {}),
        ...(certFile ? { cert: certFile.text } : {}),
        ...(keyFile ? { key: keyFile.text } : {}),
        ...(skipVerify ? { rejectUnauthorized: false } : {}),
      },
    }
  }

  async #read(path: string): Promise<ReadFile> {
    try {
      const { mtimeMs, size, ino } = await stat(path)
      const mark = `${mtimeMs} ${size} ${ino}`
      const known = this.#files.get(path)
      if (known?.mark === mark) return known
      const file = { mark, text: await readFile(path, 'utf8') }
      this.#files.set(path, file)
      return file
    } catch (e) {
      throw new DeliveryFault('tls-file', `can't read ${path}: ${messageOf(e)}`, { retry: true, cause: e })
    }
  }
}
