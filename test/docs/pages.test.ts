// What the pages say that a machine can check: links lead somewhere, the configuration's page names variables that work
// and a file that loads, the page about moving names every case that is decided otherwise and only nodes that are refused.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { pages } from '../../docs/generate.ts'
import { MINIMAL_FILE } from '../../docs/generator/configuration-page.ts'
import { diagnosticsOf } from '../../docs/generator/diagnostics-page.ts'
import { inWords, OTHER_NODES } from '../../docs/generator/differences.ts'
import { DEFAULT_DIGEST, DEFAULT_DIGEST_DETAILS } from '../../src/alert/handler-policy.ts'
import { EnvironmentOverrides } from '../../src/server/config/environment.ts'
import { type Field, type Fields, initialValues, type Values } from '../../src/server/config/field.ts'
import { loadConfig } from '../../src/server/config/load-config.ts'
import { defaultElement } from '../../src/server/config/section.ts'
import { knownSections } from '../../src/server/config/sections/server-sections.ts'
import { caseFiles, readCases } from '../cases/case-file.ts'

const root = path.join(import.meta.dirname, '../..')
const written = ['README.md', 'CONTRIBUTING.md', ...fs.readdirSync(path.join(root, 'docs')).map((f) => `docs/${f}`)]
const texts = new Map(
  written.filter((f) => f.endsWith('.md')).map((f) => [f, fs.readFileSync(path.join(root, f), 'utf8')]),
)
const generated = Object.fromEntries(Object.entries(pages()).map(([name, text]) => [`docs/${name}`, text]))
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '')

/** The anchors of a page's headings; of several that are the same the second has `-1` behind it. */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>()
  const all = new Set<string>()
  for (const [, head] of prose(text).matchAll(/^#+ (.+)$/gm)) {
    const anchor = head!
      .replaceAll('`', '')
      .toLowerCase()
      .replace(/[^\p{L}0-9 _-]/gu, '')
      .replaceAll(' ', '-')
    const n = seen.get(anchor) ?? 0
    seen.set(anchor, n + 1)
    all.add(n === 0 ? anchor : `${anchor}-${n}`)
  }
  return all
}

describe('pages', () => {
  it('link to what is there', () => {
    const dead: string[] = []
    for (const [file, text] of texts)
      for (const [, to] of prose(text).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(to!)) continue
        const [name, anchor] = to!.split('#') as [string, string?]
        const target = name === '' ? file : path.normalize(path.join(path.dirname(file), name))
        const page = texts.get(target)
        const there = fs.existsSync(path.join(root, target))
        if (!there || (anchor !== undefined && page !== undefined && !anchors(page).has(anchor)))
          dead.push(`${file}: ${to}`)
      }
    assert.deepEqual(dead, [])
  })

  it('are all named by the README', () => {
    const missing = [...texts.keys()].filter(
      (f) => f.startsWith('docs/') && !texts.get('README.md')!.includes(`(${f})`),
    )
    assert.deepEqual(missing, [])
  })
})

/** Values with something in every list and map, so that variables of their parts have what to change. */
function filled(fields: Fields, values: Values): Values {
  const fill = (f: Field<never>, v: unknown): unknown => {
    switch (f.type) {
      case 'strings':
        return ['a']
      case 'listMap':
        return { NAME: ['a'] }
      case 'table':
        return filled(f.fields ?? {}, v as Values)
      case 'tableMap':
        return { NAME: filled(f.fields ?? {}, initialValues(f.fields ?? {})) }
      default:
        return v
    }
  }
  return Object.fromEntries(Object.entries(fields).map(([name, f]) => [name, fill(f, values[name])]))
}

