import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { NO_LIMITS } from '../flow/task-limits.ts'
import { scriptEnvironment } from '../server/script-environment.ts'
import { Sandbox } from './run-script.ts'
import { givenText } from './testdata-given.ts'
import { play } from './testdata-steps.ts'

const TO = ".database('out').retentionPolicy('r')"

/** Tasks side by side; what the first node of each has given, the database and retention policy before it. */
async function together(
  tasks: Readonly<Record<string, { script: string; dbrp: readonly [string, string] }>>,
  lines: string,
): Promise<{ gave: Record<string, string[]>; box: Sandbox }> {
  const box = new Sandbox(scriptEnvironment, {})
  const gave: Record<string, string[]> = {}
  for (const [id, { script, dbrp }] of Object.entries(tasks)) {
    gave[id] = []
    const tap = (node: string, given: Parameters<typeof givenText>[0]): void => {
      if (node !== 'from1' || given.is !== 'point') return
      const { db, rp } = given.point.series
      gave[id]!.push(`${db}.${rp} ${givenText(given)}`)
    }
    box.start(id, { script, dbrps: [{ db: dbrp[0], rp: dbrp[1] }] }, tap)
  }
  await box.write('d', 'rp', lines, 's')
  return { gave, box }
}

describe('kapacitorLoopback', () => {
  test('gives points to other tasks, under another measurement and with more tags', async () => {
    const { gave, box } = await together(
      {
        in: {
          script: `stream|from().groupBy('h')|kapacitorLoopback()${TO}.measurement('n').tag('x', '1').tag('h', 'z')`,
          dbrp: ['d', 'rp'],
        },
        out: { script: 'stream|from()|log()', dbrp: ['out', 'r'] },
      },
      'm,h=a,i=b v=1i,s="x" 1\nm v=2 2',
    )
    assert.deepEqual(gave.out, ['out.r [] n,h=z,i=b,x=1 s=x,v=1i 1', 'out.r [] n,h=z,x=1 v=2 2'])
    assert.equal(box.engine.task('in')!.stats()['node-stats'].kapacitor_loopback2!.points_written, 2)
    await box.close()
  })

  test('batches go row by row, under their own name', async () => {
    const script = `stream|from()|window().periodCount(2).everyCount(2)|kapacitorLoopback()${TO}.measurement('n')`
    const { gave, box } = await together(
      { in: { script, dbrp: ['d', 'rp'] }, out: { script: 'stream|from()|log()', dbrp: ['out', 'r'] } },
      'm,h=a v=1 1\nm,h=b v=2 2',
    )
    assert.deepEqual(gave.out, ['out.r [] m,h=a v=1 1', 'out.r [] m,h=b v=2 2'])
    await box.close()
  })

  test('null fields are left out, and points of nothing else', async () => {
    const script = `
      var a = stream|from().measurement('a')
      var b = stream|from().measurement('b')
      a|join(b).as('a', 'b').fill('null')|kapacitorLoopback()${TO}`
    const { gave, box } = await together(
      { in: { script, dbrp: ['d', 'rp'] }, out: { script: 'stream|from()|log()', dbrp: ['out', 'r'] } },
      'a v=1 1\nb v=2 2\na v=3 3\nb v=4 3',
    )
    assert.deepEqual(gave.out, ['out.r [] a a.v=1 1', 'out.r [] b b.v=2 2', 'out.r [] a a.v=3,b.v=4 3'])
    await box.close()
  })

  test('a task that would feed itself does not start', async () => {
    await assert.rejects(play("stream|from()|kapacitorLoopback().database('d').retentionPolicy('rp')", []), {
      message: 'loop detected on dbrp: "d"."rp"',
    })
  })

  test('a loop of two tasks ends, and is counted', async () => {
    const { gave, box } = await together(
      {
        ping: { script: `stream|from()|kapacitorLoopback()${TO}`, dbrp: ['d', 'rp'] },
        pong: { script: "stream|from()|kapacitorLoopback().database('d').retentionPolicy('rp')", dbrp: ['out', 'r'] },
      },
      'm v=1 1',
    )
    assert.deepEqual([gave.ping!.length, gave.pong!.length], [9, 8])
    const of = (id: string): Record<string, unknown> => box.engine.task(id)!.stats()['node-stats'].kapacitor_loopback2!
    assert.deepEqual([of('ping').points_written, of('ping').errors], [8, 1])
    assert.deepEqual([of('pong').points_written, of('pong').errors], [8, 0])
    await box.close()
  })

  test('what a turn gives becomes one entry', async () => {
    const { gave, box } = await together(
      {
        in: { script: `stream|from()|kapacitorLoopback()${TO}`, dbrp: ['d', 'rp'] },
        out: { script: 'stream|from()|log()', dbrp: ['out', 'r'] },
      },
      '',
    )
    const before = box.engine.nextSeq
    const lines = Array.from({ length: 1_000 }, (_, i) => `m v=${i}i ${i}`)
    await box.write('d', 'rp', lines.join('\n'), 's')
    assert.deepEqual(
      gave.out,
      lines.map((l) => `out.r [] ${l}`),
    )
    assert.equal(box.engine.nextSeq - before, 2)
    await box.close()
  })

  test('how lines are split into bodies does not show in the order', async () => {
    const branch = (m: string, db: string): string =>
      `stream|from().measurement('${m}')|kapacitorLoopback().database('${db}').retentionPolicy('r')\n`
    const script = branch('a', 'x') + branch('b', 'x') + branch('c', 'y')
    const dbrps = ['x', 'y'].map((db) => ({ db, rp: 'r' }))
    const run = async (bodies: readonly string[]): Promise<string[]> => {
      const box = new Sandbox(scriptEnvironment, {})
      const gave: string[] = []
      box.start('in', { script, dbrps: [{ db: 'd', rp: 'rp' }] })
      box.start('all', { script: 'stream|from()|log()', dbrps }, (node, given) => {
        if (node === 'from1') gave.push(givenText(given))
      })
      for (const body of bodies) await box.write('d', 'rp', body, 's')
      await box.close()
      return gave
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean()), { maxLength: 30 }),
        async (all) => {
          const lines = all.map(([m], i) => `${m} v=${i}i ${i}`)
          const bodies = [['']]
          for (const [i, line] of lines.entries()) {
            if (all[i]![1]) bodies.push([line])
            else bodies.at(-1)!.push(line)
          }
          assert.deepEqual(await run(bodies.map((b) => b.join('\n'))), await run(lines))
        },
      ),
      { numRuns: 20 },
    )
  })

  test('a node that fails later in the turn takes nothing back', async () => {
    const script = `
      stream|from().measurement('m')|kapacitorLoopback()${TO}
      var w = stream|from().measurement('n').groupBy('h')`
    const box = new Sandbox(scriptEnvironment, { limits: { ...NO_LIMITS, maxGroups: 1 } })
    const gave: string[] = []
    const more = '\n      w|stateCount(lambda: TRUE)'
    const task = box.start('in', { script: script + more, dbrps: [{ db: 'd', rp: 'rp' }] })
    box.start('out', { script: 'stream|from()|log()', dbrps: [{ db: 'out', rp: 'r' }] }, (node, given) => {
      if (node === 'from1') gave.push(givenText(given))
    })
    await box.write('d', 'rp', 'm v=1 1\nm v=2 2\nn,h=a v=1 1\nn,h=b v=1 1\nm v=3 3', 's')
    assert.match(task.error, /more than 1 groups/)
    assert.deepEqual(gave, ['[] m v=1 1', '[] m v=2 2'])
    await box.close()
  })

  test('wants to know where to', async () => {
    const refused = (more: string, message: string): Promise<void> =>
      assert.rejects(play(`stream|from()|kapacitorLoopback()${more}`, []), { message })
    await refused('', 'must specify a database')
    await refused(".database('x')", 'must specify a retention policy')
  })
})
