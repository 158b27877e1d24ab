import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Fault } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { Store } from '../../store/store.ts'
import { silentLogger } from '../api/test-app.ts'
import type { Values } from '../config/field.ts'
import { loadConfig } from '../config/load-config.ts'
import { LiveConfig, nameOf } from './live-config.ts'
import { OverrideStore } from './override-record.ts'
import { configPath, readAction } from './update-action.ts'

const FILE = `
[[httppost]]
endpoint = "one"
url = "http://one"
[[httppost]]
endpoint = "two"
url = "http://two"
[smtp]
enabled = true
host = "mail"
from = "a@b.c"
`

interface Setup {
  readonly file?: string
  readonly useStored?: boolean
}

class Fixture {
  readonly store: Store
  readonly live: LiveConfig
  readonly warnings: string[] = []
  readonly hidden: string[] = []
  changes = 0
  readonly overrides: OverrideStore

  constructor(before?: Fixture, { file = FILE, useStored = true }: Setup = {}) {
    this.store = before?.store ?? openMemoryStore()
    this.overrides = before?.overrides ?? new OverrideStore(this.store)
    const logger: Logger = {
      ...silentLogger,
      warn: (text, fields) => void this.warnings.push(`${text} ${JSON.stringify(fields)}`),
    }
    this.live = new LiveConfig({
      sections: loadConfig({ file: { path: 'test.conf', text: `data_dir = "/none"\n${file}` }, environment: {} })
        .sections,
      store: this.overrides,
      logger,
      useStored,
      changed: () => void this.changes++,
      hide: (decl, elements) => void this.hidden.push(...elements.map((e) => nameOf(decl, e))),
    })
  }

  post(path: string, body: object): void {
    this.live.update(configPath(path), readAction(Buffer.from(JSON.stringify(body))))
  }

  refuses(path: string, body: object, message: string, status = 400): void {
    assert.throws(
      () => this.post(path, body),
      (e: Fault) => {
        assert.equal(e.message, message)
        assert.equal(e.status, status)
        return true
      },
    )
  }

  urls(): string[] {
    return this.live.elementsOf('httppost').map((e) => `${e['endpoint']} ${e['url']}`)
  }
}

