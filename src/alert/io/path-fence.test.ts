import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { AppendFiles } from './append-files.ts'
import { localIo } from './local-io.ts'
import { PathFence, patternProblem, realPath } from './path-fence.ts'
import { ProgramFence } from './program-fence.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'fence-')))
const at = (...names: string[]): string => join(root, ...names)
after(() => rmSync(root, { recursive: true, force: true }))
for (const folder of ['in', 'in/deep', 'out', 'other']) mkdirSync(at(folder))
writeFileSync(at('in/a.log'), '')
writeFileSync(at('out/secret'), 'x')
symlinkSync(at('out/secret'), at('in/link'))
symlinkSync(at('out'), at('in/way'))
symlinkSync(at('out/new'), at('in/dangling'))
symlinkSync(at('in'), at('alias'))
symlinkSync(at('in/loop'), at('in/loop'))

const below = new PathFence('log-paths', [at('in', '**')])
const direct = new PathFence('log-paths', [at('in', '*.log')])

describe('a path', () => {
  test('is judged by where it leads', () => {
    for (const [path, isInside] of [
      [at('in/a.log'), true],
      [at('in/new.log'), true],
      [at('in/deep/b.log'), true],
      [at('in/missing/folder/b.log'), true],
      [`${at('in')}/deep/../a.log`, true],
      [`${at('in')}//a.log`, true],
      [at('alias/a.log'), true],
      [at('in'), false],
      [at('out/secret'), false],
      [`${at('in')}/../out/secret`, false],
      [`${at('in')}/deep/../../out/secret`, false],
      // A link's parent is that of what it leads to.
      [`${at('in')}/way/../other/x`, false],
      [`${at('in')}/missing/../../out/x`, false],
      [at('in/link'), false],
      [at('in/way/secret'), false],
      [at('in/way/new'), false],
      [at('in/dangling'), false],
      [at('in/loop'), false],
      [`${at('in')}x/a.log`, false],
      ['in/a.log', false],
      ['', false],
      [`${at('in/a.log')}\0`, false],
    ] as const)
      assert.equal(below.refusal(path) === undefined, isInside, path)
  })

  test('outside is named, and where it leads is not', () => {
    assert.equal(
      below.refusal(at('in/link')),
      `${JSON.stringify(at('in/link'))} is, or leads, outside of [security] log-paths`,
    )
    assert.throws(() => below.enter(at('in/link')), { code: 'outside-fence', retry: false })
    assert.equal(below.enter(at('alias/a.log')), at('in/a.log'))
  })

  test('may be anything without patterns', () => {
    const open = new PathFence('log-paths', [])
    assert.equal(open.refusal('/anything/../at/all'), undefined)
    assert.equal(open.enter('relative'), 'relative')
    assert.equal(open.folderRefusal('/'), undefined)
  })
})

describe('a pattern', () => {
  test('with * stays in its folder, with ** goes deeper', () => {
    assert.equal(direct.refusal(at('in/a.log')), undefined)
    assert.notEqual(direct.refusal(at('in/deep/b.log')), undefined)
    assert.notEqual(direct.refusal(at('in/a.txt')), undefined)
    const middle = new PathFence('x', [at('in/**/b.log')])
    assert.equal(middle.covers(at('in/b.log')), true)
    assert.equal(middle.covers(at('in/x/y/b.log')), true)
    assert.equal(middle.covers(at('in/x/y/c.log')), false)
  })

  test('may itself lead through a link', () => {
    const aliased = new PathFence('x', [at('alias', '*.log')])
    assert.equal(aliased.refusal(at('in/a.log')), undefined)
    assert.equal(new PathFence('x', [at('in/link')]).refusal(at('out/secret')), undefined)
  })

  test('allows folders in which something may match', () => {
    assert.equal(below.folderRefusal(at('in')), undefined)
    assert.equal(below.folderRefusal(at('in/deep')), undefined)
    assert.equal(direct.folderRefusal(at('alias')), undefined)
    for (const folder of ['/', root, at('out'), at('in/way'), `${at('in')}/../out`, 'in'])
      assert.notEqual(below.folderRefusal(folder), undefined, folder)
    assert.notEqual(direct.folderRefusal(at('in/deep')), undefined)
  })

  test('has to be an absolute one', () => {
    assert.equal(patternProblem('/a/*/b/**'), undefined)
    assert.match(patternProblem('a/*')!, /must be an absolute path/)
    assert.match(patternProblem('/a/../b')!, /must have no/)
    assert.match(patternProblem('/a/[')!, /syntax error in pattern/)
  })
})

