// Takes a request's body into one buffer. The size is bounded per request and over all requests that are under way;
// a client that announces much and sends little costs little.
import type { IncomingMessage } from 'node:http'
import { Fault } from '../../base/fault.ts'

/** What is allocated on a mere announcement; the rest as it arrives. */
const TRUSTED_BYTES = 4 * 1024 * 1024
const FIRST_BYTES = 16 * 1024

export interface BodyLimits {
  /** Bytes of one body, as sent and after unpacking. */
  readonly maxBodyBytes: number
  /** Bytes of all bodies that are being received. */
  readonly maxPendingBytes: number
}

const EMPTY = Buffer.alloc(0)

export const bodyTooLarge = (limit: number): Fault =>
  new Fault('body-too-large', `request body too large: at most ${limit} bytes are taken`, { status: 413 })

/** Reads bodies under common limits. */
export class BodyReader {
  readonly #limits: BodyLimits
  #pending = 0

  constructor(limits: BodyLimits) {
    this.#limits = limits
  }

  /** Bytes held by bodies that are still arriving. */
  get pendingBytes(): number {
    return this.#pending
  }

  /** Calls `done` once: with the whole body, or with a Fault (400, 413, 503). */
  read(request: IncomingMessage, done: (fault: Fault | null, body?: Buffer) => void): void {
    const announced = request.headers['content-length']
    const length = announced === undefined ? undefined : Number(announced)
    if (length === 0) {
      done(null, EMPTY)
      return
    }
    if (length !== undefined && length > this.#limits.maxBodyBytes) {
      done(bodyTooLarge(this.#limits.maxBodyBytes))
      return
    }
    let buffer: Buffer = EMPTY
    let at = 0
    let held = 0
    let over = false

    const finish = (fault: Fault | null, body?: Buffer): void => {
      if (over) return
      over = true
      this.#pending -= held
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
      // What still comes is read and dropped, so that the answer reaches a client that is busy sending.
      if (fault) request.on('error', () => {}).resume()
      done(fault, body)
    }
    const grow = (needed: number): boolean => {
      const wanted = length !== undefined && length <= TRUSTED_BYTES ? length : Math.max(needed, buffer.length * 2)
      const size = Math.min(
        Math.max(wanted, Math.min(length ?? FIRST_BYTES, TRUSTED_BYTES)),
        length ?? this.#limits.maxBodyBytes,
      )
      if (this.#pending + size - held > this.#limits.maxPendingBytes) {
        finish(
          new Fault('too-many-bodies', 'too much is being received at once: try again later', {
            status: 503,
            retry: true,
          }),
        )
        return false
      }
      const bigger = Buffer.allocUnsafe(size)
      buffer.copy(bigger, 0, 0, at)
      this.#pending += size - held
      held = size
      buffer = bigger
      return true
    }
    const onData = (chunk: Buffer): void => {
      const end = at + chunk.length
      // A body of one chunk, by far the commonest, is taken as it is.
      if (at === 0 && chunk.length === length) {
        buffer = chunk
        at = end
        return
      }
      if (end > this.#limits.maxBodyBytes) {
        finish(bodyTooLarge(this.#limits.maxBodyBytes))
        return
      }
      if (end > buffer.length && !grow(end)) return
      chunk.copy(buffer, at)
      at = end
    }
    const onEnd = (): void => finish(null, at === buffer.length ? buffer : buffer.subarray(0, at))
    const onError = (e: Error): void => finish(new Fault('body-read', e.message, { status: 400 }))
    const onClose = (): void => finish(new Fault('body-read', 'unexpected EOF', { status: 400 }))
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose)
  }
}
