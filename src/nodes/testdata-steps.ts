// For tests of nodes with state and timers: a script run step by step, and run again with a restart at every step.
import assert from 'node:assert/strict'
import { formatTime, type Time } from '../base/time.ts'
import type { Given } from '../flow/edge.ts'
import type { TaskSnapshot } from '../flow/snapshot.ts'
import type { NodeStats } from '../flow/stats.ts'
import { scriptEnvironment } from '../server/script-environment.ts'
import { runScript, type ScriptInput, type ScriptOutcome } from './run-script.ts'
import { givenText } from './testdata-given.ts'

/** Where the clock stands at the first step: seconds. */
export const START = 1_000_000

/** Lines to write with times in seconds, or a number of seconds by which the clock moves on. */
export type Step = string | number

interface Played {
  readonly outcome: ScriptOutcome
  /** What a node gave, as text; barriers with their times. */
  given(node: string): string[]
  stats(node: string): NodeStats
}

function text(g: Given): string {
  if (g.is !== 'barrier') return givenText(g)
  const t = g.time!
  return `${givenText(g)} ${t.ns === 0 ? t.sec : formatTime(t)}`
}

function after(t: Time, seconds: number): Time {
  const ns = Math.round(t.ns + (seconds % 1) * 1e9)
  return { sec: t.sec + Math.floor(seconds) + Math.floor(ns / 1e9), ns: ns % 1e9 }
}

async function run(
  script: string,
  steps: readonly Step[],
  o: { start: Time; restore?: TaskSnapshot; finish: 'drain' | 'none' },
): Promise<{ played: Played; end: Time; snapshot: TaskSnapshot }> {
  let now = o.start
  const input = steps.map((step): ScriptInput => {
    if (typeof step === 'string') return { db: 'd', rp: 'rp', lines: step, precision: 's' }
    now = after(now, step)
    return { at: now, advance: true }
  })
  const outcome = await runScript(scriptEnvironment, {
    script,
    dbrps: [{ db: 'd', rp: 'rp' }],
    input,
    start: o.start,
    finish: o.finish,
    snapshotAt: [steps.length],
    ...(o.restore ? { restore: o.restore } : {}),
  })
  assert.equal(outcome.error, '')
  const played = {
    outcome,
    given: (node: string) => (outcome.nodes[node] ?? []).map(text),
    stats: (node: string) => outcome.stats['node-stats'][node]!,
  }
  return { played, end: now, snapshot: outcome.snapshots[0]! }
}

/** Runs the steps; `finish`: whether the task is ended for good after them. */
export async function play(script: string, steps: readonly Step[], finish: 'drain' | 'none' = 'none'): Promise<Played> {
  return (await run(script, steps, { start: { sec: START, ns: 0 }, finish })).played
}

/** As `play` with a drain, and checks that a restart at any step changes nothing in what the nodes give. */
export async function playWithRestarts(
  script: string,
  steps: readonly Step[],
  nodes: readonly string[],
): Promise<Played> {
  const whole = await play(script, steps, 'drain')
  for (let k = 0; k <= steps.length; k++) {
    const first = await run(script, steps.slice(0, k), { start: { sec: START, ns: 0 }, finish: 'none' })
    const rest = await run(script, steps.slice(k), { start: first.end, restore: first.snapshot, finish: 'drain' })
    for (const node of nodes) {
      assert.deepEqual(
        [...first.played.given(node), ...rest.played.given(node)],
        whole.given(node),
        `${node}, restart ${k}`,
      )
    }
  }
  return whole
}
