// One contract, both implementations, against a model.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import type { Kv } from './kv.ts'
import { LmdbKv } from './lmdb-kv.ts'
import { MemoryKv } from './memory-kv.ts'

const folder = mkdtempSync(join(tmpdir(), 'kv-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const kinds: Record<string, (name: string) => Promise<Kv>> = {
  memory: async () => new MemoryKv(),
  'lmdb, kill-safe': (name) => LmdbKv.open({ folder: join(folder, name), sync: 'kill-safe', maxBytes: 2 ** 26 }),
  'lmdb, always': (name) => LmdbKv.open({ folder: join(folder, `${name}-a`), sync: 'always', maxBytes: 2 ** 26 }),
}

const bytes = fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 })
const operation = fc.record({
  key: bytes,
  value: fc.option(fc.string({ unit: 'binary', maxLength: 5 }).map((s) => s.toWellFormed())),
})
const range = fc.record({
  from: bytes,
  to: bytes,
  reverse: fc.boolean(),
  offset: fc.option(fc.nat(5), { nil: undefined }),
  limit: fc.option(fc.nat(5), { nil: undefined }),
})

const hex = (b: Uint8Array): string => Buffer.from(b).toString('hex')

for (const [kind, open] of Object.entries(kinds)) {
  describe(`key-value, ${kind}`, () => {
    test('reads what a plain sorted map reads, after every transaction', async () => {
      const kv = await open('model')
      const model = new Map<string, string>()
      const runs = kind.includes('always') ? 20 : 100
      fc.assert(
        fc.property(fc.array(operation, { maxLength: 8 }), fc.boolean(), range, (operations, fails, r) => {
          const before = [...model]
          const run = (): void =>
            kv.write((writer) => {
              for (const { key, value } of operations) {
                if (value === null) writer.remove(key)
                else writer.put(key, value)
                if (value === null) model.delete(hex(key))
                else model.set(hex(key), value)
                assert.equal(kv.get(key), value ?? undefined, 'reads its own writes')
              }
              if (fails) throw new Error('stop')
            })
          if (fails) {
            assert.throws(run, { message: 'stop' })
            model.clear()
            for (const [k, v] of before) model.set(k, v)
          } else run()
          const between = [...model]
            .filter(
              ([k]) =>
                Buffer.compare(Buffer.from(k, 'hex'), r.from) >= 0 && Buffer.compare(Buffer.from(k, 'hex'), r.to) < 0,
            )
            .sort(([a], [b]) => (a < b ? -1 : 1))
          if (Buffer.compare(r.from, r.to) <= 0) assert.equal(kv.count(r.from, r.to), between.length)
          else return
          if (r.reverse) between.reverse()
          const offset = r.offset ?? 0
          const expected = between.slice(offset, r.limit === undefined ? undefined : offset + r.limit)
          const query = {
            from: r.from,
            to: r.to,
            reverse: r.reverse,
            ...(r.offset === undefined ? {} : { offset: r.offset }),
            ...(r.limit === undefined ? {} : { limit: r.limit }),
          }
          assert.deepEqual(
            kv.entries(query).map(([k, v]) => [hex(k), v]),
            expected,
          )
          assert.deepEqual(
            kv.keys(query).map(hex),
            expected.map(([k]) => k),
          )
        }),
        { numRuns: runs },
      )
      await kv.flush()
      await kv.close()
      assert.throws(() => kv.get(Buffer.of(1)), { code: 'store-closed' })
    })
  })
}
