import assert from 'node:assert/strict'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { CommandFailed } from './command.ts'
import { replaceFile } from './replace-file.ts'

let folder = ''
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'replace-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

const at = (name: string): string => path.join(folder, name)
const text = (name: string): string => fs.readFileSync(at(name), 'utf8')

test('the file keeps its mode, and a copy when one is wanted', () => {
  fs.writeFileSync(at('a'), 'old')
  fs.chmodSync(at('a'), 0o640)
  replaceFile(at('a'), 'new')
  assert.deepEqual(fs.readdirSync(folder), ['a'])
  assert.equal(text('a'), 'new')
  assert.equal(fs.statSync(at('a')).mode & 0o777, 0o640)
  replaceFile(at('a'), 'newer', '.orig')
  assert.deepEqual([text('a'), text('a.orig')], ['newer', 'new'])
})

test('a link stays a link', () => {
  fs.writeFileSync(at('a'), 'old')
  fs.symlinkSync('a', at('link'))
  replaceFile(at('link'), 'new', '.orig')
  assert.ok(fs.lstatSync(at('link')).isSymbolicLink())
  assert.deepEqual([text('a'), text('link.orig')], ['new', 'old'])
})

test('what can not be written stays as it was', () => {
  assert.throws(() => replaceFile(at('none'), 'new'), CommandFailed)
  fs.mkdirSync(at('folder'))
  assert.throws(() => replaceFile(at('folder'), 'new'), /^CommandFailed: can't write .*folder: /)
  assert.deepEqual(fs.readdirSync(folder), ['folder'])
})
