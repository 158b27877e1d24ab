// Passwords that were found right, so that not every request costs the work of a slow hash. They are remembered as salted
// hashes, for an hour, bounded in number, and each only as long as the user has this password.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

const VALID_MS = 3_600_000
const MAX_REMEMBERED = 4096

interface Checked {
  readonly digest: Buffer
  /** What it was compared with. */
  readonly hash: string
  readonly until: number
}

export class CheckedPasswords {
  /** In the order of remembering, so that the first is the one to forget. */
  readonly #checked = new Map<string, Checked>()
  readonly #salt = randomBytes(32).toString('base64')
  readonly #now: () => number
  #forgotten = 0

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  get size(): number {
    return this.#checked.size
  }

  /** Those that had to make room for others. */
  get forgotten(): number {
    return this.#forgotten
  }

  /** Stands for a name with a password while the process lives. */
  digest(name: string, password: string): Buffer {
    return hash('sha256', `${this.#salt}${name.length}:${name}${password}`, 'buffer')
  }

  has(name: string, digest: Buffer, hash: string): boolean {
    const known = this.#checked.get(name)
    if (!known) return false
    if (known.hash !== hash || this.#now() >= known.until) {
      this.#checked.delete(name)
      return false
    }
    return timingSafeEqual(known.digest, digest)
  }

  add(name: string, digest: Buffer, hash: string): void {
    this.#checked.delete(name)
    if (this.#checked.size >= MAX_REMEMBERED) {
      this.#checked.delete(this.#checked.keys().next().value!)
      this.#forgotten++
    }
    this.#checked.set(name, { digest, hash, until: this.#now() + VALID_MS })
  }
}
