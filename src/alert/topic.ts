// One topic: the latest state of each of its events and who listens. Knows nothing of stores, tasks or delivery.
import type { EventState } from './event.ts'
import { type Level, OK } from './level.ts'

/** Recovered events are only there to be listed; the oldest go first. */
export const MAX_OK_EVENTS = 10_000

export class Topic {
  readonly id: string
  /** Events taken since the topic has been in memory. */
  collected = 0
  readonly #active = new Map<string, EventState>()
  readonly #recovered = new Map<string, EventState>()
  readonly #counts: [number, number, number, number] = [0, 0, 0, 0]

  constructor(id: string) {
    this.id = id
  }

  /** The highest level of its events. */
  get level(): Level {
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

  /** Events at or above a level, sorted by id. */
  events(min: Level): (readonly [string, EventState])[] {
    const found = [...this.#active].filter(([, s]) => s.level >= min)
    if (min === OK) found.push(...this.#recovered)
    return found.sort((a, b) => (a[0] < b[0] ? -1 : 1))
  }

  /** The states that outlive the topic: those that are not OK. */
  get saved(): ReadonlyMap<string, EventState> {
    return this.#active
  }
}
