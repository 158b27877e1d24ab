import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LogFields } from '../base/logger.ts'
import { Ingress, MAX_INGRESS_NAMES } from './ingress.ts'
import { memoryLogger } from './testdata-rig.ts'

function ingress(wanted: readonly { readonly db: string; readonly rp: string }[] = []) {
  const lines: [string, LogFields][] = []
  return { counts: new Ingress(memoryLogger(lines), () => wanted), lines }
}

describe('what comes in', () => {
  it('is counted by database, retention policy and measurement, whatever their names hold', () => {
    const { counts } = ingress()
    counts.add('a', 'b\0c', [['m', 1]], [])
    counts.add('a\0b', 'c', [['m', 2]], [])
    counts.add('a', 'b\0c', [['m', 4]], [['m', 4]])
    assert.deepEqual(
      [...counts.all()].map((c) => [c.db, c.rp, c.measurement, c.received, c.unwanted]),
      [
        ['a', 'b\0c', 'm', 5, 4],
        ['a\0b', 'c', 'm', 2, 0],
      ],
    )
  })

  it('and is wanted by nobody, is said with what tasks do want', () => {
    for (const [wanted, hint] of [
      [[], 'no task is enabled'],
      [[{ db: 'telegraf', rp: 'autogen' }], 'tasks want "telegraf"."autogen"'],
      [[{ db: 'telegraph', rp: 'autogen' }], 'tasks take this dbrp, but no such measurement'],
      [['w', 'x', 'y', 'z'].map((db) => ({ db, rp: 'unlike' })), 'tasks want "w"."unlike", "x"."unlike", "y"."unlike"'],
    ] as const) {
      const { counts, lines } = ingress(wanted)
      counts.add('telegraph', 'autogen', [['cpu', 3]], [['cpu', 3]])
      assert.deepEqual(lines, [
        ['no task takes these points', { db: 'telegraph', rp: 'autogen', measurement: 'cpu', points: 3, hint }],
      ])
    }
  })

  it('under more names than the bound is counted together', () => {
    const { counts } = ingress()
    for (let i = 0; i < MAX_INGRESS_NAMES + 500; i++) counts.add('db', 'rp', [[`m${i}`, 1]], [])
    const all = [...counts.all()]
    assert.equal(all.length, MAX_INGRESS_NAMES + 1)
    assert.deepEqual(all.at(-1), { db: '*', rp: '*', measurement: '*', received: 500, unwanted: 0 })
    counts.add('db', 'rp', [['m5', 1]], [])
    assert.equal(all.find((c) => c.measurement === 'm5')?.received, 2)
  })
})
