import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, describe, test } from 'node:test'
import type { Fault } from '../base/fault.ts'
import { openFileStore, storeFolder } from './file-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'store-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const child = join(import.meta.dirname, 'file-store.child.ts')

/** Lets the child commit `commits` times, kills it, and gives the last number that it had acknowledged. */
async function killAfter(mode: string, boltdb: string, commits: number): Promise<number> {
  const process_ = spawn(process.execPath, [child, mode, boltdb], { stdio: ['ignore', 'pipe', 'inherit'] })
  let last = -1
  let seen = 0
  for await (const line of createInterface({ input: process_.stdout })) {
    last = Number(line)
    if (++seen === commits) process_.kill('SIGKILL')
  }
  if (process_.exitCode === null && process_.signalCode === null) await once(process_, 'exit')
  assert.equal(process_.signalCode, 'SIGKILL')
  return last
}

describe('the store in files', () => {
  for (const mode of ['kill-safe', 'kill-always']) {
    test(`${mode}: what was acknowledged is there after kill -9`, async () => {
      const boltdb = join(folder, `${mode}.db`)
      for (const commits of [1, 40, 7]) {
        const last = await killAfter(mode, boltdb, commits)
        const { store, close } = await openFileStore({ boltdb })
        const numbers = store.collection<string>('numbers')
        const found = numbers.entries()
        assert.ok(found.length > last, `${found.length} found, ${last} acknowledged`)
        assert.deepEqual(
          found,
          Array.from({ length: found.length }, (_, i) => [[i], `value ${i}`]),
        )
        // Both halves of a commit, or neither.
        assert.deepEqual(
          store
            .queue<number>('outbox')
            .read(1)
            .map(([, n]) => n),
          found.map((_, i) => i),
        )
        await close()
      }
    })
  }

  test('a full disk rejects the commit with a fault; the store goes on', () => {
    const command = `ulimit -f 4096; exec "$0" "$@"`
    const args = ['-c', command, process.execPath, child, 'fill', join(folder, 'full.db')]
    const { stdout, stderr } = spawnSync('sh', args, { encoding: 'utf8' })
    assert.notEqual(stdout, '', stderr)
    const result = JSON.parse(stdout) as { codes: string[]; written: number; whole: boolean; usable: boolean }
    assert.deepEqual(result.codes, ['store-write-failed'])
    assert.ok(result.written > 0)
    assert.ok(result.whole)
    assert.ok(result.usable)
  })

  test('the size limit refuses writes, allows removals, and opens again when there is room', async () => {
    const { store, close } = await openFileStore({ boltdb: join(folder, 'limit.db'), maxBytes: 1024 * 1024 })
    const c = store.collection<string>('c')
    let written = 0
    const fill = async (): Promise<Fault> => {
      for (;;) {
        try {
          await store.commit((w) => w.put(c, [written], 'x'.repeat(50_000)))
          assert.ok(++written < 100, 'no limit')
        } catch (e) {
          return e as Fault
        }
      }
    }
    const fault = await fill()
    assert.equal(fault.code, 'store-full')
    assert.equal(fault.retry, true)
    assert.ok(written >= 18 && written <= 22, `${written} written`)
    assert.equal(c.count(), written)
    for (let i = 0; i < 10; i++) store.transact((w) => w.remove(c, [i]))
    const before = written
    await fill()
    assert.ok(written - before >= 8, `${written - before} written after 10 were removed`)
    await close()
  })

  test('one owner at a time; a dead one is no owner', { skip: process.platform !== 'linux' }, async () => {
    const boltdb = join(folder, 'owner.db')
    const file = await openFileStore({ boltdb })
    await assert.rejects(openFileStore({ boltdb }), { code: 'store-in-use' })
    await file.close()
    const owner = join(storeFolder(boltdb), 'owner.json')
    assert.equal(existsSync(owner), false)

    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync('/proc/1/stat', 'utf8')
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    writeFileSync(owner, JSON.stringify({ pid: 1, started, boot }))
    await assert.rejects(openFileStore({ boltdb }), { code: 'store-in-use' })
    writeFileSync(owner, JSON.stringify({ pid: 1, started: `${started}0`, boot }))
    const taken = await openFileStore({ boltdb })
    assert.deepEqual(taken.warnings, [])
    await taken.close()

    writeFileSync(owner, JSON.stringify({ pid: 1, started, boot: 'another' }))
    const later = await openFileStore({ boltdb })
    assert.match(later.warnings.join(), /the machine went down/)
    await later.close()
  })

  test('a BoltDB file is told and left alone', async () => {
    const boltdb = join(folder, 'kapacitor.db')
    const page = Buffer.alloc(4096)
    page.writeUInt32LE(0xed0cdaed, 16)
    writeFileSync(boltdb, page)
    const { warnings, folder: own, close } = await openFileStore({ boltdb })
    assert.equal(warnings.length, 1)
    assert.match(warnings[0]!, /BoltDB file.*import from its HTTP API/)
    assert.equal(own, `${boltdb}.supercap`)
    await close()
    assert.deepEqual(readFileSync(boltdb), page)
    writeFileSync(boltdb, 'something else that is long enough')
    const other = await openFileStore({ boltdb })
    assert.deepEqual(other.warnings, [])
    await other.close()
  })

  test('nobody else may look into the folder; those above it are made as usual', async () => {
    const boltdb = join(folder, 'above/private.db')
    const { close } = await openFileStore({ boltdb })
    assert.equal(statSync(storeFolder(boltdb)).mode & 0o777, 0o700)
    assert.equal(statSync(join(folder, 'above')).mode & 0o777, 0o777 & ~process.umask())
    await close()
  })

  test('a backup is a store of its own', async () => {
    const { store, close } = await openFileStore({ boltdb: join(folder, 'source.db') })
    const c = store.collection<string>('c')
    store.transact((w) => w.put(c, ['k'], 'v'))
    const copy = join(folder, 'copy.db')
    mkdirSync(storeFolder(copy))
    await store.backup(join(storeFolder(copy), 'data.mdb'))
    store.transact((w) => w.put(c, ['k'], 'later'))
    await close()
    const restored = await openFileStore({ boltdb: copy })
    assert.equal(restored.store.collection<string>('c').get(['k']), 'v')
    await restored.close()
  })

  test('a file that is no store, or half of one, is told from one', async () => {
    const boltdb = join(folder, 'damaged.db')
    const data = join(storeFolder(boltdb), 'data.mdb')
    mkdirSync(storeFolder(boltdb))
    writeFileSync(data, Buffer.alloc(16384, 'no store'))
    await assert.rejects(openFileStore({ boltdb }), { code: 'store-damaged' })
    assert.equal(existsSync(join(storeFolder(boltdb), 'owner.json')), false)

    rmSync(data)
    const { store, close } = await openFileStore({ boltdb })
    const c = store.collection<string>('c')
    for (let i = 0; i < 100; i++) store.transact((w) => w.put(c, [i], 'x'.repeat(1000)))
    await close()
    truncateSync(data, 8192)
    await assert.rejects(openFileStore({ boltdb }), { code: 'store-damaged', message: /cut off/ })
    truncateSync(data, 100)
    await assert.rejects(openFileStore({ boltdb }), { code: 'store-damaged' })
  })

  test('a path that cannot be is a fault', async () => {
    writeFileSync(join(folder, 'file'), 'x')
    await assert.rejects(openFileStore({ boltdb: join(folder, 'file', 'kapacitor.db') }), { code: 'store-open-failed' })
  })
})
