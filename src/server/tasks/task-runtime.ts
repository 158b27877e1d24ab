// What the task service needs of the language and the engine: seams, so that it can be tested without either.
import type { Int } from '../../base/int64.ts'
import type { Program } from '../../lang/ast.ts'
import type { GivenVars } from '../../lang/vars.ts'
import type { Dbrp, TaskType } from './task-record.ts'

export type DotView = 'attributes' | 'labels'

/** Scripts as text and tree. Everything throws ScriptError for a script that cannot be. */
export interface Scripts<C> {
  parse(source: string): Program
  format(source: string): string
  compile(source: string, type: TaskType, vars: GivenVars, dbrps: readonly Dbrp[]): C
  /** The graph without statistics. */
  dot(compiled: C, id: string): string
}

/** Statistics of a running task, as the API shows them. */
export type RunningStats = {
  readonly 'task-stats': { readonly [name: string]: number }
  readonly 'node-stats': {
    readonly [node: string]: { readonly [name: string]: number | { readonly [k: string]: number } }
  }
}

export interface Running {
  stats(): RunningStats
  dot(view: DotView): string
  /** JSON text of an endpoint that the task serves; undefined when it serves none of that name. */
  route(endpoint: string): string | undefined | Promise<string | undefined>
  /** Where the figures of `stats` and `dot` have to be fetched first. Never rejects. */
  refresh?(): Promise<void>
}

/** What a task was made of, and what it has of its own where others have what the configuration says. */
export interface TaskSettings {
  readonly script: string
  readonly vars: GivenVars
  /** Nanoseconds after which its idle groups are forgotten; 0 = never. */
  readonly groupExpiry?: Int
}

/** The tasks at work. */
export interface Runner<C> {
  /** Throws when the task can't start; then nothing of it is left. */
  start(id: string, compiled: C, dbrps: readonly Dbrp[], settings: TaskSettings): void
  /** Resolves when the task has finished what it had been given. No error when it does not run. */
  stop(id: string, why: 'drain' | 'handover'): Promise<void>
  /** Undefined when the task does not run, also when it has failed. */
  running(id: string): Running | undefined
}