describe('overrides', () => {
  test('replace the one element that they change and leave the others the same objects', () => {
    const f = new Fixture()
    const [one, two] = f.live.elementsOf('httppost')
    f.post('httppost/two', { set: { url: 'http://changed' } })
    const now = f.live.elementsOf('httppost')
    assert.equal(now[0], one)
    assert.notEqual(now[1], two)
    assert.equal(two!['url'], 'http://two')
    f.post('httppost', { add: { endpoint: 'three', url: 'http://three' } })
    assert.equal(f.live.elementsOf('httppost')[1], now[1])
    assert.deepEqual(f.urls(), ['one http://one', 'two http://changed', 'three http://three'])
    f.post('httppost', { remove: ['two', 'three', 'one', 'none'] })
    assert.deepEqual(f.urls(), ['one http://one', 'two http://two'])
    assert.equal(f.live.elementsOf('httppost')[1], two)
    assert.deepEqual(f.overrides.all(), [])
    assert.equal(f.changes, 3)
  })

  test('stand again after a start, unless the configuration says otherwise', () => {
    const f = new Fixture()
    f.post('httppost/two', { set: { url: 'http://changed' } })
    f.post('httppost', { add: { endpoint: 'three', url: 'http://three' } })
    f.post('smtp/', { set: { port: 2525, to: ['x@y.z'] } })
    f.post('smtp/', { set: { host: 'other' }, delete: ['to'] })
    const again = new Fixture(f)
    assert.deepEqual(again.urls(), ['one http://one', 'two http://changed', 'three http://three'])
    const { host, port, to } = again.live.elementsOf('smtp')[0]!
    assert.deepEqual({ host, port, to }, { host: 'other', port: 2525, to: [] })
    const without = new Fixture(f, { useStored: false })
    assert.deepEqual(without.urls(), ['one http://one', 'two http://two'])
    // What is stored counts again for the element that is changed, and only for it.
    without.post('smtp/', { set: { from: 'd@e.f' } })
    assert.equal(without.live.elementsOf('smtp')[0]!['port'], 2525)
    assert.deepEqual(without.urls(), ['one http://one', 'two http://two'])
  })

  test('that can not work any more are kept, told of, and in nobody else’s way', () => {
    const f = new Fixture()
    f.post('httppost/two', { set: { url: 'http://changed' } })
    f.post('httppost/one', { set: { url: 'http://changed' } })
    f.post('smtp/', { set: { host: 'other' } })
    const fewer = new Fixture(f, { file: '[[httppost]]\nendpoint = "one"\nurl = "http://one"\n' })
    assert.deepEqual(fewer.urls(), ['one http://changed'])
    assert.match(fewer.warnings.join('\n'), /kept but not used.*"element":"two".*no element httppost\/two any more/)
    fewer.post('httppost/one', { delete: ['url'] })
    assert.deepEqual(fewer.urls(), ['one http://one'])
    fewer.refuses(
      'httppost/two',
      { set: { url: 'x' } },
      'failed to override configuration httppost/two: unknown options [url] in section httppost',
    )
    assert.deepEqual(
      fewer.overrides.all().map((r) => r.element),
      ['two', ''],
    )
    // The way to be rid of it.
    fewer.post('httppost', { remove: ['two'] })
    assert.deepEqual(
      fewer.overrides.all().map((r) => r.section),
      ['smtp'],
    )
  })

  test('of an added element win over one that the file has by now', () => {
    const f = new Fixture()
    f.post('httppost', { add: { endpoint: 'three', url: 'http://three' } })
    const more = new Fixture(f, { file: `${FILE}[[httppost]]\nendpoint = "three"\nurl = "http://file"\n` })
    assert.deepEqual(more.urls(), ['one http://one', 'two http://two', 'three http://three'])
  })

  test('that fail the checks of their section change nothing', () => {
    const f = new Fixture()
    const before = f.live.elementsOf('smtp')
    f.refuses(
      'smtp/',
      { set: { host: '' } },
      'failed to override configuration smtp/: failed validation: host cannot be empty',
    )
    f.refuses(
      'influxdb',
      { add: { name: 'second', enabled: true, urls: ['http://x'] } },
      'failed to override configuration influxdb/: failed validation: at least one of the enabled InfluxDB clusters must be marked as default.',
    )
    assert.equal(f.live.elementsOf('smtp'), before)
    assert.deepEqual(f.overrides.all(), [])
  })

  test('may depend on each other', () => {
    const f = new Fixture()
    f.post('influxdb/default', { set: { default: true } })
    f.post('influxdb', { add: { name: 'b', enabled: true, urls: ['http://x'] } })
    f.post('influxdb/b', { set: { enabled: false } })
    const again = new Fixture(f)
    assert.deepEqual(
      again.live.elementsOf('influxdb').map((e) => [e['name'], e['default'], e['enabled']]),
      [
        ['default', true, true],
        ['b', false, false],
      ],
    )
    assert.deepEqual(again.warnings, [])
  })

  test('need not mind the element that is there without anybody’s doing', () => {
    const f = new Fixture(undefined, { file: '' })
    f.post('slack', { add: { workspace: 'w', enabled: true, url: 'http://x', default: true } })
    const names = (elements: readonly Values[]): unknown[] => elements.map((e) => e['workspace'])
    assert.deepEqual(names(f.live.section('slack')!.elements), ['', 'w'])
    assert.deepEqual(names(f.live.elementsOf('slack')), ['w'])
    f.refuses(
      'slack/',
      { set: { enabled: true, url: 'http://y' } },
      'failed to override configuration slack/: failed validation: id must not be empty',
    )
    f.post('slack', { remove: ['w'] })
    f.post('slack/', { set: { enabled: true, url: 'http://y' } })
    assert.deepEqual(names(f.live.elementsOf('slack')), [''])
  })

  test('secrets are made known before anybody uses them', () => {
    const f = new Fixture()
    const order: string[] = []
    f.live.use('httppost', (elements) => void order.push(`${elements.length} used, ${f.hidden.length} hidden`))
    f.post('httppost', { add: { endpoint: 'three', url: 'http://three' } })
    assert.deepEqual(order, ['2 used, 0 hidden', '3 used, 3 hidden'])
  })
})

describe('any changes', () => {
  const name = fc.constantFrom('one', 'two', 'three', 'four', 'default')
  const section = fc.constantFrom('httppost', 'influxdb', 'smtp', 'slack')
  const keys: Readonly<Record<string, string>> = { httppost: 'endpoint', influxdb: 'name', slack: 'workspace' }
  const options = fc.dictionary(
    fc.constantFrom('url', 'urls', 'enabled', 'default', 'headers', 'host', 'port', 'to', 'nonsense'),
    fc.constantFrom<unknown>('', 'http://x', '26', 7, true, false, ['a@b.c'], { A: 'b' }, null),
    { maxKeys: 3 },
  )
  const change = fc.oneof(
    fc.record({ section, element: name, body: fc.record({ set: options }) }),
    fc.record({
      section,
      element: name,
      body: fc.record({ delete: fc.subarray(['url', 'enabled', 'default', 'to']) }),
    }),
    fc.record({ section, element: name, body: fc.record({ remove: fc.uniqueArray(name, { maxLength: 2 }) }) }),
    fc.record({ section, element: name, body: fc.record({ add: options }) }),
  )

  test('leave what a restart gives, and refused ones nothing', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const f = new Fixture()
        const all = (x: Fixture): unknown =>
          ['httppost', 'influxdb', 'smtp', 'slack'].map((s) => [x.live.section(s)!.elements, x.live.elementsOf(s)])
        for (const { section, element, body } of changes) {
          const before = [all(f), f.overrides.all()]
          const key = keys[section]
          const add = 'add' in body && key !== undefined ? { ...body.add, [key]: element } : undefined
          const isOfList = add !== undefined || 'remove' in body || 'add' in body
          try {
            f.post(isOfList ? section : `${section}/${key === undefined ? '' : element}`, add ? { add } : body)
          } catch (e) {
            assert.equal((e as Fault).status, 400, (e as Error).stack)
            assert.deepEqual([all(f), f.overrides.all()], before)
          }
        }
        const again = new Fixture(f)
        // What JSON gave and what the store gave may differ in their prototypes only.
        assert.deepEqual(structuredClone(all(again)), structuredClone(all(f)))
        assert.deepEqual(again.warnings, [])
      }),
      { numRuns: 300 },
    )
  })
})

