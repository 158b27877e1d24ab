// Runs a conformance case in process: the same engine and nodes as the server, on a clock that stands still, with
// recorded surroundings. Cases that need the server itself (its API, files, a restart) can't be run so.
import { isDeepStrictEqual } from 'node:util'
import { Sandbox } from '../../src/nodes/run-script.ts'
import { scriptEnvironment } from '../../src/server/script-environment.ts'
import type { Case, Step } from './case-file.ts'

const X = 'xcase'
const SINK = 'http://sink'

/** Integers past 2^53 are kept as text, so that a lost digit shows. */
function parse(text: string): unknown {
  if (text.trim() === '') return null
  try {
    return JSON.parse(text.replace(/([:[,]\s*|^)(-?\d{16,})(?=\s*[,\]}]|$)/g, '$1"int:$2"'))
  } catch {
    return text
  }
}

function masked(v: unknown, masks: readonly string[]): unknown {
  if (Array.isArray(v)) return v.map((x) => masked(x, masks))
  if (typeof v === 'object' && v !== null) {
    return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, masks.includes(k) ? '<any>' : masked(x, masks)]))
  }
  return v
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => same(x, b[i]))
  if (
    a !== null &&
    b !== null &&
    typeof a === 'object' &&
    typeof b === 'object' &&
    !Array.isArray(a) &&
    !Array.isArray(b)
  ) {
    const keys = Object.keys(a)
    return (
      keys.length === Object.keys(b).length &&
      keys.every((k) => k in b && same((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]))
    )
  }
  return isDeepStrictEqual(a, b)
}

const fill = (text: string): string => text.replaceAll('$X', X).replaceAll('$SINK', SINK).replaceAll('$TMP', '/virtual')
const unfill = (text: string): string => text.replaceAll(`${SINK}/`, '$SINK/').replaceAll(X, '$X')

/** A GET of a live result: task and endpoint. */
function endpointOf(s: Step): [string, string] | undefined {
  const m = s.word === 'GET' ? /^\/kapacitor\/v1\/tasks\/([^/\s?]+)\/([^\s?]+)$/.exec(s.rest) : null
  return m ? [fill(m[1]!), m[2]!] : undefined
}

/** Whether nothing in the case needs more than tasks, writes, sinks, logged files and live results. */
export function runsInProcess(c: Case): boolean {
  return (
    c.steps.some((s) => s.word === 'task') &&
    c.steps.every(
      (s) =>
        (s.word === 'task' && /\sstream\b/.test(s.rest) && !/disabled/.test(s.rest)) ||
        s.word === 'write' ||
        (s.word === 'sink' && !/\bfull\b/.test(s.rest)) ||
        s.word === 'file' ||
        (endpointOf(s) !== undefined && s.expectHead === '200'),
    )
  )
}

/** Splits a body's lines into bodies; the identity keeps a write whole. */
export type Split = (lines: readonly string[]) => readonly (readonly string[])[]
export const whole: Split = (lines) => [lines]

/** Runs the case; gives a text for each expectation that is not met. */
export async function runCase(c: Case, split: Split = whole): Promise<string[]> {
  const box = new Sandbox(scriptEnvironment, { start: { sec: 1_600_000_000, ns: 0 } })
  const fails: string[] = []
  const check = (s: Step, got: unknown, want: unknown): void => {
    if (!same(got, want))
      fails.push(
        `${c.name} line ${s.line} ${s.word} ${s.rest}\n  want ${JSON.stringify(want)}\n  got  ${JSON.stringify(got)}`,
      )
  }
  for (const s of c.steps) {
    const [a0 = '', ...args] = s.rest.split(/\s+/)
    if (s.word === 'task') {
      const dbrps = args
        .slice(1)
        .filter((w) => w.includes('.'))
        .map((w) => {
          const [db, rp] = fill(w).split('.') as [string, string]
          return { db, rp }
        })
      box.start(fill(a0), { script: fill(s.body), dbrps })
      continue
    }
    if (s.word === 'write') {
      const [db, rp] = fill(a0).split('.') as [string, string]
      for (const part of split(fill(s.body).split('\n')))
        await box.write(db, rp ?? '', part.join('\n'), args[0] ?? 'ns')
      continue
    }
    if (s.expect === undefined && s.expectHead === undefined) continue
    const want = masked(parse(s.expect ?? ''), c.masks)
    const unordered = a0 === 'unordered' || args.includes('unordered')
    const arrange = (list: unknown[]): unknown[] =>
      unordered ? list.sort((p, q) => (JSON.stringify(p) < JSON.stringify(q) ? -1 : 1)) : list
    const clean = (text: string): unknown => masked(parse(unfill(text)), c.masks)
    const endpoint = endpointOf(s)
    if (endpoint) {
      const body = box.engine.task(endpoint[0])?.routes.get(endpoint[1])?.() ?? ''
      const got = clean(body) as { series?: unknown[] | null }
      if (unordered && got?.series) got.series = arrange(got.series)
      check(s, got, want)
    } else if (s.word === 'file') {
      check(s, arrange((box.files[`/virtual/${a0}`] ?? '').split('\n').filter(Boolean).map(clean)), want ?? [])
    } else {
      const arrived = box.requests.filter((r) => r.url === `${SINK}/${a0}`).map((r) => clean(r.body))
      check(s, arrange(arrived), want ?? [])
    }
  }
  await box.close()
  return fails
}
