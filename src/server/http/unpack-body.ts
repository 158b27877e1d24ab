// Unpacks gzip bodies under a bound: a few kilobytes must not become gigabytes.
import { gunzip, gunzipSync } from 'node:zlib'
import { Fault, messageOf } from '../../base/fault.ts'
import { bodyTooLarge } from './read-body.ts'

/** Smaller bodies are unpacked at once: handing them to another thread costs more. */
const AT_ONCE_BYTES = 16 * 1024

/** The unpacked body. Throws, or rejects with, a Fault: 400 for what is no gzip, 413 for more than `limit` bytes. */
export function unpackBody(body: Buffer, limit: number): Buffer | Promise<Buffer> {
  const options = { maxOutputLength: limit }
  if (body.length <= AT_ONCE_BYTES) {
    try {
      return gunzipSync(body, options)
    } catch (e) {
      throw asFault(e, limit)
    }
  }
  return new Promise((resolve, reject) => {
    gunzip(body, options, (e, out) => (e ? reject(asFault(e, limit)) : resolve(out)))
  })
}

function asFault(e: unknown, limit: number): Fault {
  if ((e as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') return bodyTooLarge(limit)
  return new Fault('bad-gzip', `gzip: ${messageOf(e)}`, { status: 400, cause: e })
}
