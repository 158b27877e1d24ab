import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { HOT_CODE_FLAGS } from './hot-code-flags.ts'

/** Runs a script with `v8` and `Script` in a process of its own. */
function run(script: string): string {
  return execFileSync(
    process.execPath,
    ['-e', `const v8 = require('node:v8'), { Script } = require('node:vm')\n${script}`],
    {
      encoding: 'utf8',
    },
  )
}

/** Whether a process takes code that another one made after it had set these flags. */
function isTaken(flags: readonly string[]): boolean {
  const made = run(`
    for (const flag of ${JSON.stringify(flags)}) v8.setFlagsFromString(flag)
    process.stdout.write(new Script('1 + 1').createCachedData().toString('base64'))`)
  const refused = run(`
    const cachedData = Buffer.from('${made}', 'base64')
    process.stdout.write(String(new Script('1 + 1', { cachedData }).cachedDataRejected))`)
  return refused === 'false'
}

test('V8 takes code that was made once the flags were unset', () => {
  assert.equal(isTaken([...HOT_CODE_FLAGS.map((f) => f.set), ...HOT_CODE_FLAGS.map((f) => f.unset)]), true)
})

test('and none that was made while they were set', () => {
  assert.equal(isTaken(HOT_CODE_FLAGS.map((f) => f.set)), false)
})
