// What a running alert node may ask of the alert room: topics, their states, inhibition. One implementation serves all tasks.
import type { Plain } from '../base/plain.ts'
import type { Tags } from '../base/value.ts'
import type { EventState, NewAlertEvent } from './event.ts'

/** Where records go that must reach the outside: they are on disk before the write that caused them is answered. */
export interface Stage {
  owe(kind: string, payload: Plain): void
}

/** A handler as a script names it: `.slack().channel('#x')` → kind `slack`, params by script name. */
export interface InlineHandler {
  readonly kind: string
  readonly params: Readonly<Record<string, unknown>>
}

export interface AlertSink {
  /**
   * Opens a task's inline topic with its handlers; states kept from an earlier run of the same topic stay.
   * Throws Fault when a handler's options can't be taken: then the task does not start.
   */
  open(topic: string, taskId: string, handlers: readonly InlineHandler[]): void
  /** Detaches the inline handlers; the states are kept for the next run. */
  close(topic: string): void
  /**
   * Takes the event into the topics at once, in order: sets previousLevel, keeps the state, stages what handlers owe.
   * Throws when somebody will read the details and they can't be rendered.
   */
  collect(topics: readonly string[], event: NewAlertEvent, stage: Stage): void
  /** Stored state of an event id; undefined when the topic knows none. */
  state(topic: string, id: string): EventState | undefined
  /** Puts a state into a topic without an event (restore from the other topic). */
  restore(topic: string, id: string, state: EventState, stage: Stage): void
  /** Handlers that configuration adds to every alert node which has none of their kind, and whether it forces state changes only. */
  global(inline: readonly InlineHandler[]): {
    readonly handlers: readonly InlineHandler[]
    readonly stateChangesOnly: boolean
  }
  /** While `on`, events of the category whose tags equal these are held back. `owner` is unique per node and group. */
  inhibit(owner: string, category: string, tags: Tags, on: boolean): void
  inhibited(category: string, tags: Tags): boolean
  /** Drops all inhibitors whose owner starts with the prefix. */
  releaseInhibitors(ownerPrefix: string): void
}
