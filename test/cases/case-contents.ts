// What cases use: the scripts in them, and the requests that they make. For the check that nothing is without a case.
import type { Case, Step } from './case-file.ts'

export interface Call {
  readonly method: string
  /** Without host and query. */
  readonly path: string
}

const METHOD = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/

function bodyJson(s: Step): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(s.body)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

/** Scripts of tasks and templates, also those in JSON. */
export function scriptsIn(c: Case): string[] {
  return c.steps.flatMap((s) => {
    if (s.word === 'task' || s.word === 'template') return [s.body]
    const { script } = bodyJson(s)
    return typeof script === 'string' ? [script] : []
  })
}

/** Kinds and match expressions of topic handlers. */
export function topicHandlersIn(c: Case): { readonly kind: string; readonly match: string }[] {
  return c.steps.flatMap((s) => {
    const { kind, match } = bodyJson(s)
    return typeof kind === 'string' ? [{ kind, match: typeof match === 'string' ? match : '' }] : []
  })
}

/** Requests, those that steps make without saying so included. */
export function callsIn(c: Case): Call[] {
  return c.steps.flatMap((s): Call[] => {
    if (s.word === 'task') return [{ method: 'POST', path: '/kapacitor/v1/tasks' }]
    if (s.word === 'template') return [{ method: 'POST', path: '/kapacitor/v1/templates' }]
    if (s.word === 'write') return [{ method: 'POST', path: '/kapacitor/v1/write' }]
    if (!METHOD.test(s.word)) return []
    return [{ method: s.word, path: s.rest.split(/\s+/)[0]!.split('?')[0]! }]
  })
}
