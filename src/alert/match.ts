// Match expressions of topic handlers: which events a handler takes. A lambda without its word, over the event's tags,
// with functions and names that ask for the event. Knows nothing of topics.
import { Fault, messageOf } from '../base/fault.ts'
import type { Logger } from '../base/logger.ts'
import { compileMatch, type Match, type MatchOptions } from '../lang/lambda/compile-match.ts'
import { contextSignature, type LambdaFunction } from '../lang/lambda/function.ts'
import { validateRegex } from '../lang/lambda/regex.ts'
import { parseLambda } from '../lang/parser.ts'
import type { AlertEvent } from './event.ts'
import { LEVELS } from './level.ts'

interface MatchContext {
  readonly sec: number
  readonly ns: number
  readonly event: AlertEvent
}

const LOG_EVERY_MS = 60_000

/** What match expressions may call beside the functions of all lambdas. */
export const MATCH_FUNCTIONS: readonly LambdaFunction[] = [
  {
    name: 'changed',
    doc: 'Whether the level differs from the one before.',
    examples: [],
    needs: 'context',
    varies: true,
    signatures: [contextSignature([], 'bool', (c: MatchContext) => c.event.level !== c.event.previousLevel)],
  },
  {
    name: 'level',
    doc: 'The level, to be compared with OK, INFO, WARNING and CRITICAL.',
    examples: [],
    needs: 'context',
    varies: true,
    signatures: [contextSignature([], 'int', (c: MatchContext) => c.event.level)],
  },
  {
    name: 'name',
    doc: 'The measurement.',
    examples: [],
    needs: 'context',
    varies: true,
    signatures: [contextSignature([], 'string', (c: MatchContext) => c.event.name)],
  },
  {
    name: 'taskName',
    doc: 'The id of the task.',
    examples: [],
    needs: 'context',
    varies: true,
    signatures: [contextSignature([], 'string', (c: MatchContext) => c.event.taskName)],
  },
  {
    name: 'alertDuration',
    doc: 'How long the alert has lasted.',
    examples: [],
    needs: 'context',
    varies: true,
    signatures: [contextSignature([], 'duration', (c: MatchContext) => c.event.duration)],
  },
]

const OPTIONS: MatchOptions = {
  functions: MATCH_FUNCTIONS,
  identifiers: Object.fromEntries(LEVELS.map((word, level) => [word, { kind: 'int' as const, value: level }])),
}

const PROBE: AlertEvent = {
  id: '',
  message: '',
  details: '',
  time: { sec: 0, ns: 0 },
  duration: 0,
  level: 0,
  previousLevel: 0,
  recoverable: true,
  name: '',
  taskName: '',
  group: '',
  tags: {},
  fields: {},
  category: '',
  data: { name: '', tags: {}, points: [], isBatch: false },
}

/** Throws Fault when the text is no expression or asks for what there is not. An event that it fails on is not taken. */
export function matchOf(text: string, logger: Logger): (event: AlertEvent) => boolean {
  const match = compiled(text)
  return (event) => {
    for (const tag of match.references) {
      if (Object.hasOwn(event.tags, tag) || tag === 'time') continue
      report(logger, text, `no tag exists for ${tag}`)
      return false
    }
    try {
      const { sec, ns } = event.time
      return match.test(event.tags, { sec, ns, event })
    } catch (e) {
      report(logger, text, messageOf(e))
      return false
    }
  }
}

/** Errors that every event would meet: tags are always texts, so these depend on the expression alone. */
const HOPELESS = /^(undefined function|TypeGuard|mismatched type|Cannot call function)/

function compiled(text: string): Match<MatchContext> {
  try {
    const match = compileMatch<MatchContext>(parseLambda(text, { validateRegex }).expression, OPTIONS)
    const flaw = probe(match)
    if (flaw !== undefined && HOPELESS.test(flaw)) throw new Error(flaw)
    return match
  } catch (e) {
    throw new Fault('bad-match', `invalid match expression: ${messageOf(e)}`, { status: 400, cause: e })
  }
}

/** What goes wrong on an event whose tags are all empty. */
function probe(match: Match<MatchContext>): string | undefined {
  try {
    const tags = Object.fromEntries(match.references.map((name) => [name, '']))
    match.test(tags, { sec: 0, ns: 0, event: PROBE })
    return undefined
  } catch (e) {
    return messageOf(e)
  }
}

function report(logger: Logger, match: string, err: string): void {
  logger.limited(`match:${match}`, LOG_EVERY_MS).error('failed to evaluate match expression', { match, err })
}
