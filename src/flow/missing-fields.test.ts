// How missing fields reach statistics and log: for each node and field, bounded, once a minute.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LogFields, Logger } from '../base/logger.ts'
import { chain, DBRPS, declare, points, rig } from './testdata-rig.ts'

const FIELDS = ['a', 'b'] as const
/** The field of this number is missing in each point. */
const lacking = declare('lacking', (_p, ctx) => ({
  keeps: 'none',
  point: (p) => {
    const field = FIELDS[p.values[0] as number] ?? `f${p.values[0]}`
    ctx.missing(field, `no ${field}`, p)
  },
}))

interface Line {
  readonly key: string
  readonly ms: number
  readonly fields: LogFields
}

/** Lets every line through that it would limit, and notes by what. */
function limits(lines: Line[]): Logger {
  const logger: Logger = {
    debug() {},
    info() {},
    warn() {},
    error() {},
    enabled: () => true,
    with: () => logger,
    limited: (key, ms) => ({ ...logger, error: (_msg, fields = {}) => void lines.push({ key, ms, fields }) }),
  }
  return logger
}

describe('missing fields', () => {
  it('are counted for each node and field, and their log is limited for each of them to one line a minute', () => {
    const lines: Line[] = []
    const { engine } = rig({ logger: limits(lines) })
    engine.start('t', chain('m', [lacking]), DBRPS)
    engine.start('u', chain('m', [lacking]), DBRPS)
    engine.write('db', 'rp', points('m', [0, 0, 1, 0]), 10)
    const stats = engine.task('t')!.stats()['node-stats'].lacking2!
    assert.deepEqual([stats.missing, stats.errors], [{ a: 3, b: 1 }, 4])
    assert.deepEqual(
      lines.map((l) => l.ms),
      Array(8).fill(60_000),
    )
    // Two tasks with two fields each.
    assert.equal(new Set(lines.map((l) => l.key)).size, 4)
    assert.deepEqual(lines[0]!.fields, {
      node: 'lacking2',
      err: 'no a',
      field: 'a',
      measurement: 'm',
      db: 'db',
      rp: 'rp',
    })
  })

  it('count together beyond 64 names of a node, so that data can not fill the memory', () => {
    const { engine } = rig()
    engine.start('t', chain('m', [lacking]), DBRPS)
    const names = Array.from({ length: 100 }, (_, i) => i + 10)
    engine.write('db', 'rp', points('m', [...names, ...names]), 10)
    const missing = engine.task('t')!.stats()['node-stats'].lacking2!.missing as Readonly<Record<string, number>>
    assert.equal(Object.keys(missing).length, 65)
    assert.deepEqual([missing.f10, missing['*']], [2, 72])
  })
})
