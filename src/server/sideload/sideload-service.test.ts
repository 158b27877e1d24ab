import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, test } from 'node:test'
import { Fault } from '../../base/fault.ts'
import type { HttpReply, HttpRequest, SideSource } from '../../flow/world.ts'
import { SideloadService } from './sideload-service.ts'

const root = mkdtempSync(join(tmpdir(), 'sideload-'))
after(() => rmSync(root, { recursive: true, force: true }))
const signal = new AbortController().signal

let folder = ''
let count = 0
beforeEach(() => {
  folder = join(root, String(count++))
  mkdirSync(folder)
})

const file = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const tableOf = (s: SideSource): Record<string, unknown> => Object.fromEntries(s.table ?? [])

interface Fake {
  readonly service: SideloadService
  readonly asked: HttpRequest[]
  reply: HttpReply | Fault
}

function fake(): Fake {
  const asked: HttpRequest[] = []
  const f: Fake = {
    asked,
    reply: { status: 200, headers: {}, body: '{"a":{"x":1},"b/c":{"y":"z"}}' },
    service: new SideloadService({
      http: async (r) => {
        asked.push(r)
        if (f.reply instanceof Fault) throw f.reply
        return f.reply
      },
      endpoint: (name) =>
        name === 'named'
          ? { url: 'http://e/values', headers: { Authorization: 'Basic eA==' }, rowTemplate: '', alertTemplate: '' }
          : undefined,
    }),
  }
  return f
}

describe('a folder', () => {
  test('gives the values of all YAML and JSON files below it; other files have none', () => {
    mkdirSync(join(folder, 'host'))
    file('host/a.yml', 'limit: 80\nratio: 1.5\nbig: 9223372036854775807\nname: "7"\non: true\nnothing:\nlist: [1]\n')
    file('b.yaml', '')
    file('c.json', '{"x": 9007199254740993, "y": 2.0}')
    file('notes.txt', ': : not read')
    symlinkSync(join(folder, 'c.json'), join(folder, 'd.JSON'))
    symlinkSync(join(folder, 'nowhere'), join(folder, 'e.yml'))
    const s = fake().service.open(`file://${folder}`)
    const json = Object.assign(Object.create(null), { x: 9007199254740993n, y: 2 })
    assert.deepEqual(tableOf(s), {
      'b.yaml': {},
      'c.json': json,
      'd.JSON': json,
      'host/a.yml': {
        limit: 80,
        ratio: 1.5,
        big: 9223372036854775807n,
        name: '7',
        on: true,
        nothing: null,
        list: [1n],
      },
      'notes.txt': {},
    })
  })

  test('that is not there, or holds what can not be read, is told', () => {
    const { service } = fake()
    assert.throws(() => service.open(`file://${folder}/no`), {
      name: 'Fault',
      status: 400,
      message: `failed to update sideload cache for source file "${folder}/no": lstat ${folder}/no: no such file or directory`,
    })
    file('a.yml', 'x: [1')
    assert.throws(() => service.open(`file://${folder}`), /a\.yml can not be read/)
    file('a.yml', '- 1')
    assert.throws(() => service.open(`file://${folder}`), /a\.yml holds no values by name/)
    file('a.json', '{"x"')
    file('a.yml', '')
    assert.throws(() => service.open(`file://${folder}`), /a\.json can not be read/)
  })

  test('is read again when that is asked for; when it can not be, what was read stays', async () => {
    const { service } = fake()
    file('a.yml', 'x: 1')
    const [one, two] = [service.open(`file://${folder}`), service.open(`file://${folder}`)]
    const before = one.table
    file('a.yml', 'x: 2')
    assert.equal(two.table, before)
    await service.reload()
    assert.notEqual(one.table, before)
    assert.deepEqual([tableOf(one), tableOf(two)], [{ 'a.yml': { x: 2 } }, { 'a.yml': { x: 2 } }])
    file('a.yml', 'x: [')
    await assert.rejects(service.reload(), {
      message: new RegExp(`^failed to update source "${folder}": .*a.yml`),
      status: 500,
    })
    assert.deepEqual(tableOf(one), { 'a.yml': { x: 2 } })
  })

  test('that goes round in links is read once', () => {
    mkdirSync(join(folder, 'inner'))
    file('inner/a.yml', 'x: 1')
    symlinkSync(folder, join(folder, 'inner/again'))
    assert.deepEqual(tableOf(fake().service.open(`file://${folder}`)), { 'inner/a.yml': { x: 1 } })
  })

  test('with more than may be read at once is refused', () => {
    file('big.json', '')
    truncateSync(join(folder, 'big.json'), 300 * 1024 ** 2)
    assert.throws(() => fake().service.open(`file://${folder}`), /holds more than 268435456 bytes/)
  })

  test('is forgotten once nobody needs it', async () => {
    const { service } = fake()
    const one = service.open(`file://${folder}`)
    const two = service.open(`file://${folder}`)
    one.close()
    one.close()
    file('a.yml', 'x: [')
    await assert.rejects(service.reload())
    two.close()
    await service.reload()
  })
})

