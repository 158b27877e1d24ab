// The rules of the house that a machine can check: which room may import which, what the core may not use, and that
// every node, function, handler, route and diagnostic has its documentation and a case.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'

const root = path.join(import.meta.dirname, '..')
/** A file imports from its own room or one above it in this list. */
const ROOMS = ['base', 'lang', 'store', 'alert', 'flow', 'nodes', 'server', 'cli']
/** Rooms that a browser can run. */
const PURE = ['base', 'lang']
const VAGUE = /^(utils?|helpers?|common|misc)\.ts$/

function files(folder: string): string[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts'))
    .map((f) => path.join(folder, f))
}

const sources = files('src')
const isTest = (f: string): boolean => /\.test\.ts$|arbitrary\.ts$|testdata|golden-data\.ts$|test-app\.ts$/.test(f)
const roomOf = (f: string): string => f.split(path.sep)[1] ?? ''

function imports(f: string): string[] {
  const text = fs.readFileSync(path.join(root, f), 'utf8')
  return [
    ...text.matchAll(
      /^\s*(?:import|export)\b[^'"\n]*?(?:from\s+)?['"]([^'"]+)['"]|^\} from ['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
    ),
  ].map((m) => (m[1] ?? m[2] ?? m[3])!)
}

describe('rooms', () => {
  it('import only from themselves and from rooms above', () => {
    const wrong: string[] = []
    for (const f of sources.filter((x) => !isTest(x))) {
      for (const i of imports(f)) {
        if (!i.startsWith('.')) continue
        const to = path.relative(root, path.resolve(root, path.dirname(f), i))
        if (!to.startsWith(`src${path.sep}`)) continue
        if (ROOMS.indexOf(roomOf(to)) > ROOMS.indexOf(roomOf(f))) wrong.push(`${f} imports ${to}`)
      }
    }
    assert.deepEqual(wrong, [])
  })

  it('hold all sources', () => {
    assert.deepEqual(
      sources.filter((f) => !ROOMS.includes(roomOf(f))),
      [],
    )
  })

  it('base and lang use nothing of Node', () => {
    const wrong = sources.filter(
      (f) => PURE.includes(roomOf(f)) && !isTest(f) && imports(f).some((i) => i.startsWith('node:')),
    )
    assert.deepEqual(wrong, [])
  })
})

describe('files', () => {
  it('begin with what they own', () => {
    const wrong = sources.filter(
      (f) => !isTest(f) && !/^(\/\/|\/\*\*|#!)/.test(fs.readFileSync(path.join(root, f), 'utf8')),
    )
    assert.deepEqual(wrong, [])
  })

  it('are named after what they export', () => {
    assert.deepEqual(
      sources.filter((f) => VAGUE.test(path.basename(f))),
      [],
    )
  })

  it('stay short enough to be read at once', () => {
    const long = sources
      .filter((f) => !isTest(f))
      .map((f) => [f, fs.readFileSync(path.join(root, f), 'utf8').split('\n').length] as const)
    assert.deepEqual(
      long.filter(([, n]) => n > 500),
      [],
    )
  })

  it('use no default exports', () => {
    const wrong = sources.filter((f) => /^export default /m.test(fs.readFileSync(path.join(root, f), 'utf8')))
    assert.deepEqual(wrong, [])
  })
})
