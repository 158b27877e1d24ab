// Hashes of passwords by bcrypt, made and compared outside the event loop. Only a few at once: they share Node's threads
// with the files, and nobody shall be able to keep all of them busy.
import { Fault } from '../../base/fault.ts'

/** At the same time, of the four threads that Node has. */
const AT_ONCE = 2
/** That wait for their turn: 256 take about ten seconds at the default cost. */
const MAX_WAITING = 256
/** bcrypt looks no further. */
export const MAX_PASSWORD_BYTES = 72

/** Salt and hash of a password that was thrown away. */
const NOBODYS = 'cYvsixZ1InkXNdm6FCCedOskmq/jRLGsD2HtPFNKZtN5JtMfsWodO'

let loading: Promise<typeof import('bcrypt')> | undefined

export class PasswordHasher {
  readonly #cost: number
  #running = 0
  readonly #waiting: (() => void)[] = []
  #refused = 0

  /** `cost`: each step doubles the work; 4 to 31. */
  constructor(cost: number) {
    this.#cost = cost
  }

  /** Those that found too many before them. */
  get refused(): number {
    return this.#refused
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** The hash of a password of at most 72 bytes. Rejects with a Fault (503) when too many wait. */
  hash(password: string): Promise<string> {
    return this.#turn(async () => (await library()).hash(password, this.#cost))
  }

  /** Whether the password is that of the hash; without a hash never, after the same work. Rejects with a Fault (503). */
  async matches(password: string, hash: string | undefined): Promise<boolean> {
    const against = hash ?? `${this.#prefix}${NOBODYS}`
    const same = await this.#turn(async () => (await library()).compare(password, against))
    return same && hash !== undefined && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES
  }

  /** Whether a hash was made at another cost: comparing with it takes another time than for those who are not there. */
  isOfOtherCost(hash: string): boolean {
    return !hash.startsWith(this.#prefix)
  }

  get #prefix(): string {
    return `$2b$${String(this.#cost).padStart(2, '0')}$`
  }

  async #turn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) {
        this.#refused++
        const message = 'too many passwords are being checked at once: try again later'
        throw new Fault('sign-ins-busy', message, { status: 503, retry: true })
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running++
    try {
      return await work()
    } finally {
      // Whoever is next takes the place over, so that nobody slips in between.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }
}

async function library(): Promise<typeof import('bcrypt')> {
  loading ??= import('bcrypt')
  const loaded = await loading
  // A CommonJS module: some loaders give its members under `default` only.
  return 'hash' in loaded ? loaded : (loaded as { default: typeof import('bcrypt') }).default
}
