// What stands in packaging/ fits the program: the configuration loads, the flags and paths are there.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readArguments } from '../src/cli/arguments.ts'
import { SERVER_COMMANDS } from '../src/cli/server-commands.ts'
import { loadConfig } from '../src/server/config/load-config.ts'

const root = join(import.meta.dirname, '..')
const read = (name: string): string => readFileSync(join(root, 'packaging', name), 'utf8')

test('the configuration loads without a warning, and keeps everything in one folder', () => {
  const text = read('supercap.conf')
  const config = loadConfig({ file: { path: 'supercap.conf', text }, environment: {} })
  assert.deepEqual(config.warnings, [])
  const { root: top, storage, replay, task, load, http } = config.server
  for (const path of [storage.boltdb, replay.dir, task.dir, load.dir])
    assert.ok(path.startsWith(`${top.dataDir}/`), path)
  assert.equal(http.bindAddress, '127.0.0.1:9092')
})

test("the unit's command line is one that the server takes", () => {
  const line = /^ExecStart=\S+\/bin\/supercapd (.*) \$SUPERCAP_OPTS$/m.exec(read('supercapd.service'))
  const { flags, rest } = readArguments(line![1]!.split(' '), Object.keys(SERVER_COMMANDS[0].flags))
  assert.deepEqual([[...flags.keys()], rest], [['config'], []])
})

test('the image copies what there is, and everything that its build needs', () => {
  const dockerfile = read('Dockerfile')
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap((m) => m[1]!.split(' '))
  for (const path of copied) assert.ok(existsSync(join(root, path)), path)
  const passed = read('Dockerfile.dockerignore').split('\n')
  for (const path of copied) assert.ok(passed.includes(`!${path}`), path)
  const { files = [], scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    files?: string[]
    scripts: Record<string, string>
  }
  assert.deepEqual(files, [])
  for (const entry of scripts['build']!.matchAll(/\bsrc\/\S+\.ts\b/g))
    assert.ok(existsSync(join(root, entry[0])), entry[0])
})
