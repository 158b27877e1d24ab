// Writes a stream recording (.srpl): points to text, three lines each, compressed to a file as it goes. Says when there
// is no room, so that whoever gives points can wait.
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGzip, type Gzip } from 'node:zlib'
import { Fault } from '../../base/fault.ts'
import { formatLine } from '../../base/line-protocol/format-line.ts'
import type { Point } from '../../base/point.ts'

/** Characters of text that are gathered before they are compressed. */
const CHUNK = 65_536
/** Bytes that may wait for the compressor. */
const ROOM = 1024 * 1024
/** The fastest: who writes to the server may wait for it, and slower ones save a few percent of such text. */
const LEVEL = 1

export class StreamWriter {
  readonly #gzip: Gzip
  readonly #done: Promise<void>
  #text = ''
  #head = ''
  #db = ''
  #rp = ''
  #points = 0
  #fault: unknown
  #room: Promise<void> | undefined

  /** Makes the file anew. When that fails, `write` and `close` reject. */
  constructor(path: string) {
    this.#gzip = createGzip({ level: LEVEL, chunkSize: CHUNK })
    this.#gzip.setMaxListeners(0)
    this.#done = pipeline(this.#gzip, createWriteStream(path, { flush: true }))
    // Whoever writes or closes learns of it; until then nobody has to.
    this.#done.catch((e: unknown) => {
      this.#fault = e
    })
  }

  /** Points written so far. */
  get points(): number {
    return this.#points
  }

  /** Bytes of text that were compressed so far, before compression. */
  get textBytes(): number {
    return this.#gzip.bytesWritten
  }

  /** Calls back when the file can't be written any more. */
  whenFailed(failed: (e: unknown) => void): void {
    this.#done.catch(failed)
  }

  /** Why nothing more can be written; undefined while all is well. */
  get fault(): unknown {
    return this.#fault
  }

  /**
   * Takes points. Undefined when there is room for more, else a promise of that; it resolves also when the writing has
   * failed, which `fault` tells. Points that line protocol can't say are left out.
   */
  write(db: string, rp: string, points: readonly Point[]): Promise<void> | undefined {
    if (this.#fault !== undefined) return undefined
    if (db !== this.#db || rp !== this.#rp || this.#head === '') {
      if (/[\r\n]/.test(db + rp))
        throw new Fault('bad-name', 'a database whose name holds a newline can not be recorded')
      this.#db = db
      this.#rp = rp
      this.#head = `${db}\n${rp}\n`
    }
    for (const p of points) {
      const line = formatLine(p)
      if (line === '') continue
      this.#points++
      this.#text += `${this.#head}${line}\n`
      if (this.#text.length >= CHUNK) this.#compress()
    }
    if (this.#gzip.writableLength < ROOM) return undefined
    return (this.#room ??= this.#drained())
  }

  #compress(): void {
    const text = this.#text
    this.#text = ''
    this.#gzip.write(text)
  }

  async #drained(): Promise<void> {
    await Promise.race([
      new Promise<void>((resolve) => {
        this.#gzip.once('drain', resolve)
      }),
      this.#done.catch(() => {}),
    ])
    this.#room = undefined
  }

  /** Ends the file; resolves when it is on disk. Rejects with what went wrong. */
  async close(): Promise<void> {
    if (this.#fault === undefined) {
      if (this.#text !== '') this.#compress()
      this.#gzip.end()
    }
    await this.#done
  }

  /** Gives the file up. */
  async abort(): Promise<void> {
    this.#gzip.destroy()
    await this.#done.catch(() => {})
  }
}
