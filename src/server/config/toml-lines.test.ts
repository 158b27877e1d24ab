import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { stringify } from 'smol-toml'
import { TomlLines } from './toml-lines.ts'

describe('lines of a TOML text', () => {
  test('of keys, headers, elements and what is inside of values', () => {
    const text = `# comment = 1
a = "x # [no]" # c
"b c" . d = '''
e = 1
''''
f = [ # [[g]]
  "one", 'two ] ',
  { h = 1, i.j = "}" },
]
k = """ \\""" [l]
m = 2 """
[n]
o = 1979-05-27 07:32:00
[[p.q]]
[[p.q]]
  r = { s = [
    1] }
[p.q.t]
  u.v = true
["w.x"]
  y = -0x1f`
    const lines = new TomlLines(text)
    const of = (...path: (string | number)[]) => lines.of(path)
    assert.deepEqual(
      [of('a'), of('b c', 'd'), of('f'), of('f', 1), of('f', 2), of('f', 2, 'i', 'j'), of('k'), of('n', 'o')],
      [2, 3, 6, 7, 8, 8, 10, 13],
    )
    assert.deepEqual(
      [
        of('p', 'q', 0),
        of('p', 'q', 1),
        of('p', 'q', 1, 'r'),
        of('p', 'q', 1, 'r', 's', 0),
        of('p', 'q', 1, 't', 'u', 'v'),
      ],
      [14, 15, 16, 17, 19],
    )
    assert.deepEqual(
      [of('w.x', 'y'), of('n', 'none', 'deeper'), of('none'), of('e'), of('m'), of('l')],
      [21, 12, undefined, undefined, undefined, undefined],
    )
  })

  test('every key of any document has the line that it stands on', () => {
    const scalar = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.integer(),
      fc.array(fc.string({ unit: fc.constantFrom('"', ']', '#', '\n') }), { maxLength: 3 }),
    )
    const key = fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', '-', '.', ' ', '"', '#', 'é') })
    const table = fc.dictionary(key, scalar, { maxKeys: 4, noNullPrototype: true })
    fc.assert(
      fc.property(
        table,
        fc.dictionary(key, fc.oneof(table, fc.array(table, { minLength: 1, maxLength: 3 })), {
          maxKeys: 3,
          noNullPrototype: true,
        }),
        (top, sections) => {
          const document = { ...top, ...sections }
          const text = stringify(document)
          const lines = new TomlLines(text)
          const rows = text.split('\n')
          const walk = (value: unknown, path: (string | number)[]): void => {
            if (typeof value !== 'object' || value === null) return
            for (const [k, v] of Object.entries(value)) {
              const isElement = Array.isArray(value)
              const inner = [...path, isElement ? Number(k) : k]
              const line = lines.of(inner)
              assert.ok(line !== undefined, `${JSON.stringify(inner)} in\n${text}`)
              if (
                !isElement &&
                (typeof v !== 'object' || Array.isArray(v)) &&
                !(Array.isArray(v) && typeof v[0] === 'object')
              ) {
                const written = /^[A-Za-z0-9_-]+$/.test(k) ? k : JSON.stringify(k)
                assert.ok(rows[line - 1]!.startsWith(`${written} = `), `${line}: ${rows[line - 1]} is not ${written}`)
              }
              if (typeof v === 'object') walk(v, inner)
            }
          }
          walk(document, [])
        },
      ),
    )
  })

  test('ends on any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '"', "'", '[', ']', '{', '}', '=', '.', ',', '#', '\n', '\\', ' ') }),
        (text) => void new TomlLines(text),
      ),
    )
  })
})
