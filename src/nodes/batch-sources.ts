// The batch sources of a task that does not run: what they would have asked in a time that has passed. For recordings and
// for replays without one.
import type { Time } from '../base/time.ts'
import type { CompiledTask, PlanNode } from '../flow/compile.ts'
import type { InfluxQuery } from '../flow/world.ts'
import type { Dbrp } from '../lang/evaluate/declaration.ts'
import { checkDbrps, type QueryParams, queryQuestions } from './query.ts'
import { type FluxParams, fluxQuestions } from './query-flux.ts'
import type { Questions } from './query-source.ts'

export interface BatchSource {
  /** Name of its node. */
  readonly name: string
  /** The question of every tick after `start` up to `stop`. */
  questions(start: Time, stop: Time): Iterable<{ readonly tick: Time; readonly query: InfluxQuery }>
}

/** In the order of Engine.feed. Throws a Fault when a query can't be, or reads what the task may not. */
export function batchSources(compiled: CompiledTask, dbrps: readonly Dbrp[]): readonly BatchSource[] {
  const root = compiled.nodes.find((n) => n.declaration.name === 'batch')
  return (root?.children ?? []).map((node) => {
    const questions = questionsOf(node, dbrps)
    return {
      name: node.name,
      *questions(start, stop) {
        for (const tick of questions.schedule.between(start, stop)) yield { tick, query: questions.at(tick) }
      },
    }
  })
}

function questionsOf(node: PlanNode, dbrps: readonly Dbrp[]): Questions {
  if (node.declaration.name === 'queryFlux') return fluxQuestions(node.params as unknown as FluxParams)
  const questions = queryQuestions(node.params as unknown as QueryParams)
  checkDbrps(questions.dbrps, dbrps)
  return questions
}