describe('those who use a section', () => {
  const refusing = (bad: string) => (elements: readonly Values[]) => {
    if (elements.some((e) => e['url'] === bad)) throw new Error(`can't use ${bad}`)
  }

  test('may refuse; then all is as before, also for those who took it', () => {
    const f = new Fixture()
    const taken: number[] = []
    f.live.use('httppost', (elements) => void taken.push(elements.length))
    f.live.use('httppost', refusing('http://bad'))
    f.refuses(
      'httppost',
      { add: { endpoint: 'three', url: 'http://bad' } },
      "failed to update configuration httppost/: can't use http://bad",
      500,
    )
    assert.deepEqual(taken, [2, 3, 2])
    assert.deepEqual(f.urls(), ['one http://one', 'two http://two'])
    assert.deepEqual(f.overrides.all(), [])
  })

  test('never keep the server from starting: of the stored overrides those are used that can be', () => {
    const f = new Fixture()
    f.post('httppost/one', { set: { url: 'http://bad' } })
    f.post('httppost/two', { set: { url: 'http://good' } })
    const again = new Fixture(f)
    again.live.use('httppost', refusing('http://bad'))
    assert.deepEqual(again.urls(), ['one http://one', 'two http://good'])
    assert.match(again.warnings.join('\n'), /"element":"one","err":"can't use http:\/\/bad"/)
    assert.equal(f.overrides.all().length, 2)
  })

  test('of the file’s own elements are not spared', () => {
    const f = new Fixture()
    assert.throws(() => f.live.use('httppost', refusing('http://two')), /can't use/)
  })
})

describe('a change', () => {
  const f = new Fixture()
  const bad = (text: string): string => {
    try {
      readAction(Buffer.from(text))
    } catch (e) {
      return (e as Error).message
    }
    return ''
  }

  test('of another form is refused in the words of Go', () => {
    assert.equal(bad(''), 'failed to decode JSON:EOF')
    assert.equal(
      bad('[1]'),
      'failed to decode JSON:json: cannot unmarshal array into Go value of type config.updateAction',
    )
    assert.equal(
      bad('{"remove":"x"}'),
      'failed to decode JSON:json: cannot unmarshal string into Go struct field updateAction.remove of type []string',
    )
    assert.equal(
      bad('{"delete":[true]}'),
      'failed to decode JSON:json: cannot unmarshal bool into Go struct field updateAction.delete of type string',
    )
    assert.equal(bad('{"set":null,"add":{},"more":1}'), '')
  })

  test('has to fit its path', () => {
    const update = 'failed to apply update: '
    const invalid = `${update}invalid update action: `
    f.refuses('a b/', { set: { x: 1 } }, `${invalid}invalid section name "a b"`)
    f.refuses('smtp/a/b', { set: { x: 1 } }, `${invalid}invalid element name "a/b"`)
    f.refuses('httppost/one', { remove: ['one'] }, `${invalid}must not provide element when removing an override`)
    f.refuses('httppost', { delete: ['x'] }, `${invalid}element not specified, are you missing a trailing '/'?`)
    f.refuses('nothing', { add: { x: 1 } }, `${update}unknown section "nothing"`)
    f.refuses('http', { add: { x: 1 } }, `${update}unknown section "http"`)
    f.refuses('nothing/', { delete: ['x'] }, 'failed to override configuration nothing/: unknown section nothing')
    f.refuses(
      'httppost',
      { add: { endpoint: 'one', url: 'x' } },
      'cannot add new override, the configuration file has httppost/one',
    )
    f.refuses(
      'httppost/one',
      { set: { endpoint: 'other' } },
      'failed to override configuration httppost/one: cannot override element key endpoint',
    )
  })

  test('of nothing is no change', () => {
    f.post('smtp/', {})
    f.post('httppost', {})
    f.post('httppost/one', { delete: ['url'] })
    assert.deepEqual(f.overrides.all(), [])
  })

  test('may take an element away and add it anew', () => {
    f.post('httppost', { add: { endpoint: 'three', url: 'http://a', headers: { A: 'b' } } })
    f.post('httppost', { remove: ['three'], add: { endpoint: 'three', url: 'http://b' } })
    const three = f.live.elementsOf('httppost')[2]!
    assert.equal(three['url'], 'http://b')
    assert.deepEqual(three['headers'], {})
  })
})
