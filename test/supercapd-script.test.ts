// The start scripts, run from everywhere: through links, from other folders, with nothing useful on PATH.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'script-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const home = join(folder, 'a place with spaces')
const bin = join(home, 'node_modules/node/bin')
for (const path of ['bin', 'src/cli', 'node_modules/node/bin', '../links/deep'])
  mkdirSync(join(home, path), { recursive: true })
for (const name of ['supercapd', 'supercap']) {
  copyFileSync(join(import.meta.dirname, '../bin', name), join(home, 'bin', name))
  writeFileSync(
    join(home, `src/cli/${name}.ts`),
    `const a: string[] = process.argv.slice(2)\nconsole.log(JSON.stringify(a))\nprocess.exit(7)\n`,
  )
}
symlinkSync(process.execPath, join(bin, 'node'))
symlinkSync('../../a place with spaces/bin/supercapd', join(folder, 'links/deep/one'))
symlinkSync('deep/one', join(folder, 'links/two'))

function run(command: string, args: readonly string[], cwd: string, path = '/usr/bin:/bin') {
  return spawnSync(command, args, { cwd, encoding: 'utf8', env: { PATH: path } })
}

test('the client is started likewise', () => {
  const result = run(join(home, 'bin/supercap'), ['list', 'a b'], '/')
  assert.deepEqual(JSON.parse(result.stdout), ['list', 'a b'])
  assert.equal(result.status, 7)
})

test('arguments and exit status are those of the server, through links and from any folder', () => {
  const args = ['-config', 'a "b"', '']
  for (const [command, cwd] of [
    [join(home, 'bin/supercapd'), '/'],
    [join(folder, 'links/two'), '/'],
    ['./two', join(folder, 'links')],
    ['../bin/supercapd', join(home, 'src')],
  ] as const) {
    const result = run(command, args, cwd)
    assert.equal(result.stderr, '')
    assert.deepEqual(JSON.parse(result.stdout), args)
    assert.equal(result.status, 7)
  }
  assert.equal(run('two', [], '/', `${join(folder, 'links')}:/usr/bin:/bin`).status, 7)
  assert.equal(run('sh', ['supercapd'], join(home, 'bin')).status, 7)
})

test('without its Node.js it says what to do', () => {
  rmSync(join(bin, 'node'))
  const result = run(join(folder, 'links/two'), [], '/')
  assert.equal(result.status, 1)
  assert.match(result.stderr, /run 'npm install' in .*a place with spaces/)
})
