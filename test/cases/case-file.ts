// Reads conformance case files (their grammar is in test/conformance/README.md) for runs in process.
import fs from 'node:fs'
import path from 'node:path'

export interface Step {
  readonly word: string
  readonly rest: string
  readonly body: string
  readonly line: number
  /** What follows `=`; undefined when nothing is expected. */
  readonly expectHead: string | undefined
  readonly expect: string | undefined
}

export interface Case {
  readonly name: string
  readonly file: string
  readonly masks: readonly string[]
  readonly steps: readonly Step[]
  /** Why it is not as in the reference; undefined where it is. */
  readonly decided: string | undefined
}

/** Marks a case that the runner over HTTP skips. */
const IN_PROCESS_ONLY = /^skip in process only\b/

/** The indented block that starts at `at`, without its common indent, and where it ends. */
function block(lines: readonly string[], at: number): [string, number] {
  const out: string[] = []
  let i = at
  while (i < lines.length && (/^\s+\S/.test(lines[i]!) || lines[i]!.trim() === '')) out.push(lines[i++]!)
  while (out.length > 0 && out.at(-1)!.trim() === '') {
    out.pop()
    i--
  }
  const pad = Math.min(...out.filter((l) => l.trim()).map((l) => /^\s*/.exec(l)![0].length))
  return [out.map((l) => l.slice(pad)).join('\n'), i]
}

export function readCases(file: string): Case[] {
  const lines = fs.readFileSync(file, 'utf8').split('\n')
  const cases: (Case & { steps: Step[]; masks: string[]; decided: string | undefined })[] = []
  let i = 0
  while (i < lines.length) {
    const line = lines[i]!
    if (/^\s*(#.*)?$/.test(line)) {
      i++
      continue
    }
    const [, word, rest] = /^(\S+)\s*(.*)$/.exec(line)! as unknown as [string, string, string]
    const at = i++
    if (word === 'case') {
      cases.push({ name: rest.trim(), file, masks: [], steps: [], decided: undefined })
      continue
    }
    let body: string
    let expectHead: string | undefined
    let expect: string | undefined
    ;[body, i] = block(lines, i)
    if (/^=/.test(lines[i] ?? '')) {
      expectHead = lines[i]!.slice(1).trim()
      ;[expect, i] = block(lines, i + 1)
    }
    const current = cases.at(-1)!
    if (word === 'mask') current.masks.push(...rest.split(/[,\s]+/))
    else if (word === 'decided') current.decided = rest.trim()
    else if (word !== 'about' && !IN_PROCESS_ONLY.test(line))
      current.steps.push({ word, rest: rest.trim(), body, line: at + 1, expectHead, expect })
  }
  return cases
}

/** All case files below a folder. */
export function caseFiles(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.case'))
    .sort()
    .map((f) => path.join(folder, f))
}
