import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { after, describe, test } from 'node:test'
import type { Fault } from '../../base/fault.ts'
import { Profiles } from './profiles.ts'

const folder = mkdtempSync(join(tmpdir(), 'profiles-'))
after(() => rmSync(folder, { recursive: true }))

/** Time that passes when the test says so. */
function setup() {
  const waits: { ms: number; run: () => void; off: boolean }[] = []
  const began: (() => void)[] = []
  const profiles = new Profiles(folder, (ms, run) => {
    const wait = { ms, run, off: false }
    waits.push(wait)
    for (const f of began.splice(0)) f()
    return () => {
      wait.off = true
    }
  })
  return { profiles, waits, begun: () => new Promise<void>((resolve) => began.push(resolve)) }
}

async function json(stream: Readable): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const c of stream) chunks.push(Buffer.from(c))
  return JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>
}

const busy = (e: Fault): boolean => e.status === 409 && /is being taken/.test(e.message)

describe('profiles', () => {
  test('of processor time have nodes and samples', async () => {
    const { profiles, waits, begun } = setup()
    const started = begun()
    const stream = profiles.cpu(30)
    await started
    assert.equal(waits[0]!.ms, 30_000)
    waits[0]!.run()
    const profile = await json(stream)
    assert.ok(Array.isArray(profile['nodes']) && Array.isArray(profile['timeDeltas']))
  })

  test('of allocations have a tree with what was asked for meanwhile', async () => {
    const { profiles, waits, begun } = setup()
    const started = begun()
    const stream = profiles.allocations(1)
    await started
    const kept = Array.from({ length: 200_000 }, (_, i) => ({ i }))
    waits[0]!.run()
    const profile = (await json(stream)) as { head: { children: unknown[] }; samples: { size: number }[] }
    assert.equal(kept.length, 200_000)
    assert.ok(profile.samples.reduce((sum, s) => sum + s.size, 0) > 100_000)
  })

  test('of the heap come from a file that is gone already', async () => {
    const { profiles } = setup()
    const { stream, bytes } = profiles.heap()
    assert.throws(() => profiles.heap(), busy)
    assert.deepEqual(readdirSync(folder), [])
    let text = ''
    for await (const piece of stream) text += String(piece)
    assert.equal(Buffer.byteLength(text), bytes)
    assert.ok((JSON.parse(text) as { nodes: unknown[] }).nodes.length > 1_000)
    const again = profiles.heap().stream
    again.destroy()
    await once(again, 'close')
  })

  test('of the heap that can not be written are a fault, and the next one may try', () => {
    const profiles = new Profiles(join(folder, 'none'))
    for (let i = 0; i < 2; i++)
      assert.throws(
        () => profiles.heap(),
        (e: Fault) => e.status === 503,
      )
    assert.equal(existsSync(join(folder, 'none')), false)
  })

  test('are taken one at a time, and a client that goes ends his', async () => {
    const { profiles, waits, begun } = setup()
    let started = begun()
    const first = profiles.cpu(300)
    await started
    for (const other of [() => profiles.cpu(1), () => profiles.allocations(1), () => profiles.heap()])
      assert.throws(other, busy)
    first.destroy()
    await once(first, 'close')
    assert.equal(waits[0]!.off, true)
    // The profiler itself ends a little later.
    while (true) {
      try {
        started = begun()
        const next = profiles.cpu(1)
        await started
        next.destroy()
        break
      } catch (e) {
        assert.ok(busy(e as Fault))
        await new Promise(setImmediate)
      }
    }
  })

  test('end with what there is when the server stops', async () => {
    const { profiles, begun } = setup()
    const started = begun()
    const stream = profiles.cpu(300)
    await started
    profiles.close()
    assert.ok(Array.isArray((await json(stream))['nodes']))
  })
})
