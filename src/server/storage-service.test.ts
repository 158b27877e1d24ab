import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Fault } from '../base/fault.ts'
import type { Codec } from '../store/codec.ts'
import type { Collection } from '../store/collection.ts'
import { type FileStore, openFileStore } from '../store/file-store.ts'
import { restoreFileStore } from '../store/restore-file-store.ts'
import { type Backup, StorageService } from './storage-service.ts'

const root = mkdtempSync(path.join(tmpdir(), 'storage-'))
const copies = path.join(root, 'backups')
const pair: Codec<string> = {
  encode: (v) => v,
  decode(text) {
    if (text === 'broken') throw new Error('it is broken')
    return text
  },
}
let files: FileStore
let left: Collection<string>
let right: Collection<string>
let storage: StorageService

before(async () => {
  mkdirSync(copies)
  writeFileSync(path.join(copies, 'left by an earlier run'), '')
  files = await openFileStore({ boltdb: path.join(root, 'kapacitor.db') })
  left = files.store.collection('tasks', pair)
  right = files.store.collection('templates', pair)
  storage = new StorageService(files.store, copies)
})
after(async () => {
  await files.close()
  rmSync(root, { recursive: true, force: true })
})

async function bytesOf({ stream }: Backup): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

describe('a part of the store', () => {
  test('is checked record by record', () => {
    assert.deepEqual(storage.names, ['tasks', 'recordings', 'replays', 'handler-specs', 'overrides', 'load'])
    assert.equal(storage.has('toString'), false)
    storage.rebuild('tasks')
    files.store.transact((w) => w.put(right, ['x'], 'broken'))
    assert.throws(
      () => storage.rebuild('tasks'),
      (e: Fault) => e.message === 'failed to rebuild "tasks": it is broken' && e.status === 500,
    )
    files.store.transact((w) => w.remove(right, ['x']))
  })
})

describe('a backup', () => {
  test('is one moment of a store that is being written, and leaves nothing behind', async () => {
    let n = 0
    let writing = true
    const writer = (async () => {
      while (writing) {
        const text = String(++n)
        await files.store.commit((w) => {
          w.put(left, [text], text)
          w.put(right, [text], text)
        })
      }
    })()
    while (n < 50) await new Promise(setImmediate)
    const least = n - 1
    const backup = await storage.backup()
    const bytes = await bytesOf(backup)
    writing = false
    await writer
    assert.equal(bytes.length, backup.bytes)
    assert.deepEqual(readdirSync(copies), [])

    const file = path.join(root, 'one.backup')
    writeFileSync(file, bytes)
    const boltdb = path.join(root, 'second.db')
    await restoreFileStore({ from: file, boltdb, maxBytes: 2 ** 30, now: new Date() })
    const second = await openFileStore({ boltdb })
    const ids = second.store.collection('tasks', pair).ids()
    assert.deepEqual(second.store.collection('templates', pair).ids(), ids)
    assert.ok(ids.length >= least && ids.length <= n, `${ids.length} of ${least} to ${n}`)
    await second.close()
  })

  test('too many at once are refused; one that nobody reads to its end counts no more', async () => {
    const open = await Promise.all(Array.from({ length: 4 }, () => storage.backup()))
    await assert.rejects(storage.backup(), (e: Fault) => e.status === 503)
    const closed = new Promise((done) => open[0]!.stream.once('close', done))
    open[0]!.stream.destroy()
    await closed
    open.push(await storage.backup())
    for (const { stream } of open) stream.destroy()
  })
})
