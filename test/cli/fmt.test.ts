// fmt writes files: what stands in them afterwards.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { CliSession } from './cli-session.ts'

const session = new CliSession({ url: 'http://127.0.0.1:1', terminal: false })
const MESSY = 'stream|from()'
const NEAT = 'stream\n    |from()\n'

let folder = ''
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'fmt-'))
  fs.writeFileSync(path.join(folder, 'messy.tick'), MESSY)
  fs.writeFileSync(path.join(folder, 'neat.tick'), NEAT)
  fs.writeFileSync(path.join(folder, 'wrong.tick'), 'stream|')
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

const run = (...words: string[]) =>
  session.run(['fmt', ...words.map((w) => (/tick$/.test(w) ? path.join(folder, w) : w))])
const contents = () =>
  Object.fromEntries(fs.readdirSync(folder).map((f) => [f, fs.readFileSync(path.join(folder, f), 'utf8')]))

test('-w writes what changes, also beside a script that does not parse', async () => {
  const before = fs.statSync(path.join(folder, 'neat.tick')).mtimeMs
  const { code, stdout, stderr } = await run('-w', 'wrong.tick', 'messy.tick', 'neat.tick')
  assert.deepEqual([code, stdout], [3, ''])
  assert.match(stderr, /^Error: parser: unexpected EOF/)
  assert.deepEqual(contents(), { 'messy.tick': NEAT, 'neat.tick': NEAT, 'wrong.tick': 'stream|' })
  assert.equal(fs.statSync(path.join(folder, 'neat.tick')).mtimeMs, before)
})

test('-b keeps what was there, -l tells of what is written', async () => {
  const { code, stdout } = await run('-w', '-b', '-l', 'messy.tick', 'neat.tick')
  assert.deepEqual([code, stdout], [0, `${path.join(folder, 'messy.tick')}\n`])
  assert.deepEqual(contents(), {
    'messy.tick': NEAT,
    'messy.tick.orig': MESSY,
    'neat.tick': NEAT,
    'wrong.tick': 'stream|',
  })
})

test('without -w no file changes', async () => {
  const before = contents()
  assert.equal((await run('-b', 'messy.tick')).stdout, NEAT)
  assert.equal((await run('-l', '-d', 'messy.tick')).code, 3)
  assert.deepEqual(contents(), before)
})
