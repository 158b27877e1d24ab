// All silences of a server: defines, changes and forgets them, and says which one holds a notification back. Knows
// nothing of what is held back, nor of HTTP.
import { randomUUID } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { Fault } from '../base/fault.ts'
import { addTime, compareTime, type Time, ZERO_TIME } from '../base/time.ts'
import { readSilence, type Silence, type Subject, silenceState, subjectTest } from './silence.ts'

/** Nanoseconds until counts are stored: a crash may cost as many of them. */
const COUNTS_NS = 1e9
/** Nanoseconds for which silences that are over can still be looked at. */
const KEEP_NS = 5 * 86_400 * 1e9

export interface SilenceStore {
  all(): Iterable<Silence>
  /** Throws Fault. */
  save(silence: Silence): void
  remove(id: string): void
  /** How many notifications each has held back. */
  counts(): Iterable<readonly [string, number]>
  /** Need not be on disk at once. */
  saveCounts(counts: Iterable<readonly [string, number]>): void
}

export interface SilencesOptions {
  readonly store: SilenceStore
  readonly clock: Clock
}

interface Known {
  readonly silence: Silence
  readonly takes: (s: Subject) => boolean
}

export class Silences {
  readonly #o: SilencesOptions
  readonly #all = new Map<string, Known>()
  #active: readonly Known[] = []
  /** When one of them begins or ends next. */
  #until: Time | undefined
  readonly #counts: Map<string, number>
  readonly #counted = new Set<string>()
  readonly #listeners: (() => void)[] = []

  constructor(o: SilencesOptions) {
    this.#o = o
    for (const silence of o.store.all()) this.#know(silence)
    this.#counts = new Map(o.store.counts())
    this.#sort()
  }

  /** Called whenever silences begin, end or change. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** In the order of their start. */
  list(): readonly Silence[] {
    return [...this.#all.values()].map((k) => k.silence).sort((a, b) => compareTime(a.start, b.start))
  }

  /** Throws Fault 404. */
  get(id: string): Silence {
    const known = this.#all.get(id)
    if (!known) throw new Fault('no-silence', `there is no silence ${JSON.stringify(id)}`, { status: 404 })
    return known.silence
  }

  /** Throws Fault when it can't be, or when there is one of this id. */
  create(json: unknown): Silence {
    const now = this.#o.clock.now()
    const blank = { id: randomUUID(), matchers: [], start: now, end: ZERO_TIME, author: '', comment: '', created: now }
    const silence = readSilence(json, blank)
    if (this.#all.has(silence.id))
      throw new Fault('silence-exists', `there is a silence ${JSON.stringify(silence.id)} already`, { status: 409 })
    return this.#save(silence)
  }

  /** What `json` does not say stays as it is. Throws Fault. */
  update(id: string, json: unknown): Silence {
    const before = this.get(id)
    const silence = readSilence(json, before)
    if (silence.id !== id) throw new Fault('bad-silence', 'the id of a silence can not be changed', { status: 400 })
    return this.#save(silence)
  }

  /** Also when there is none. */
  remove(id: string): void {
    if (!this.#all.has(id)) return
    this.#forget(id)
    this.#changed()
  }

  /** The silence that holds the subject back, as of the last look at the time. */
  holding(s: Subject): Silence | undefined {
    for (const k of this.#active) if (k.takes(s)) return k.silence
    return undefined
  }

  /** Counts a notification that the silence has held back. */
  count(id: string): void {
    this.#counts.set(id, this.heldBack(id) + 1)
    if (this.#counted.size === 0) {
      const { clock } = this.#o
      clock.at(addTime(clock.now(), COUNTS_NS), () => this.saveCounts())
    }
    this.#counted.add(id)
  }

  /** How many notifications the silence has held back. */
  heldBack(id: string): number {
    return this.#counts.get(id) ?? 0
  }

  saveCounts(): void {
    const counts = [...this.#counted].map((id) => [id, this.heldBack(id)] as const)
    this.#counted.clear()
    if (counts.length > 0) this.#o.store.saveCounts(counts.filter(([id]) => this.#all.has(id)))
  }

  /** Whether any silence may hold anything back. */
  get any(): boolean {
    return this.#active.length > 0
  }

  /** When one of them begins or ends next. */
  get nextChange(): Time | undefined {
    return this.#until
  }

  /** Takes note of the time; tells the listeners when it has changed what is silent. */
  look(): void {
    if (this.#until && compareTime(this.#o.clock.now(), this.#until) >= 0) this.#changed()
  }

  #save(silence: Silence): Silence {
    this.#o.store.save(silence)
    this.#know(silence)
    this.#changed()
    return silence
  }

  #know(silence: Silence): void {
    this.#all.set(silence.id, { silence, takes: subjectTest(silence.matchers) })
  }

  #forget(id: string): void {
    this.#all.delete(id)
    this.#counts.delete(id)
    this.#o.store.remove(id)
  }

  #changed(): void {
    this.#sort()
    for (const listener of this.#listeners) listener()
  }

  #sort(): void {
    const now = this.#o.clock.now()
    const active: Known[] = []
    let until: Time | undefined
    for (const [id, k] of this.#all) {
      const { start, end } = k.silence
      const state = silenceState(k.silence, now)
      if (state === 'active') active.push(k)
      if (state === 'expired') {
        if (compareTime(addTime(end, KEEP_NS), now) > 0) continue
        this.#forget(id)
        continue
      }
      const next = state === 'active' ? end : start
      if (!until || compareTime(next, until) < 0) until = next
    }
    this.#active = active
    this.#until = until
  }
}
