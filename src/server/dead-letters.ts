// Dead letters: notifications that no handler could deliver, on disk, for people to look at, resend or clear. Each
// handler's have a bound of their own, so that a dead receiver pushes out nobody else's. Knows nothing of delivery.
import type { Outcome } from '../alert/outbox.ts'
import type { Time } from '../base/time.ts'
import type { Writer } from '../store/batch.ts'
import type { Codec } from '../store/codec.ts'
import type { Collection } from '../store/collection.ts'
import type { Store } from '../store/store.ts'
import type { StoredRecord } from './owed-record.ts'

/** Most dead letters of one handler; the oldest go first. */
export const LETTERS_PER_HANDLER = 10_000

export interface LetterFilter {
  readonly topic?: string | undefined
  /** The handler's name in its topic. */
  readonly handler?: string | undefined
  /** The alert id. */
  readonly id?: string | undefined
}

/** A dead letter without what it says. */
export interface LetterHead {
  readonly handler: string
  readonly topic: string
  readonly kind: string
  /** The alert id. */
  readonly id: string
  readonly level: number
  readonly key: string
  readonly reason: string
  readonly attempts: number
  readonly standsFor: number
  readonly at: Time
}

export interface Letter extends LetterHead {
  /** The record as it was owed. */
  readonly record: StoredRecord
}

const letterCodec: Codec<Letter> = {
  encode: ({ record: { text, ...record }, ...head }) => `${JSON.stringify({ ...head, record })}\n${text}`,
  decode(stored) {
    const end = stored.indexOf('\n')
    const letter = JSON.parse(stored.slice(0, end)) as Letter
    return { ...letter, record: { ...letter.record, text: stored.slice(end + 1) } }
  },
}

interface Kept {
  /** Numbers and their characters, the oldest first. */
  readonly letters: Map<number, number>
  chars: number
}

export interface LetterLimits {
  readonly perHandler: number
  /** Characters that the letters of one handler may take. */
  readonly room: number
}

export class DeadLetters {
  readonly #letters: Collection<Letter>
  readonly #limits: LetterLimits
  readonly #handlers = new Map<string, Kept>()
  #dropped = 0

  constructor(store: Store, limits: LetterLimits) {
    this.#limits = limits
    this.#letters = store.collection('dead-letters', letterCodec)
    for (const [[number], letter] of this.#letters.scan()) this.#count(number as number, letter)
  }

  get size(): number {
    let n = 0
    for (const { letters } of this.#handlers.values()) n += letters.size
    return n
  }

  /** Letters that had to go because there were too many of their handler. */
  get dropped(): number {
    return this.#dropped
  }

  /** Stages a letter under the number that its record had. */
  add(w: Writer, number: number, record: StoredRecord, o: Outcome): void {
    const { handler, topic, kind, at, answer: reason } = o
    const { id, level, key, attempts, standsFor } = o.events[0]!
    const letter = { handler, topic, kind, id, level, key, reason, attempts, standsFor, at, record }
    w.put(this.#letters, [number], letter)
    const kept = this.#count(number, letter)
    while (kept.letters.size > this.#limits.perHandler || (kept.chars > this.#limits.room && kept.letters.size > 1)) {
      this.#dropped++
      this.remove(w, handler, kept.letters.keys().next().value!)
    }
  }

  remove(w: Writer, handler: string, number: number): void {
    w.remove(this.#letters, [number])
    const kept = this.#handlers.get(handler)
    if (!kept) return
    kept.chars -= kept.letters.get(number) ?? 0
    kept.letters.delete(number)
    if (kept.letters.size === 0) this.#handlers.delete(handler)
  }

  #count(number: number, { handler, record }: Letter): Kept {
    let kept = this.#handlers.get(handler)
    if (!kept) this.#handlers.set(handler, (kept = { letters: new Map(), chars: 0 }))
    // A letter whose commit failed comes again.
    kept.chars += record.text.length - (kept.letters.get(number) ?? 0)
    kept.letters.set(number, record.text.length)
    return kept
  }

  get(number: number): Letter | undefined {
    return this.#letters.get([number])
  }

  /** Letters that the filter takes, the newest first, with their numbers. */
  *list(f: LetterFilter): Iterable<readonly [number, Letter]> {
    const numbers: number[] = []
    for (const [handler, { letters }] of this.#handlers) {
      if (f.topic !== undefined && !handler.startsWith(`${f.topic}/`)) continue
      if (f.handler !== undefined && !handler.endsWith(`/${f.handler}`)) continue
      numbers.push(...letters.keys())
    }
    for (const number of numbers.sort((a, b) => b - a)) {
      const letter = this.#letters.get([number])
      if (!letter) continue
      if (f.topic !== undefined && f.topic !== letter.topic) continue
      if (f.handler !== undefined && `${letter.topic}/${f.handler}` !== letter.handler) continue
      if (f.id !== undefined && f.id !== letter.id) continue
      yield [number, letter]
    }
  }
}
