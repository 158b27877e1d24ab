// Reads a batch recording (.brpl): an entry of the archive for each source, a batch at a time. Large batches lie on disk
// until they are used. All numbers are floats.
import type { Readable } from 'node:stream'
import { Transform, type TransformCallback } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { type Entry, open, type ZipFile } from 'yauzl'
import { Fault, messageOf } from '../../base/fault.ts'
import type { SpoolFile } from '../../base/influxdb/result-spool.ts'
import type { Time } from '../../base/time.ts'
import { BatchKeeper, type KeptBatch } from './batch-keeper.ts'
import { BatchObjects } from './batch-objects.ts'

/** One batch with the times that a replay goes by. */
export type ReadBatch = Pick<KeptBatch, 'feed' | 'first' | 'last'>

export interface ReadOptions {
  /** For batches that are large. */
  readonly spool: () => SpoolFile
  /** Gives batches without points, too; in recordings they are passed over. */
  readonly keepEmpty?: boolean
}

const STORED = 0
const DEFLATED = 8

export class BatchReader {
  readonly #zip: ZipFile
  readonly #entries: readonly Entry[]
  readonly #o: ReadOptions
  #read = 0
  readonly #total: number

  private constructor(zip: ZipFile, entries: readonly Entry[], o: ReadOptions) {
    this.#zip = zip
    this.#entries = entries
    this.#o = o
    this.#total = entries.reduce((n, e) => n + e.compressedSize, 0)
  }

  /** Throws Fault when there is no such file, or it is no batch recording. */
  static async open(path: string, o: ReadOptions): Promise<BatchReader> {
    const zip = await new Promise<ZipFile>((resolve, reject) => {
      open(path, { lazyEntries: true, autoClose: false }, (e, z) => {
        if (e) reject(notZip(e))
        else resolve(z)
      })
    })
    try {
      return new BatchReader(zip, await entriesOf(zip), o)
    } catch (e) {
      zip.close()
      throw e
    }
  }

  /** How many sources the recording is for. */
  get sources(): number {
    return this.#entries.length
  }

  /** The share of the recording that was read, 0…1. */
  get progress(): number {
    return this.#total === 0 ? 1 : Math.min(1, this.#read / this.#total)
  }

  /** The batches of one source, in the order they were recorded. */
  async *batches(source: number): AsyncGenerator<ReadBatch> {
    const objects = new BatchObjects()
    const { spool, keepEmpty } = this.#o
    let last: Time | undefined
    let keeper = new BatchKeeper(spool)
    const stream = await this.#open(this.#entries[source]!)
    try {
      for await (const bytes of stream as AsyncIterable<Buffer>) {
        for (const part of objects.take(bytes)) {
          if (part.is === 'point') keeper.point(part.text)
          else {
            const batch = await keeper.end(part.text, last)
            keeper = new BatchKeeper(spool)
            if (batch.points > 0) last = batch.last
            if (batch.points > 0 || keepEmpty) yield batch
            else batch.feed.close()
          }
        }
        await keeper.settle()
      }
      objects.end()
    } catch (e) {
      throw e instanceof Fault ? e : new Fault('bad-recording', messageOf(e), { cause: e })
    } finally {
      keeper.close()
      stream.destroy()
    }
  }

  async #open(entry: Entry): Promise<Readable> {
    const raw = await new Promise<Readable>((resolve, reject) => {
      const given = (e: Error | null, stream: Readable): void => {
        if (e) reject(new Fault('bad-recording', messageOf(e), { cause: e }))
        else resolve(stream)
      }
      this.#zip.openReadStream(entry, entry.compressionMethod === STORED ? {} : { decompress: false }, given as never)
    })
    const counted = new Counter((n) => {
      this.#read += n
    })
    raw.on('error', (e) => counted.destroy(e))
    raw.pipe(counted)
    if (entry.compressionMethod === STORED) return counted
    if (entry.compressionMethod !== DEFLATED)
      throw new Fault('bad-recording', `unsupported compression method: ${entry.compressionMethod}`)
    const inflated = createInflateRaw()
    counted.on('error', (e) => inflated.destroy(e))
    inflated.on('close', () => raw.destroy())
    return counted.pipe(inflated)
  }

  async close(): Promise<void> {
    this.#zip.close()
  }
}

class Counter extends Transform {
  readonly #count: (bytes: number) => void

  constructor(count: (bytes: number) => void) {
    super()
    this.#count = count
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#count(chunk.length)
    done(null, chunk)
  }
}

function entriesOf(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = []
    zip.on('entry', (entry: Entry) => {
      if (!entry.fileName.endsWith('/')) entries.push(entry)
      zip.readEntry()
    })
    zip.on('end', () => resolve(entries))
    zip.on('error', (e: unknown) => reject(notZip(e)))
    zip.readEntry()
  })
}

function notZip(e: unknown): Fault {
  if ((e as { code?: string }).code === 'ENOENT') return new Fault('no-file', messageOf(e), { cause: e })
  return new Fault('bad-recording', `zip: not a valid zip file: ${messageOf(e)}`, { cause: e })
}
