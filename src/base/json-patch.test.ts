import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { applyPatch, PatchError } from './json-patch.ts'

const document = { id: 'h', options: { channel: '#a', list: [1, 2] }, 'a/b': 0, 'm~n': 1 }

describe('applyPatch', () => {
  for (const [what, operations, wanted] of [
    [
      'adds a member',
      [{ op: 'add', path: '/options/x', value: 1 }],
      { ...document, options: { ...document.options, x: 1 } },
    ],
    [
      'inserts into a list',
      [{ op: 'add', path: '/options/list/1', value: 9 }],
      { ...document, options: { channel: '#a', list: [1, 9, 2] } },
    ],
    [
      'appends to a list',
      [{ op: 'add', path: '/options/list/-', value: 9 }],
      { ...document, options: { channel: '#a', list: [1, 2, 9] } },
    ],
    ['removes', [{ op: 'remove', path: '/options/list/0' }], { ...document, options: { channel: '#a', list: [2] } }],
    ['replaces', [{ op: 'replace', path: '/id', value: 'z' }], { ...document, id: 'z' }],
    [
      'replaces in a list',
      [{ op: 'replace', path: '/options/list/0', value: 7 }],
      { ...document, options: { channel: '#a', list: [7, 2] } },
    ],
    ['replaces the whole', [{ op: 'replace', path: '', value: 5 }], 5],
    [
      'moves',
      [{ op: 'move', from: '/id', path: '/name' }],
      { options: document.options, 'a/b': 0, 'm~n': 1, name: 'h' },
    ],
    ['copies', [{ op: 'copy', from: '/options/list', path: '/l' }], { ...document, l: [1, 2] }],
    [
      'tests and unescapes',
      [
        { op: 'test', path: '/a~1b', value: 0 },
        { op: 'test', path: '/m~0n', value: 1 },
      ],
      document,
    ],
  ] as const) {
    it(what, () => {
      const before = structuredClone(document)
      assert.deepEqual(applyPatch(document, operations), wanted)
      assert.deepEqual(document, before)
    })
  }

  for (const [what, operations] of [
    ['what is no list', { op: 'add' }],
    ['an unknown operation', [{ op: 'x', path: '/id' }]],
    ['a path that is not there', [{ op: 'remove', path: '/none/x' }]],
    ['a replacement of nothing', [{ op: 'replace', path: '/none', value: 1 }]],
    ['an index beyond the end', [{ op: 'add', path: '/options/list/3', value: 1 }]],
    ['an index that is none', [{ op: 'remove', path: '/options/list/01' }]],
    ['a missing value', [{ op: 'add', path: '/x' }]],
    ['a failed test', [{ op: 'test', path: '/id', value: 'z' }]],
    ['a move into itself', [{ op: 'move', from: '/options', path: '/options/x' }]],
    ['a pointer without a slash', [{ op: 'remove', path: 'id' }]],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => applyPatch(document, operations), PatchError)
    })
  }
})
