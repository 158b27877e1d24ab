// A series: database, retention policy, measurement and tags, shared by all of its points.
// Series are interned up to a bound; beyond it unshared ones work the same. Identity is a hint, the key is the truth.

import { keyOf, lengthMark } from './text-key.ts'

/** At most so many series are shared; further ones live with their points. */
export const MAX_SERIES = 262_144
/** Derived series (a tag set or removed) that one series remembers. */
const MAX_DERIVED = 16

/** At most so many sets of tag keys are shared. */
const MAX_LAYOUTS = 4_096
/** At most so many kinds of series are shared. */
const MAX_KINDS = 4_096

const interned = new Map<string, Series>()
const layouts = new Map<string, readonly string[]>()
const NO_KEYS: readonly string[] = []

/** What series have in common that differ in the values of their tags only: one object for all that come one behind the other. */
class SeriesKind {
  readonly db: string
  readonly rp: string
  readonly name: string
  readonly keys: readonly string[]

  constructor(db: string, rp: string, name: string, keys: readonly string[]) {
    this.db = db
    this.rp = rp
    this.name = name
    this.keys = keys
  }
}

const kinds = new Map<string, SeriesKind>()
/** Tried first. */
let lastKind = new SeriesKind('', '', '', ['never any'])

export class Series {
  readonly #kind: SeriesKind
  /** The values of the tags, beside their keys. */
  readonly vals: readonly string[]
  #key: string | undefined
  #tags: Readonly<Record<string, string>> | undefined
  #derived: Map<string, Series> | undefined

  constructor(kind: SeriesKind, vals: readonly string[], key?: string) {
    this.#kind = kind
    this.vals = vals
    this.#key = key
  }

  /** Empty when the point belongs to none, as after a join. */
  get db(): string {
    return this.#kind.db
  }

  get rp(): string {
    return this.#kind.rp
  }

  /** The measurement. */
  get name(): string {
    return this.#kind.name
  }

  /** Tag keys in code-unit order; mostly one array for all series that have them. */
  get keys(): readonly string[] {
    return this.#kind.keys
  }

  /** What decides equality. */
  get key(): string {
    this.#key ??= seriesKey(this.db, this.rp, this.name, this.keys, this.vals)
    return this.#key
  }

  /** A tag's value; undefined when there is none. */
  tag(key: string): string | undefined {
    const k = this.keys
    for (let i = 0; i < k.length; i++) if (k[i] === key) return this.vals[i]
    return undefined
  }

  /** All tags as a frozen object without a prototype, made once. */
  get tags(): Readonly<Record<string, string>> {
    if (!this.#tags) {
      const o: Record<string, string> = Object.create(null)
      for (let i = 0; i < this.keys.length; i++) o[this.keys[i]!] = this.vals[i]!
      this.#tags = Object.freeze(o)
    }
    return this.#tags
  }

  /** The series with one tag set. */
  with(key: string, value: string): Series {
    const at = this.keys.indexOf(key)
    if (at >= 0 && this.vals[at] === value) return this
    return this.#derive(`+${lengthMark(key)}${key}${value}`, () => {
      if (at >= 0) return makeSeries(this.db, this.rp, this.name, this.keys, this.vals.with(at, value))
      let i = 0
      while (i < this.keys.length && this.keys[i]! < key) i++
      return makeSeries(this.db, this.rp, this.name, this.keys.toSpliced(i, 0, key), this.vals.toSpliced(i, 0, value))
    })
  }

  /** The series without a tag. */
  without(key: string): Series {
    const at = this.keys.indexOf(key)
    if (at < 0) return this
    return this.#derive(`-${key}`, () =>
      makeSeries(this.db, this.rp, this.name, this.keys.toSpliced(at, 1), this.vals.toSpliced(at, 1)),
    )
  }

  /** The series under another measurement. */
  renamed(name: string): Series {
    if (name === this.name) return this
    return this.#derive(`=${name}`, () => makeSeries(this.db, this.rp, name, this.keys, this.vals))
  }

  #derive(key: string, make: () => Series): Series {
    const known = this.#derived?.get(key)
    if (known) return known
    const made = make()
    this.#derived ??= new Map()
    if (this.#derived.size < MAX_DERIVED) this.#derived.set(key, made)
    return made
  }
}

function seriesKey(db: string, rp: string, name: string, keys: readonly string[], vals: readonly string[]): string {
  let marks = lengthMark(db) + lengthMark(rp) + lengthMark(name)
  let text = db + rp + name
  for (let i = 0; i < keys.length; i++) {
    const k = keys[i]!
    const v = vals[i]!
    marks += lengthMark(k) + lengthMark(v)
    text += k + v
  }
  return marks + text
}

/** A series of its own, for who keeps it by other means: much cheaper than looking for the shared one. */
export function newSeries(
  db: string,
  rp: string,
  name: string,
  keys: readonly string[],
  vals: readonly string[],
): Series {
  return new Series(kindOf(db, rp, name, keys), vals)
}

/** The shared series. `keys` must be sorted in code-unit order and without repeats; both arrays are kept. */
export function makeSeries(
  db: string,
  rp: string,
  name: string,
  keys: readonly string[],
  vals: readonly string[],
): Series {
  const key = seriesKey(db, rp, name, keys, vals)
  const known = interned.get(key)
  if (known) return known
  const series = new Series(kindOf(db, rp, name, keys), vals, key)
  if (interned.size < MAX_SERIES) interned.set(key, series)
  return series
}

function kindOf(db: string, rp: string, name: string, keys: readonly string[]): SeriesKind {
  const last = lastKind
  if (name === last.name && db === last.db && rp === last.rp && sameTexts(keys, last.keys)) return last
  const key = keyOf([db, rp, name, ...keys])
  let kind = kinds.get(key)
  if (!kind) {
    kind = new SeriesKind(db, rp, name, sharedKeys(keys))
    if (kinds.size < MAX_KINDS) kinds.set(key, kind)
  }
  return (lastKind = kind)
}

/** One array for all series with the same tag keys, so that who cares for the keys can compare by identity first. */
function sharedKeys(keys: readonly string[]): readonly string[] {
  if (keys.length === 0) return NO_KEYS
  const text = keyOf(keys)
  const known = layouts.get(text)
  if (known) return known
  if (layouts.size < MAX_LAYOUTS) layouts.set(text, keys)
  return keys
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The shared series of a tag object. */
export function seriesOf(db: string, rp: string, name: string, tags: Readonly<Record<string, string>>): Series {
  const keys = Object.keys(tags).sort()
  // Not with map(): V8 gives its result another kind once it has compiled the call, and what reads it is compiled anew.
  const vals: string[] = []
  for (const k of keys) vals.push(tags[k]!)
  return makeSeries(db, rp, name, keys, vals)
}

/** How many series are shared now; for statistics and the test of the bound. */
export function seriesCount(): number {
  return interned.size
}
