// Counts what comes in per (db, rp, measurement), and what nobody takes; says so once a minute, with the nearest
// dbrp that tasks do want. Bounded: beyond the bound new names count together.
import type { Logger } from '../base/logger.ts'
import { keyOf } from '../base/text-key.ts'
import { suggest } from '../lang/suggest.ts'

/** Distinct (db, rp, measurement) that are counted by name. */
export const MAX_INGRESS_NAMES = 10_000
const LOG_MS = 60_000
/** Key of what counts together; no key of three texts is so short. */
const REST = '*'

export interface IngressCount {
  readonly db: string
  readonly rp: string
  readonly measurement: string
  received: number
  /** Of these, points that no task took. */
  unwanted: number
}

export class Ingress {
  readonly #counts = new Map<string, IngressCount>()
  readonly #logger: Logger
  readonly #wanted: () => readonly { readonly db: string; readonly rp: string }[]

  constructor(logger: Logger, wanted: () => readonly { readonly db: string; readonly rp: string }[]) {
    this.#logger = logger
    this.#wanted = wanted
  }

  add(
    db: string,
    rp: string,
    counts: readonly (readonly [string, number])[],
    unwanted: readonly (readonly [string, number])[],
  ): void {
    for (const [m, n] of counts) this.#of(db, rp, m).received += n
    for (const [m, n] of unwanted) {
      const c = this.#of(db, rp, m)
      c.unwanted += n
      const limited = this.#logger.limited(`unwanted ${keyOf([db, rp, m])}`, LOG_MS)
      limited.info('no task takes these points', {
        db,
        rp,
        measurement: m,
        points: c.unwanted,
        hint: this.#hint(db, rp),
      })
    }
  }

  all(): Iterable<IngressCount> {
    return this.#counts.values()
  }

  #of(db: string, rp: string, measurement: string): IngressCount {
    let key = keyOf([db, rp, measurement])
    let c = this.#counts.get(key)
    if (c) return c
    if (this.#counts.size >= MAX_INGRESS_NAMES) {
      key = REST
      c = this.#counts.get(key)
      if (c) return c
      c = { db: '*', rp: '*', measurement: '*', received: 0, unwanted: 0 }
    } else c = { db, rp, measurement, received: 0, unwanted: 0 }
    this.#counts.set(key, c)
    return c
  }

  #hint(db: string, rp: string): string {
    const names = this.#wanted().map((w) => `"${w.db}"."${w.rp}"`)
    if (names.length === 0) return 'no task is enabled'
    if (names.includes(`"${db}"."${rp}"`)) return 'tasks take this dbrp, but no such measurement'
    const near = suggest(`"${db}"."${rp}"`, names)
    return near ? `tasks want ${near}` : `tasks want ${names.slice(0, 3).join(', ')}`
  }
}
