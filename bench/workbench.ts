// Tasks in process that are given one body after another, the same engine as in the server: times the way from parsed
// points to the last node, parsing apart. Says what came out, so that a benchmark can check it.
import { LineParser } from '../src/base/line-protocol/line-parser.ts'
import type { Point } from '../src/base/point.ts'
import type { Task } from '../src/flow/task.ts'
import { Sandbox } from '../src/nodes/run-script.ts'
import { scriptEnvironment } from '../src/server/script-environment.ts'
import { type Body, T0 } from './lines.ts'
import { cpuMs, type Work } from './timing.ts'

const DBRPS = [{ db: 'd', rp: 'r' }]
const parser = new LineParser()

/** The points of a body as its times stand now. */
export function pointsOf(body: Body): readonly Point[] {
  const parsed = parser.parse(body.bytes, 'd', 'r', 'ns', { sec: T0, ns: 0 })
  if (!parsed.ok) throw new Error('the lines can not be read')
  return parsed.points
}

export class Workbench {
  readonly tasks: readonly Task[]
  readonly #box = new Sandbox(scriptEnvironment, { start: { sec: T0, ns: 0 } })

  /** One running task for each script. */
  constructor(scripts: readonly string[]) {
    this.tasks = scripts.map((script, i) => this.#box.start(`t${i}`, { script, dbrps: DBRPS }))
  }

  /** Gives the body's points to the tasks; counts the points, not once more for each task. */
  async take(body: Body): Promise<Work> {
    const points = pointsOf(body)
    const began = cpuMs()
    await this.#box.engine.write('d', 'r', points, body.bytes.length)
    const ms = cpuMs() - began
    for (const t of this.tasks) if (t.error !== '') throw new Error(t.error)
    return { ms, units: points.length }
  }

  /** Gives the body so many times, moved on after each. */
  async takeOn(body: Body, times: number): Promise<Work> {
    let ms = 0
    for (let i = 0; i < times; i++) {
      ms += (await this.take(body)).ms
      body.moveOn()
    }
    return { ms, units: body.points * times }
  }

  /** How many points or batches the first node of this kind has been given and has given on. */
  counts(kind: string, task = 0): { readonly taken: number; readonly given: number } {
    for (const [name, s] of Object.entries(this.tasks[task]!.stats()['node-stats']))
      if (name.replace(/\d+$/, '') === kind) return { taken: s['collected'] as number, given: s['emitted'] as number }
    throw new Error(`there is no ${kind}`)
  }

  /** The rows that `httpOut('out')` shows: the values of each group's latest result, time first. */
  shown(task = 0): readonly Shown[] {
    const { series } = JSON.parse(this.tasks[task]!.routes.get('out')!()) as { series: Shown[] | null }
    return series ?? []
  }

  close(): Promise<void> {
    return this.#box.close()
  }
}

export interface Shown {
  readonly tags?: Readonly<Record<string, string>>
  readonly columns: readonly string[]
  readonly values: readonly (readonly unknown[])[]
}

/** Throws when something that was measured has not done its work. */
export function expect(what: string, got: unknown, wanted: unknown): void {
  const same =
    typeof got === 'number' && typeof wanted === 'number'
      ? Math.abs(got - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted))
      : got === wanted
  if (!same) throw new Error(`${what}: ${got}, not ${wanted}`)
}
