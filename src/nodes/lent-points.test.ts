// Points that eval lends, because all who take them only look at them, do what points of their own do.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { evalNode } from './eval.ts'
import { NODES } from './registry.ts'
import { Sandbox } from './run-script.ts'
import { givenText } from './testdata-given.ts'

const LENDING = { registry: { declarations: NODES }, handlers: [] }
const { lends: _, ...keeping } = evalNode
const KEEPING = { registry: { declarations: NODES.map((n) => (n === evalNode ? keeping : n)) }, handlers: [] }

const LINES = Array.from({ length: 60 }, (_, i) => {
  const fields = i % 7 === 3 ? `v=${i}i,w="x${i}"` : `v=${(i * 37) % 11}.5,w="x${i}",u=${i}`
  return `m,host=${'abc'[i % 3]} ${fields} ${1_000 + i}`
})

/** All that shows of a task: what each node gave, and what is served. */
async function shows(env: typeof LENDING | typeof KEEPING, script: string): Promise<unknown> {
  const box = new Sandbox(env as typeof LENDING)
  const given: string[] = []
  const task = box.start('t', { script, dbrps: [{ db: 'd', rp: 'r' }] }, (node, g) =>
    given.push(`${node} ${givenText(g)}`),
  )
  for (let i = 0; i < LINES.length; i += 13) await box.write('d', 'r', LINES.slice(i, i + 13).join('\n'), 's')
  const routes = [...task.routes].map(([name, body]) => [name, body()])
  await box.close()
  return { given, routes }
}

const WINDOW = '|window().periodCount(4).everyCount(2)'
const SCRIPTS = [
  `|eval(lambda: "v" * 2.0).as('d')|where(lambda: "d" > 6.0)${WINDOW}|httpOut('o')`,
  `|eval(lambda: "v" * 2.0).as('d').keep()|where(lambda: "d" > 6.0)${WINDOW}|httpOut('o')`,
  `|groupBy('host')|eval(lambda: "v", lambda: "d" + 1.0).as('d', 'e').keep('d', 'w')|where(lambda: "d" > 3.0)${WINDOW}|httpOut('o')`,
  `|eval(lambda: "v" + 1.0).as('d')|eval(lambda: "d" * 3.0).as('e').keep()|where(lambda: "e" > 9.0)${WINDOW}|httpOut('o')`,
  `|groupBy('w')|eval(lambda: "w").as('t').tags('t').keep()|where(lambda: "t" != 'x3')${WINDOW}|httpOut('o')`,
  `${WINDOW}|eval(lambda: "v" * 2.0).as('d').keep()|where(lambda: "d" > 6.0)|httpOut('o')`,
  `${WINDOW}|eval(lambda: "v" * 2.0).as('d')|where(lambda: "d" > 6.0)|sum('d').as('s')|httpOut('o')`,
]

describe('points that are lent', () => {
  for (const chain of SCRIPTS) {
    it(`come out the same: ${chain}`, async () => {
      const script = `stream|from().measurement('m')${chain}`
      const lent = await shows(LENDING, script)
      assert.deepEqual(lent, await shows(KEEPING, script))
    })
  }

  it('go to several children, one after the other', async () => {
    const script = `
      var made = stream|from().measurement('m')|eval(lambda: "v" * 2.0).as('d').keep()
      made|where(lambda: "d" > 6.0)${WINDOW}|httpOut('high')
      made|where(lambda: "d" < 9.0)${WINDOW}|httpOut('low')`
    assert.deepEqual(await shows(LENDING, script), await shows(KEEPING, script))
  })

  it('are not lent where one of the children keeps them', async () => {
    const script = `
      var made = stream|from().measurement('m')|eval(lambda: "v" * 2.0).as('d').keep()
      made|where(lambda: "d" > 6.0)${WINDOW}|httpOut('high')
      made${WINDOW}|httpOut('all')`
    assert.deepEqual(await shows(LENDING, script), await shows(KEEPING, script))
  })
})
