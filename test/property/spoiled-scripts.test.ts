// Scripts of the cases, spoiled: whatever becomes of them, the language answers with diagnostics, a task with a fault,
// and never with anything else.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Fault } from '../../src/base/fault.ts'
import { ScriptError } from '../../src/lang/diagnostic.ts'
import { format } from '../../src/lang/formatter.ts'
import { runScript } from '../../src/nodes/run-script.ts'
import { scriptEnvironment } from '../../src/server/script-environment.ts'
import { SCRIPTS, spoiled, WRITES } from './corpus.ts'

describe('spoiled scripts', () => {
  it('are formatted to what is formatted to itself, or refused with diagnostics', () => {
    let formatted = 0
    fc.assert(
      fc.property(spoiled(SCRIPTS), (script) => {
        let once: string
        try {
          once = format(script)
        } catch (e) {
          assert.ok(e instanceof ScriptError, String((e as Error).stack))
          assert.ok(e.diagnostics.length > 0)
          return
        }
        formatted++
        assert.equal(format(once), once)
      }),
      { numRuns: 1_500 },
    )
    assert.ok(formatted > 100, `${formatted} scripts were formatted`)
  })

  it('run, or are refused with diagnostics or a fault', async () => {
    let ran = 0
    await fc.assert(
      fc.asyncProperty(spoiled(SCRIPTS), spoiled(WRITES), async (script, lines) => {
        try {
          const outcome = await runScript(scriptEnvironment, {
            script,
            type: /^\s*batch\b/m.test(script) ? 'batch' : 'stream',
            dbrps: [{ db: '$X', rp: 'autogen' }],
            sideload: () => {
              throw new Fault('no-source', 'there is nothing here')
            },
            input: [
              { db: '$X', rp: 'autogen', lines: 'm,host=a,cpu=0 v=1,value=2i,s="x",b=true 1\nm,host=a v=2 2\nm v=3 3' },
              { db: '$X', rp: 'autogen', lines },
            ],
            finish: 'drain',
          })
          ran++
          assert.ok(outcome.error === '' || /^\S+: /.test(outcome.error), outcome.error)
        } catch (e) {
          const expected = e instanceof ScriptError || e instanceof Fault || isRefusedWrite(e)
          assert.ok(expected, `${(e as Error).stack}\n${script}\n${lines}`)
        }
      }),
      { numRuns: 600 },
    )
    assert.ok(ran > 20, `${ran} scripts ran`)
  })
})

/** What the sandbox throws for a body that the write endpoint would refuse. */
function isRefusedWrite(e: unknown): boolean {
  return e instanceof Error && e.constructor === Error && e.message.startsWith('unable to parse ')
}
