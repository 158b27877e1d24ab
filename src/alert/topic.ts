// One topic: the latest state of each of its events and who listens. Knows nothing of stores, tasks or delivery.
import type { EventState } from './event.ts'
import { type Level, OK } from './level.ts'

/** Up to so many events clients know the topic's level as the level of the first of a list, see Topic.level. */
const LISTED = 12

interface Listed {
  readonly id: string
  level: Level
}

/** Recovered events are only there to be listed; the oldest go first. */
export const MAX_OK_EVENTS = 10_000

export class Topic {
  readonly id: string
  /** Events taken since the topic has been in memory. */
  collected = 0
  /** Deleted: what is still on its way to the store is not wanted any more. */
  gone = false
  readonly #active = new Map<string, EventState>()
  readonly #recovered = new Map<string, EventState>()
  readonly #counts: [number, number, number, number] = [0, 0, 0, 0]
  /** All events while they are few; undefined from when they were too many. */
  #list: Listed[] | undefined = []

  constructor(id: string) {
    this.id = id
  }

  /**
   * The highest level of its events. While they are few it is, as clients of this API know it, the level of the first
   * event of a list that is put in order whenever a level changes, by an order that contradicts itself: an event goes
   * before another when its level is higher, or else when its id is smaller. So after a fall from the highest level
   * an event of a lower one may tell the topic's level.
   */
  get level(): Level {
    if (this.#list) return this.#list[0]?.level ?? OK
    for (const level of [3, 2, 1] as const) if (this.#counts[level] > 0) return level
    return OK
  }

  state(id: string): EventState | undefined {
    return this.#active.get(id) ?? this.#recovered.get(id)
  }

  levelOf(id: string): Level {
    return this.#active.get(id)?.level ?? OK
  }

  set(id: string, state: EventState): void {
    const before = this.#active.get(id)
    if (this.#list) this.#enlist(id, state.level)
    if (before) this.#counts[before.level]--
    if (state.level !== OK) {
      if (!before) this.#recovered.delete(id)
      this.#active.set(id, state)
      this.#counts[state.level]++
      return
    }
    if (before) this.#active.delete(id)
    this.#recovered.delete(id)
    this.#recovered.set(id, state)
    if (this.#recovered.size > MAX_OK_EVENTS) this.#recovered.delete(this.#recovered.keys().next().value!)
  }

  /** Forgets an event; false when there is none. */
  forget(id: string): boolean {
    if (this.#list) this.#list = this.#list.filter((x) => x.id !== id)
    const active = this.#active.get(id)
    if (!active) return this.#recovered.delete(id)
    this.#counts[active.level]--
    return this.#active.delete(id)
  }

  /** Events at or above a level, sorted by id. */
  events(min: Level): (readonly [string, EventState])[] {
    const found = [...this.#active].filter(([, s]) => s.level >= min)
    if (min === OK) found.push(...this.#recovered)
    return found.sort((a, b) => (a[0] < b[0] ? -1 : 1))
  }

  #enlist(id: string, level: Level): void {
    const list = this.#list!
    const known = list.find((x) => x.id === id)
    if (known?.level === level) return
    if (known) known.level = level
    else list.push({ id, level })
    if (list.length > LISTED) this.#list = undefined
    else
      for (let i = 1; i < list.length; i++)
        for (let j = i; j > 0 && goesBefore(list[j]!, list[j - 1]!); j--)
          [list[j], list[j - 1]] = [list[j - 1]!, list[j]!]
  }

  /** The states that outlive the topic: those that are not OK. */
  get saved(): ReadonlyMap<string, EventState> {
    return this.#active
  }
}

function goesBefore(a: Listed, b: Listed): boolean {
  return a.level > b.level || a.id < b.id
}
