// Conformance cases, and our own, in process. Where a body ends must never show, and neither must a restart: each case
// is run with its writes whole, a line a body, and cut at random line ends; and once more for every place where its
// tasks may be written down and go over to a new engine, with the same output as the unbroken run.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { NODES } from '../../src/nodes/registry.ts'
import { type Case, caseFiles, readCases } from './case-file.ts'
import { eachLine, runCase, runsInProcess, type Split } from './run-case.ts'

const conformance = path.join(import.meta.dirname, '../conformance')
/** Cases that contradict decided ones. */
const overruled = new Set(
  fs
    .readFileSync(path.join(conformance, 'known.txt'), 'utf8')
    .split('\n')
    .filter((l) => /^\S+\s+decided otherwise:/.test(l))
    .map((l) => l.split(/\s+/)[0]!),
)
/** Folders whose cases run in process, and how many must at least: fewer means that the reader lost some. */
const FOLDERS: readonly (readonly [string, number])[] = [
  [path.join(conformance, 'cases/stream'), 205],
  [path.join(conformance, 'cases/language'), 90],
  [path.join(conformance, 'cases/flow'), 80],
  [path.join(conformance, 'cases/alerts'), 60],
  [path.join(import.meta.dirname, 'own'), 6],
]
/** Cases longer than this are broken at a choice of places only. */
const ALL_PLACES = 8

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

/** Nodes that have gone over to a new engine. */
const handedOver = new Set<string>()

for (const [folder, atLeast] of FOLDERS) {
  const cases: Case[] = caseFiles(folder)
    .flatMap(readCases)
    .filter((c) => runsInProcess(c) && !overruled.has(c.name))
  describe(`${path.basename(folder)} cases`, () => {
    it('are there', () => assert.ok(cases.length >= atLeast, `${cases.length} cases`))
    for (const c of cases) {
      it(c.name, async () => {
        assert.deepEqual((await runCase(c)).fails, [])
        for (const seed of [1, 2])
          assert.deepEqual((await runCase(c, { split: randomSplit(seed) })).fails, [], `cut with seed ${seed}`)
        const unbroken = await runCase(c, { split: eachLine })
        assert.deepEqual(unbroken.fails, [], 'a body for each line')
        const every = Math.ceil(unbroken.entries / ALL_PLACES)
        const places: ((entry: number) => boolean)[] = [() => true]
        for (let at = 0; at < unbroken.entries; at += every) places.push((entry) => entry === at)
        for (const [i, restartBefore] of places.entries()) {
          const again = await runCase(c, { split: eachLine, restartBefore })
          const where = i === 0 ? 'broken before every entry' : `broken before entry ${(i - 1) * every}`
          assert.deepEqual(again.sent.given, unbroken.sent.given, where)
          assert.deepEqual(again.sent, unbroken.sent, where)
          assert.deepEqual(again.fails, [], where)
          for (const node of again.handedOver) handedOver.add(node)
        }
      })
    }
  })
}

describe('every node', () => {
  it('has gone over to a new engine', () => {
    const callable = NODES.filter((n) => !n.internal)
    assert.deepEqual(
      callable.map((n) => n.name).filter((name) => !handedOver.has(name)),
      [],
    )
  })
})