describe('an address', () => {
  test('is asked once for all that name it', async () => {
    const f = fake()
    const one = f.service.open('http://h/x')
    const two = f.service.open('http://h/x')
    assert.equal(one.table, undefined)
    await Promise.all([one.ready(signal), two.ready(signal)])
    assert.deepEqual(
      f.asked.map((r) => [r.method, r.url, r.timeoutMs]),
      [['GET', 'http://h/x', 10_000]],
    )
    assert.equal(one.table, two.table)
    assert.deepEqual(JSON.parse(JSON.stringify(tableOf(one))), { a: { x: 1 }, 'b/c': { y: 'z' } })
  })

  test('may be a configured endpoint, with its headers', async () => {
    const f = fake()
    await f.service.open('named').ready(signal)
    assert.deepEqual([f.asked[0]!.url, f.asked[0]!.headers], ['http://e/values', { Authorization: 'Basic eA==' }])
    assert.throws(() => f.service.open('other'), { message: "sideload: endpoint 'other' does not exist", status: 400 })
  })

  test('that answers with anything else is told, and asked again by the next', async () => {
    const f = fake()
    for (const [reply, message] of [
      [{ status: 404, headers: {}, body: '{}' }, /http:\/\/h\/x answers 404/],
      [{ status: 200, headers: {}, body: '[]' }, /no JSON object/],
      [{ status: 200, headers: {}, body: '{"a":1}' }, /"a" is no object/],
      [{ status: 200, headers: {}, body: 'x' }, /failed to update sideload cache for source "http:\/\/h\/x"/],
      [new Fault('http-failed', 'nobody there'), /nobody there/],
    ] as const) {
      f.reply = reply
      const s = f.service.open('http://h/x')
      await assert.rejects(s.ready(signal), { name: 'Fault', message })
      s.close()
    }
    const s = f.service.open('http://h/x')
    await assert.rejects(s.ready(signal))
    f.reply = { status: 200, headers: {}, body: '{}' }
    await s.ready(signal)
    assert.deepEqual(tableOf(s), {})
  })
})

test('a password of an address is not told', async () => {
  const f = fake()
  f.reply = { status: 404, headers: {}, body: '' }
  const s = f.service.open('http://user:password@h/x')
  await assert.rejects(s.ready(signal), {
    message:
      'failed to update sideload cache for source "http://user:[REDACTED]@h/x": http://user:[REDACTED]@h/x answers 404',
  })
  assert.throws(() => f.service.open('file:///%zz'), /bad escape/)
})

test('other sources are refused', () => {
  const { service } = fake()
  assert.throws(() => service.open('ftp://h/x'), {
    message: `unsupported source scheme "ftp", must be 'file', 'http', or 'https'`,
    status: 400,
  })
  assert.throws(() => service.open('file:x'), { message: 'sideload source path must be absolute "x"' })
  assert.throws(() => service.open('file://relative/dir'), /lstat \/dir: no such file or directory$/)
  assert.throws(() => service.open(''), /endpoint '' does not exist/)
})
