import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments } from './arguments.ts'

const KNOWN = ['config', 'log-level']

test('one dash or two, with a blank or an equals sign', () => {
  for (const words of [['-config', 'a=b'], ['--config', 'a=b'], ['-config=a=b'], ['--config=a=b']])
    assert.equal(readArguments(words, KNOWN).flags.get('config'), 'a=b')
  assert.equal(readArguments(['-config='], KNOWN).flags.get('config'), '')
  assert.equal(readArguments(['-config', 'a', '-config', 'b'], KNOWN).flags.get('config'), 'b')
})

test('flags end at the first word that is none', () => {
  assert.deepEqual(readArguments(['-config', 'a', 'run', '-x'], KNOWN).rest, ['run', '-x'])
  assert.deepEqual(readArguments(['--', '-x'], KNOWN).rest, ['-x'])
  assert.deepEqual(readArguments(['-'], KNOWN).rest, ['-'])
})

test('help wins over what follows', () => {
  assert.equal(readArguments(['-h', '-x'], KNOWN).help, true)
  assert.equal(readArguments(['-log-level', 'info', '--help'], KNOWN).help, true)
})

test('unknown flags and missing values are refused', () => {
  assert.throws(() => readArguments(['-x'], KNOWN), { message: 'flag provided but not defined: -x' })
  assert.throws(() => readArguments(['-config'], KNOWN), { message: 'flag needs an argument: -config' })
})
