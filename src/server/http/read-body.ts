// Takes a request's body into one buffer. The size is bounded per request and over all requests that are under way;
// a client that announces much and sends little costs little.
import type { IncomingMessage } from 'node:http'
import { Fault } from '../../base/fault.ts'
import { BodyMemory } from './body-memory.ts'
import type { BodyWatcher } from './early-lines.ts'

/** What is allocated on a mere announcement; the rest as it arrives. */
const TRUSTED_BYTES = 2 * 1024 * 1024
const FIRST_BYTES = 16 * 1024

export interface BodyLimits {
  /** Bytes of one body, as sent and after unpacking. */
  readonly maxBodyBytes: number
  /** Bytes of all bodies that are being received. */
  readonly maxPendingBytes: number
  /** Called for each body that is refused for its size, or for what else is being received. */
  readonly onRefused?: () => void
}

const EMPTY = Buffer.alloc(0)

export const bodyTooLarge = (limit: number): Fault =>
  new Fault('body-too-large', `request body too large: at most ${limit} bytes are taken`, { status: 413 })

const tooManyBodies = (): Fault =>
  new Fault('too-many-bodies', 'too much is being received at once: try again later', { status: 503, retry: true })

/** Smaller chunks are left to the garbage collector. */
const FREED_BYTES = 16 * 1024

/**
 * Frees a chunk that has been copied, now: the next one gets the same memory, which is in the processor's caches. Node's
 * parser gives each chunk memory of its own; a test looks that it still does.
 */
function letGo(chunk: Buffer): void {
  const memory = chunk.buffer
  if (chunk.length >= FREED_BYTES && chunk.length === memory.byteLength && memory instanceof ArrayBuffer)
    memory.transfer(0)
}

// V8 takes it that nobody ever does this, and throws the code away that counts on it when somebody does: better now than
// with the first body.
new ArrayBuffer(1).transfer(0)

type Done = (fault: Fault | null, body?: Buffer) => void

/** Reads bodies under common limits. */
export class BodyReader {
  readonly #limits: BodyLimits
  readonly #memory = new BodyMemory()
  #pending = 0
  /** Bodies that are arriving. */
  #arriving = 0

  constructor(limits: BodyLimits) {
    this.#limits = limits
  }

  /** Takes a body's memory back, for the next one: nothing may look at the body any more. */
  release(body: Buffer): void {
    this.#memory.giveBack(body)
  }

  /** Calls `done` once: with the whole body, or with a Fault (400, 413, 503). `watcher` sees it grow. */
  read(request: IncomingMessage, done: Done, watcher?: BodyWatcher): void {
    const { maxBodyBytes, maxPendingBytes } = this.#limits
    const announced = request.headers['content-length']
    const length = announced === undefined ? undefined : Number(announced)
    if (length === 0) {
      done(null, EMPTY)
      return
    }
    if (length !== undefined && length > maxBodyBytes) {
      this.#limits.onRefused?.()
      done(bodyTooLarge(maxBodyBytes))
      return
    }
    let buffer: Buffer = EMPTY
    let at = 0
    let over = false
    this.#arriving++

    const finish: Done = (fault, body) => {
      if (over) return
      over = true
      this.#arriving--
      if (buffer !== EMPTY) this.#pending -= buffer.length
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
      if (fault) {
        if (fault.status !== 400) this.#limits.onRefused?.()
        this.#memory.giveBack(buffer)
        // What still comes is read and dropped, so that the answer reaches a client that is busy sending.
        request.on('error', () => {}).resume()
      }
      done(fault, body)
    }
    /** False when there is no room: then all is over. */
    const grow = (needed: number): boolean => {
      const trusted = Math.min(length ?? FIRST_BYTES, TRUSTED_BYTES)
      const size = Math.min(Math.max(trusted, needed, buffer.length * 2), length ?? maxBodyBytes)
      if (this.#pending + size - buffer.length > maxPendingBytes) {
        finish(tooManyBodies())
        return false
      }
      const bigger = this.#memory.take(size)
      buffer.copy(bigger, 0, 0, at)
      this.#memory.giveBack(buffer)
      this.#pending += bigger.length - buffer.length
      buffer = bigger
      return true
    }
    const onData = (chunk: Buffer): void => {
      const end = at + chunk.length
      // A body of one chunk, by far the commonest, is taken as it is.
      if (chunk.length === length) finish(null, chunk)
      else if (end > maxBodyBytes) finish(bodyTooLarge(maxBodyBytes))
      else if (end <= buffer.length || grow(end)) {
        chunk.copy(buffer, at)
        letGo(chunk)
        at = end
        // Where several arrive at once the time between chunks is not idle, and half-read bodies would fill the nursery.
        if (this.#arriving === 1) watcher?.grew(buffer, at)
      }
    }
    const onEnd = (): void => finish(null, buffer.subarray(0, at))
    const onError = (e: Error): void => finish(new Fault('body-read', e.message, { status: 400 }))
    const onClose = (): void => finish(new Fault('body-read', 'unexpected EOF', { status: 400 }))
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose)
  }
}