test('real paths of what is not there yet stand in the folder that is', () => {
  assert.equal(realPath(at('alias/x/y')), at('in/x/y'))
  assert.equal(realPath(`${at('in')}/x/../y`), undefined)
  assert.equal(realPath('x'), undefined)
})

describe('files that are appended to', () => {
  test('are not opened outside', async () => {
    const files = new AppendFiles(below)
    await files.append(at('in/new.log'), 0o600, 'a\n')
    for (const path of [at('out/x'), at('in/link'), at('in/dangling'), at('in/way/x')])
      await assert.rejects(files.append(path, 0o600, 'a\n'), { code: 'outside-fence', retry: false })
    await files.close()
    assert.equal(execFileSync('cat', [at('out/secret'), at('in/new.log')]).toString(), 'xa\n')
    assert.equal(readdirSync(at('out')).includes('new'), false)
  })

  test('are left when their path comes to lead outside', async () => {
    const files = new AppendFiles(below)
    const path = at('in/turned.log')
    await files.append(path, 0o600, 'a\n')
    renameSync(path, at('other/kept'))
    symlinkSync(at('out/secret'), path)
    await assert.rejects(files.append(path, 0o600, 'b\n'), { code: 'outside-fence' })
    rmSync(path)
    await files.append(path, 0o600, 'c\n')
    await files.close()
    assert.equal(execFileSync('cat', [at('out/secret'), at('other/kept'), path]).toString(), 'xa\nc\n')
  })

  test('are looked at again once they are open', () => {
    const fd = openSync(at('out/secret'), 'r')
    const inside = openSync(at('in/a.log'), 'r')
    assert.deepEqual([below.coversOpen(fd), below.coversOpen(inside)], [false, true])
    closeSync(fd)
    closeSync(inside)
  })
})

describe('a program', () => {
  for (const name of ['in/run', 'out/run']) writeFileSync(at(name), '#!/bin/sh\necho "$0"\n', { mode: 0o755 })
  symlinkSync(at('out/run'), at('in/escape'))
  const fence = new ProgramFence({ isEnabled: true, commands: [at('in', '*')] }, () => `${at('out')}:${at('in')}`)

  test('is one that a pattern covers, by path or by name', () => {
    assert.equal(fence.refusal(at('in/run')), undefined)
    for (const program of [at('out/run'), at('in/escape'), `${at('in')}/../out/run`, './run', 'in/run', 'nothing', ''])
      assert.match(fence.refusal(program)!, /outside of \[security\] exec-commands/, program)
    // The first in PATH is the one that would run.
    assert.match(fence.refusal('run')!, /exec-commands/)
    const other = new ProgramFence({ isEnabled: true, commands: [at('in', '*')] }, () => at('in'))
    assert.equal(other.refusal('run'), undefined)
    assert.equal(other.enter('run'), at('in/run'))
  })

  test('runs only inside', async () => {
    const logs = new PathFence('log-paths', [])
    const io = (programs: ProgramFence) =>
      localIo({ http: () => Promise.reject(), publish: async () => {}, serverUrl: '', fences: { programs, logs } })
    const fenced = io(fence)
    assert.equal((await fenced.exec(at('in/run'), [], '', 5_000)).output, `${at('in/run')}\n`)
    await assert.rejects(fenced.exec(at('in/escape'), [], '', 5_000), { code: 'outside-fence', retry: false })
    const none = new ProgramFence({ isEnabled: false, commands: [] })
    await assert.rejects(io(none).exec('true', [], '', 5_000), { code: 'exec-disabled', retry: false })
    assert.match(none.refusal('true')!, /exec-enabled is false/)
    const all = new ProgramFence({ isEnabled: true, commands: [] })
    assert.equal((await io(all).exec('true', [], '', 5_000)).code, 0)
  })
})
