import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { NODES } from './registry.ts'
import { Sandbox } from './run-script.ts'
import { given, givenText, runLines } from './testdata-given.ts'

interface Options {
  readonly period: number
  readonly every: number
  readonly align: boolean
  readonly fill: boolean
}

/** Seconds from year one to 1970: aligned windows count from there. */
const YEAR_ONE = 62_135_596_800
const cut = (t: number, every: number): number => t - ((t + YEAR_ONE) % every)

/** What a window of time gives, from its definition: a copy of the points for each batch, and its time. */
function byDefinition(times: readonly number[], o: Options): [number, number[]][] {
  const out: [number, number[]][] = []
  const aligned = (t: number): number => (o.align ? cut(t, o.every) : t)
  let buffer: number[] = []
  let next: number | undefined
  const purge = (gone: (t: number) => boolean): void => {
    while (buffer.length > 0 && gone(buffer[0]!)) buffer = buffer.slice(1)
  }
  for (const t of times) {
    if (o.every === 0) {
      next ??= o.fill ? t + o.period : t
      buffer = [...buffer, t]
      if (t < next) continue
      purge((x) => x <= t - o.period)
      out.push([t, [...buffer]])
      next = t
      continue
    }
    if (next === undefined) {
      next = aligned(t + o.every)
      if (o.fill) {
        next = aligned(t + o.period)
        if (o.align && next <= t + o.period) next += o.every
      }
    }
    if (t >= next) {
      const end: number = next
      purge((x) => x < end - o.period)
      out.push([end, [...buffer]])
      next = aligned(t + o.every)
    }
    buffer = [...buffer, t]
  }
  return out
}

const script = (o: Options): string =>
  `stream|from()|window().period(${o.period}s).every(${o.every}s)${o.align ? '.align()' : ''}${o.fill ? '.fillPeriod()' : ''}|log()`

const lines = (...times: readonly number[]): string[] => times.map((t, i) => `m v=${i}i ${t}`)

describe('window', () => {
  test('gives what its definition says, also for times that go back', async () => {
    const options = fc
      .record({
        period: fc.integer({ min: 1, max: 12 }),
        every: fc.integer({ min: 0, max: 8 }),
        align: fc.boolean(),
        fill: fc.boolean(),
      })
      // Nothing can be aligned to an interval that is none.
      .map((o) => ({ ...o, align: o.align && o.every > 0 }))
    const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: -6, max: 30 })), {
      minLength: 1,
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(options, steps, async (o, deltas) => {
        let t = 1_000
        const times = deltas.map((d) => (t = Math.max(0, t + d)))
        const { nodes } = await runLines(script(o), ...lines(...times))
        const got = (nodes['window2'] ?? []).map((g) => {
          assert.ok(g.is === 'batch')
          return [g.begin.tmax.sec, g.points.map((p) => p.sec)]
        })
        assert.deepEqual(got, byDefinition(times, o))
      }),
      { numRuns: 200 },
    )
  })

  test('gives batches that never change once they are out', async () => {
    const times = Array.from({ length: 500 }, (_, i) => 1_000 + i)
    const { nodes } = await runLines('stream|from()|window().period(20s).every(0s)|log()', ...lines(...times))
    const texts = nodes['window2']!.map(givenText)
    assert.equal(texts.length, 500)
    for (const at of [0, 300, 499]) {
      const covered = times.slice(Math.max(0, at - 19), at + 1).map((t) => `m v=${t - 1_000}i ${t}`)
      assert.equal(texts[at], `[] m@${times[at]}: ${covered.join('; ')}`)
    }
  })

  test('holds what its period covers, and lets the rest go', async () => {
    const box = new Sandbox({ registry: { declarations: NODES }, handlers: [] })
    const dbrps = [{ db: 'd', rp: 'rp' }]
    const task = box.start('t', { script: 'stream|from()|window().period(10s).every(1s)|log()', dbrps })
    for (let i = 0; i < 2_000; i += 500)
      await box.write('d', 'rp', lines(...Array.from({ length: 500 }, (_, k) => i + k)).join('\n'), 's')
    assert.equal(task.heldPoints, 10)
    const [state] = task.operators[2]!.cells.filter((c) => c !== undefined) as unknown as { buf: unknown[] }[]
    assert.ok(state!.buf.length < 200, `${state!.buf.length} places`)
    await box.close()
  })

  test('keeps each group for itself, under the name of its first point', async () => {
    const s = "stream|from().groupBy('h')|window().period(2s).every(2s)"
    assert.deepEqual(await given('window2', s, 'a,h=x v=1 0', 'b,h=x v=2 1', 'a,h=y v=3 1', 'b,h=x v=4 2'), [
      '[h=x] a@2: a,h=x v=1 0; b,h=x v=2 1',
    ])
  })

  test('counts points, when it is told to', async () => {
    const count = (more: string): Promise<string[]> =>
      given('window2', `stream|from()|window()${more}`, ...lines(1, 2, 3, 4, 5, 6))
    const batch = (...times: number[]): string =>
      `[] m@${times.at(-1)}: ${times.map((t) => `m v=${t - 1}i ${t}`).join('; ')}`
    assert.deepEqual(await count('.periodCount(3).everyCount(2)'), [batch(1, 2), batch(2, 3, 4), batch(4, 5, 6)])
    assert.deepEqual(await count('.periodCount(3).everyCount(2).fillPeriod()'), [batch(1, 2, 3), batch(3, 4, 5)])
    assert.deepEqual(await count('.periodCount(1).everyCount(4)'), [batch(4)])
    assert.deepEqual(await count('.periodCount(4).everyCount(1)'), [
      batch(1),
      batch(1, 2),
      batch(1, 2, 3),
      batch(1, 2, 3, 4),
      batch(2, 3, 4, 5),
      batch(3, 4, 5, 6),
    ])
  })

  test('does not come about with properties that do not go together', async () => {
    for (const [properties, message] of [
      ['.period(1s).periodCount(2)', 'cannot specify both period and periodCount'],
      ['.periodCount(2).everyCount(1).align()', 'can only align windows based off time, not count'],
      ['.periodCount(2)', 'everyCount must be greater than zero'],
      ['.every(1s)', 'window node must have either a non zero period or non zero period count'],
      ['.period(-1s).every(1s)', 'period must be greater than zero'],
      ['.period(1s).every(-1s)', 'every must not be negative'],
      ['.periodCount(-2).everyCount(1)', 'periodCount must be greater than zero'],
    ] as const)
      await assert.rejects(runLines(`stream|from()|window()${properties}`), { message })
    await assert.rejects(runLines('stream|from()|window().period(1s)|window()'), /cannot Window batch edge$/)
  })
})