/** Texts of which one at least is not the default of any key of the type. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  bool: ['true', 'false'],
  int: ['7'],
  float: ['0.5'],
  duration: ['7s'],
  size: ['7MiB'],
}

describe('the page about the configuration', () => {
  it('shows a file that loads without a warning', () => {
    const config = loadConfig({ file: { path: 'minimal.conf', text: MINIMAL_FILE }, environment: {} })
    assert.deepEqual(config.warnings, [])
  })

  it('names variables that change something', () => {
    const rows = [...pages()['configuration.md']!.matchAll(/^\| `[^|]+` \| ([^|]+) \|.*\| `(KAPACITOR_\w+)` \|$/gm)]
    assert.ok(rows.length > 400, `${rows.length} rows`)
    const wrong = rows.filter(([, type, variable]) => {
      return !(SAMPLES[type!] ?? ['text']).some((text) => {
        const findings = { problems: [] as string[], warnings: [] as string[] }
        const overrides = new EnvironmentOverrides({ [variable!]: text }, findings)
        const changed = knownSections.some((d) => {
          const before = [filled(d.fields, defaultElement(d))]
          return JSON.stringify(overrides.apply(d, before)) !== JSON.stringify(before)
        })
        // A key that takes certain texts only refuses this one, which shows as well that the variable is its own.
        return changed || findings.problems.length > 0
      })
    })
    assert.deepEqual(
      wrong.map(([row]) => row),
      [],
    )
  })
})

describe('configuration on any page', () => {
  it('is taken without a warning', () => {
    const wrong: string[] = []
    for (const [file, text] of texts)
      for (const [, block] of text.matchAll(/^```toml\n([\s\S]*?)^```/gm)) {
        // What is not ours, and what belongs into a section that stands above it.
        if (block!.includes('[[outputs.')) continue
        const within = /^\s+\[influxdb\./.test(block!)
          ? '[[influxdb]]\nname = "main"\nurls = ["http://localhost"]\n'
          : ''
        const dataDir = block!.includes('data_dir') ? '' : 'data_dir = "/var/lib/supercap"\n'
        try {
          const { warnings } = loadConfig({ file: { path: file, text: dataDir + within + block }, environment: {} })
          wrong.push(...warnings)
        } catch (e) {
          wrong.push(`${file}: ${(e as Error).message}`)
        }
      }
    assert.deepEqual(wrong, [])
  })
})

describe('scripts on pages that are written by hand', () => {
  it('compile', () => {
    const wrong: string[] = []
    let scripts = 0
    for (const [file, text] of texts) {
      if (file in generated) continue
      for (const [, script] of text.matchAll(/^```(?:js)?\n((?:\/\/|var |stream\n)[\s\S]*?)^```/gm)) {
        scripts++
        wrong.push(...diagnosticsOf({ script: script! }).map((d) => `${file}: ${d.message}`))
      }
    }
    assert.ok(scripts > 2, `${scripts} scripts`)
    assert.deepEqual(wrong, [])
  })
})

describe('the page about alerts', () => {
  it('shows the templates of digests as they are', () => {
    const page = texts.get('docs/alerts.md')!
    for (const template of [DEFAULT_DIGEST, DEFAULT_DIGEST_DETAILS])
      assert.ok(page.includes(`\`\`\`\n${template.trimEnd()}\n\`\`\``), template)
  })
})

describe('the page about moving', () => {
  it('names every case that is decided otherwise', () => {
    const decided = caseFiles(path.join(root, 'test/conformance/cases'))
      .flatMap(readCases)
      .filter((c) => c.decided !== undefined)
    assert.ok(decided.length > 60, `${decided.length} cases`)
    const page = texts.get('docs/moving-from-kapacitor.md')!
    assert.deepEqual(
      decided.map((c) => inWords(c.name)).filter((words) => !page.includes(words)),
      [],
    )
  })

  it('calls nodes not served that are refused, and no others', () => {
    const calls = [...Object.keys(OTHER_NODES).map((name) => `|${name}()`), '@name()']
    const refused = calls.filter((call) =>
      diagnosticsOf({ script: `stream|from()${call}` }).some((d) => d.code === 'unknown-method'),
    )
    const page = texts.get('docs/moving-from-kapacitor.md')!.replaceAll('\\|', '|')
    assert.deepEqual(
      calls.filter((call) => page.includes(`\`${call}\``)),
      refused,
    )
  })
})
