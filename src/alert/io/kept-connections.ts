// Connections that are kept for the next message: opened when first needed, shared, closed when nobody has used them for
// a while or when they have failed. Knows no protocol.
import { DeliveryFault } from '../delivery-fault.ts'

export interface KeptOptions<C> {
  /** Milliseconds that an unused connection is kept. */
  readonly idleMs: number
  readonly close: (connection: C) => void | Promise<void>
  /** Whether the connection is of no more use after this error; always when not given. */
  readonly spoils?: (error: unknown) => boolean
}

interface Entry<C> {
  readonly connection: Promise<C>
  users: number
  spoiled: boolean
  timer: NodeJS.Timeout | undefined
}

export class KeptConnections<C> {
  readonly #o: KeptOptions<C>
  readonly #entries = new Map<string, Entry<C>>()
  #closed = false

  constructor(o: KeptOptions<C>) {
    this.#o = o
  }

  /** How many are open or being opened. */
  get size(): number {
    return this.#entries.size
  }

  /** Does the work over the connection of that key. Rejects as opening it or the work does. */
  async use<T>(key: string, open: () => Promise<C>, work: (connection: C) => Promise<T>): Promise<T> {
    if (this.#closed) throw new DeliveryFault('closed', 'the server is stopping', { retry: true })
    let entry = this.#entries.get(key)
    if (!entry) {
      entry = { connection: open(), users: 0, spoiled: false, timer: undefined }
      this.#entries.set(key, entry)
    }
    entry.users++
    clearTimeout(entry.timer)
    let connection: C | undefined
    try {
      connection = await entry.connection
      return await work(connection)
    } catch (e) {
      if (connection === undefined || (this.#o.spoils?.(e) ?? true)) this.#spoil(key, entry)
      throw e
    } finally {
      entry.users--
      if (entry.users === 0) this.#rest(key, entry)
    }
  }

  /** Closes all; what is under way fails or ends by itself. */
  async close(): Promise<void> {
    this.#closed = true
    const entries = [...this.#entries]
    this.#entries.clear()
    await Promise.all(
      entries.map(([, entry]) => {
        clearTimeout(entry.timer)
        return this.#shut(entry)
      }),
    )
  }

  /** The next user opens a new one. */
  #spoil(key: string, entry: Entry<C>): void {
    entry.spoiled = true
    if (this.#entries.get(key) === entry) this.#entries.delete(key)
  }

  #rest(key: string, entry: Entry<C>): void {
    if (this.#closed) return
    if (entry.spoiled) {
      void this.#shut(entry)
      return
    }
    entry.timer = setTimeout(() => {
      this.#spoil(key, entry)
      void this.#shut(entry)
    }, this.#o.idleMs)
    entry.timer.unref()
  }

  async #shut(entry: Entry<C>): Promise<void> {
    try {
      await this.#o.close(await entry.connection)
    } catch {
      // It never opened, or is gone already.
    }
  }
}

/** The promise, or a retryable fault when it takes too long; what it was doing is then left to itself. */
export async function inTime<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DeliveryFault('too-late', `${what}: no answer within ${ms / 1000} s`, { retry: true }))
    }, ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
