// Texts that properties start from: the scripts and writes of all cases, and ways to spoil them.
import path from 'node:path'
import fc from 'fast-check'
import { scriptsIn } from '../cases/case-contents.ts'
import { caseFiles, readCases } from '../cases/case-file.ts'

const folders = ['../conformance/cases', '../cases/own'].map((f) => path.join(import.meta.dirname, f))
const cases = folders.flatMap((f) => caseFiles(f).flatMap(readCases))

/** Longer ones are left out: they only cost time. */
const MAX_SCRIPT = 2_000

export const SCRIPTS: readonly string[] = [...new Set(cases.flatMap(scriptsIn))].filter((s) => s.length <= MAX_SCRIPT)
export const WRITES: readonly string[] = [
  ...new Set(cases.flatMap((c) => c.steps.filter((s) => s.word === 'write').map((s) => s.body))),
]

const PIECES = [
  ...'()[]{}.,|@:=*/\'"\\ \n\t-+<>!%#$',
  '\0',
  '\u00e9',
  '\u{1f30a}',
  'lambda: ',
  'var ',
  '9999999999999999999',
  '1e400',
  '-0',
  '10w',
  '/(/',
  "'''",
  '//',
  'stream',
  '|join(',
  'TRUE',
]

type Change = (text: string) => string

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
const at = (text: string, where: number): number => Math.floor(where * (text.length + 1))
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...PIECES)).map(
    ([where, piece]): Change =>
      (t) => {
        const i = at(t, where)
        return t.slice(0, i) + piece + t.slice(i)
      },
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 12 })).map(
    ([where, n]): Change =>
      (t) => {
        const i = at(t, where)
        return t.slice(0, i) + t.slice(i + n)
      },
  ),
  fc.tuple(place, place, fc.integer({ min: 1, max: 40 })).map(
    ([from, to, n]): Change =>
      (t) => {
        const piece = t.slice(at(t, from), at(t, from) + n)
        const i = at(t, to)
        return t.slice(0, i) + piece + t.slice(i)
      },
  ),
  place.map(
    (where): Change =>
      (t) =>
        t.slice(0, at(t, where)),
  ),
)

/** One of the texts, with a few changes. */
export function spoiled(texts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { maxLength: 4 }))
    .map(([text, changes]) => changes.reduce((t, f) => f(t), text))
}
