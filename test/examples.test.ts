// The examples of the documentation run: each starts, takes points, and reports no error but fields that these points
// lack.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { type LogLine, runScript } from '../src/nodes/run-script.ts'
import { scriptEnvironment } from '../src/server/script-environment.ts'

/** A little of everything that examples read. */
const LINES = [0, 1, 2, 3]
  .flatMap((i) => [
    `cpu,host=a,cpu=cpu-total,dc=eu usage_idle=${90 - 10 * i}.5,usage_user=${10 * i}.5,used=${i}.0,total=9.0,value=${i}.0,count=${i}i,open=true ${i}`,
    `cpu,host=b,cpu=cpu0,dc=us usage_idle=${50 + i}.5,usage_user=${i}.5,used=${i}.0,total=8.0,value=${i}.0,count=${i}i,open=false ${i}`,
  ])
  .join('\n')

const textOf = (l: LogLine): string => `${l.msg} ${JSON.stringify(l.fields)}`

const { declarations, macros = [] } = scriptEnvironment.registry

/** Runs a script on the points; gives what went wrong. */
async function problems(script: string): Promise<string[]> {
  const db = 'telegraf'
  const outcome = await runScript(scriptEnvironment, {
    script,
    type: /^batch\b/m.test(script) ? 'batch' : 'stream',
    dbrps: [{ db, rp: 'autogen' }],
    endpoints: { alerts: { url: 'http://localhost', headers: {}, rowTemplate: '', alertTemplate: '' } },
    sideload: () => ({ table: new Map(), ready: async () => {}, close() {} }),
    input: [{ db, rp: 'autogen', lines: LINES, precision: 's' }],
    finish: 'drain',
  })
  const logged = outcome.logs.filter((l) => /^(?:error|warn)$/.test(l.level) && l.fields['field'] === undefined)
  return [...logged.map(textOf), ...(outcome.error === '' ? [] : [outcome.error])]
}

describe('the example', () => {
  for (const d of [...declarations, ...macros]) {
    const { examples = [] } = d
    if (!('internal' in d && d.internal)) it(`of ${d.name} is there`, () => assert.ok(examples.length > 0))
    for (const [i, script] of examples.entries())
      it(`${i + 1} of ${d.name} runs`, async () => assert.deepEqual(await problems(script), []))
  }
})

describe('the page about the language', () => {
  const page = fs.readFileSync(path.join(import.meta.dirname, '../docs/tickscript.md'), 'utf8')
  const scripts = [...page.matchAll(/^```js\n(.*?)^```/gms)].map((m) => m[1]!)
  it('has examples', () => assert.ok(scripts.length >= 3))
  for (const [i, script] of scripts.entries())
    it(`runs its example ${i + 1}`, async () => assert.deepEqual(await problems(script), []))
})
