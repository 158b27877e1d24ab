// What every command prints, at 80 columns of a terminal and in a pipe.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { golden, runTranscript } from './transcript.ts'

process.env['TZ'] = 'UTC'
process.chdir(import.meta.dirname)

for (const file of readdirSync('.').filter((f) => f.endsWith('.cli'))) {
  for (const terminal of [false, true]) {
    const to = file.replace(/\.cli$/, terminal ? '.terminal.golden' : '.pipe.golden')
    test(`${file}: ${terminal ? 'a terminal of 80 columns' : 'a pipe'}`, async () => {
      const actual = await runTranscript(file, terminal)
      assert.equal(actual, golden(to, actual))
    })
  }
}
