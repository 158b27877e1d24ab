import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { Fault } from '../base/fault.ts'
import { openFileStore, storeFolder } from './file-store.ts'
import { restoreFileStore } from './restore-file-store.ts'
import type { Migration } from './store.ts'

const root = mkdtempSync(join(tmpdir(), 'restore-'))
after(() => rmSync(root, { recursive: true, force: true }))
const now = new Date(Date.UTC(2026, 1, 3, 4, 5, 6))
let made = 0

/** A store with one record; gives its `boltdb`. */
async function storeWith(value: string, migrations: readonly Migration[] = []): Promise<string> {
  const boltdb = join(root, `${++made}.db`)
  const { store, close } = await openFileStore({ boltdb, migrations })
  const texts = store.collection<string>('texts')
  store.transact((w) => w.put(texts, ['x'], value))
  await store.backup(`${boltdb}.backup`)
  await close()
  return boltdb
}

async function valueIn(boltdb: string): Promise<string | undefined> {
  const { store, close } = await openFileStore({ boltdb })
  const value = store.collection<string>('texts').get(['x'])
  await close()
  return value
}

const restore = (from: string, boltdb: string, migrations: readonly Migration[] = []) =>
  restoreFileStore({ from, boltdb, migrations, maxBytes: 2 ** 30, now })

describe('restoring', () => {
  test('puts the backup in place and keeps what was there', async () => {
    const one = await storeWith('one')
    const two = await storeWith('two')
    const { kept } = await restore(`${one}.backup`, two)
    assert.equal(kept, join(storeFolder(two), 'data.mdb.before-restore-2026-02-03T04:05:06'))
    assert.equal(await valueIn(two), 'one')
    const third = await restore(kept!, two)
    assert.equal(third.kept, `${kept}-2`)
    assert.equal(await valueIn(two), 'two')
    assert.deepEqual(
      readdirSync(storeFolder(two)).filter((n) => n.startsWith('restore-')),
      [],
    )
  })

  test('needs no store that was there', async () => {
    const one = await storeWith('one')
    const boltdb = join(root, 'new/folder/kapacitor.db')
    assert.equal((await restore(`${one}.backup`, boltdb)).kept, undefined)
    assert.equal(await valueIn(boltdb), 'one')
  })

  test('of what is no backup changes nothing', async () => {
    const two = await storeWith('two')
    const bad = join(root, 'bad')
    const refuses = async (text: RegExp): Promise<void> => {
      await assert.rejects(restore(bad, two), (e: Fault) => text.test(e.message))
      assert.equal(await valueIn(two), 'two')
      assert.deepEqual(
        readdirSync(storeFolder(two)).filter((n) => /restore/.test(n)),
        [],
      )
    }
    await refuses(/there is no file/)
    writeFileSync(bad, '')
    await refuses(/is no backup: it is empty/)
    writeFileSync(bad, 'x'.repeat(10_000))
    await refuses(/is no backup: it is no LMDB file/)
    copyFileSync(`${two}.backup`, bad)
    truncateSync(bad, 9_000)
    await refuses(/is no backup: it is cut off/)
  })

  test('refuses a backup of a newer version', async () => {
    const newer = await storeWith('newer', [{ to: 1, about: 'nothing', run() {} }])
    const two = await storeWith('two')
    await assert.rejects(restore(`${newer}.backup`, two), /written by a newer one/)
    assert.equal(await valueIn(two), 'two')
  })

  test('refuses while the store is in use', async () => {
    const one = await storeWith('one')
    const two = await storeWith('two')
    const { close } = await openFileStore({ boltdb: two })
    await assert.rejects(restore(`${one}.backup`, two), /in use/)
    await close()
    assert.equal(await valueIn(two), 'two')
  })
})
