// Reads a stream recording (.srpl) from its file in runs of points, in the order they were recorded, and knows how far
// it is. What is in memory at once does not depend on the size of the file.
import { type FileHandle, open } from 'node:fs/promises'
import { createGunzip, type Gunzip } from 'node:zlib'
import { Fault, messageOf } from '../../base/fault.ts'
import { formatErrors } from '../../base/line-protocol/line-error.ts'
import { LineParser } from '../../base/line-protocol/line-parser.ts'
import type { Point } from '../../base/point.ts'
import { ZERO_TIME } from '../../base/time.ts'
import { type LineRun, StreamLines } from './stream-lines.ts'

const READ_BYTES = 65_536
const UNPACK_BYTES = 131_072
/** Below this many bytes the size of the text, which the file's end tells modulo 2^32, can't have wrapped. */
const EXACT_BELOW = 4_000_000
const GZIP_MAGIC = [0x1f, 0x8b]

export interface PointRun {
  readonly db: string
  readonly rp: string
  readonly points: readonly Point[]
  /** Of its line protocol. */
  readonly bytes: number
  /** The share of the recording that was read with it, 0…1. */
  readonly progress: number
}

export class StreamReader {
  readonly #file: FileHandle
  readonly #gunzip: Gunzip
  readonly #size: number
  /** Bytes of the whole text; 0 when that can't be told. */
  readonly #textSize: number

  private constructor(file: FileHandle, size: number, textSize: number) {
    this.#file = file
    this.#size = size
    this.#textSize = size < EXACT_BELOW ? textSize : 0
    this.#gunzip = createGunzip({ chunkSize: UNPACK_BYTES })
    const input = file.createReadStream({ highWaterMark: READ_BYTES, start: 0, autoClose: false })
    input.on('error', (e) => this.#gunzip.destroy(e))
    input.pipe(this.#gunzip)
  }

  /** Throws Fault when there is no such file, or it is no stream recording. */
  static async open(path: string): Promise<StreamReader> {
    let file: FileHandle
    try {
      file = await open(path)
    } catch (e) {
      throw new Fault('no-file', messageOf(e), { cause: e })
    }
    try {
      const { size } = await file.stat()
      const ends = Buffer.alloc(6)
      await file.read(ends, 0, 2, 0)
      if (size < 18 || ends[0] !== GZIP_MAGIC[0] || ends[1] !== GZIP_MAGIC[1])
        throw new Fault('bad-recording', 'gzip: invalid header')
      await file.read(ends, 2, 4, size - 4)
      return new StreamReader(file, size, ends.readUInt32LE(2))
    } catch (e) {
      await file.close()
      throw e
    }
  }

  /** All runs, once. Throws Fault where the recording can't be read. */
  async *runs(): AsyncGenerator<PointRun> {
    const lines = new StreamLines()
    const parser = new LineParser()
    let text = 0
    const pointsOf = ({ db, rp, bytes }: LineRun): PointRun => {
      const parsed = parser.parse(bytes, db, rp, 'n', ZERO_TIME)
      if (!parsed.ok) throw new Fault('bad-recording', formatErrors(parsed.errors))
      return { db, rp, points: parsed.points, bytes: bytes.length, progress: this.#progress(lines.consumed, text) }
    }
    try {
      for await (const piece of this.#gunzip as AsyncIterable<Buffer>) {
        text += piece.length
        for (const run of lines.take(piece)) yield pointsOf(run)
      }
      for (const run of lines.end()) yield pointsOf(run)
    } catch (e) {
      throw e instanceof Fault ? e : new Fault('bad-recording', messageOf(e), { cause: e })
    } finally {
      await this.close()
    }
  }

  #progress(consumed: number, unpacked: number): number {
    if (this.#textSize > 0) return Math.min(1, consumed / this.#textSize)
    return Math.min(1, (consumed / unpacked) * (this.#gunzip.bytesWritten / this.#size))
  }

  /** Lets the file go. */
  async close(): Promise<void> {
    this.#gunzip.destroy()
    await this.#file.close().catch(() => {})
  }
}
