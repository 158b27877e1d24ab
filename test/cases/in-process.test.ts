// Conformance cases in process, their writes whole and cut at random line ends: where a body ends must never show.
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it } from 'node:test'
import { type Case, caseFiles, readCases } from './case-file.ts'
import { runCase, runsInProcess, type Split } from './run-case.ts'

const folder = path.join(import.meta.dirname, '../conformance/cases')
const known = new Set(
  (await import('node:fs'))
    .readFileSync(path.join(folder, '../known.txt'), 'utf8')
    .split('\n')
    .filter((l) => /^[^#\s]/.test(l))
    .map((l) => l.split(/\s+/)[0]!),
)
/** Folders whose cases run in process, and how many must at least: fewer means that the reader lost some. */
const FOLDERS: readonly (readonly [string, number])[] = [
  ['stream', 200],
  ['language', 80],
  ['flow', 60],
]

/** Cuts at random line ends, the same for every run of the test. */
function randomSplit(seed: number): Split {
  let state = seed
  const next = (): number => (state = (state * 1103515245 + 12345) & 0x7fffffff)
  return (lines) => {
    const parts: string[][] = [[]]
    for (const l of lines) {
      if (parts.at(-1)!.length > 0 && next() % 3 === 0) parts.push([])
      parts.at(-1)!.push(l)
    }
    return parts
  }
}

for (const [name, atLeast] of FOLDERS) {
  const cases: Case[] = caseFiles(path.join(folder, name))
    .flatMap(readCases)
    .filter((c) => runsInProcess(c) && !known.has(c.name))
  describe(`${name} cases`, () => {
    it('are there', () => assert.ok(cases.length >= atLeast, `${cases.length} cases`))
    for (const c of cases) {
      it(c.name, async () => {
        assert.deepEqual(await runCase(c), [])
        assert.deepEqual(await runCase(c, (lines) => lines.map((l) => [l])), [], 'a body for each line')
        for (const seed of [1, 2]) assert.deepEqual(await runCase(c, randomSplit(seed)), [], `cut with seed ${seed}`)
      })
    }
  })
}
