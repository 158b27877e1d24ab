// Writes a batch recording (.brpl): a zip archive with one entry for each source of batches, filled one after the other.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

/** Half the size of the fastest level for a little more time than that. */
const LEVEL = 4

/**
 * Resolves when the file is on disk. `sources` give the text of their entries; each is begun when the one before has
 * ended. Rejects with the first error, also with the signal's reason.
 */
export async function writeBatches(
  path: string,
  sources: readonly (() => AsyncIterable<string>)[],
  signal?: AbortSignal,
): Promise<void> {
  const zip = new ZipFile()
  const failed = new Promise<never>((_resolve, reject) => {
    zip.on('error', reject)
  })
  failed.catch(() => {})
  sources.forEach((text, i) => {
    zip.addReadStreamLazy(String(i), { compress: true, compressionLevel: LEVEL }, (give) => {
      const stream = Readable.from(text(), { objectMode: false })
      // The archive's own handling of errors comes too late for some: nobody may be left waiting.
      stream.on('error', (e) => zip.emit('error', e))
      give(null, stream)
    })
  })
  zip.end()
  const output = zip.outputStream as Readable
  const done = pipeline(output, createWriteStream(path, { flush: true }), signal ? { signal } : {})
  try {
    await Promise.race([done, failed])
  } catch (e) {
    output.destroy()
    await done.catch(() => {})
    throw signal?.aborted ? signal.reason : e
  }
}
