// What differs from Kapacitor, as tables: cases that are decided otherwise, sections and nodes that are not served.
import path from 'node:path'
import { keyOf } from '../../src/server/config/field.ts'
import type { SectionDecl } from '../../src/server/config/section.ts'
import type { Case } from '../../test/cases/case-file.ts'
import { code, paragraphs, table } from './markdown.ts'

/** Themes in the order of the page, with the folders and files whose cases belong to them. */
const THEMES: readonly (readonly [string, RegExp])[] = [
  ['Scripts and lambdas', /^language\//],
  ['Nodes', /^(stream\/|flow\/nodes)/],
  ['InfluxDB, recordings, replays', /^flow\//],
  ['Alerts', /^alerts\//],
  ['HTTP API', /^api\//],
]
const OTHERS = 'Further'

const fileOf = (c: Case): string => c.file.split(path.sep).slice(-2).join('/')

/** `api/decided-replay-with-a-trailing-slash` in words. */
export function inWords(name: string): string {
  return name
    .slice(name.indexOf('/') + 1)
    .replace(/^(decided|rules|write-error)-/, '')
    .replaceAll('-', ' ')
}

function reasonText(reason: string): string {
  const text = reason
    .replace(/\b[Tt]he reference implementation\b/g, 'Kapacitor')
    .replace(/\b[Tt]he reference's\b/g, "Kapacitor's")
    .replace(/\b[Tt]he reference\b/g, 'Kapacitor')
    .replace(/^never recorded:/, 'not known;')
  return `${text[0]!.toUpperCase()}${text.slice(1)}`
}

/** A table for each theme: what happens here, and why. Cases with one reason share a line. */
export function decidedTables(cases: readonly Case[]): string {
  const decided = cases.filter((c) => c.decided !== undefined)
  const themes = [...THEMES.map(([title]) => title), OTHERS]
  const themeOf = (c: Case): string => THEMES.find(([, files]) => files.test(fileOf(c)))?.[0] ?? OTHERS
  return paragraphs(
    ...themes.flatMap((title) => {
      const own = decided.filter((c) => themeOf(c) === title)
      const byReason = Map.groupBy(own, (c) => `${fileOf(c)} ${c.decided}`)
      const rows = [...byReason.values()].map((group) => [
        group.map((c) => inWords(c.name)).join('; '),
        reasonText(group[0]!.decided!),
        `[${path.basename(fileOf(group[0]!), '.case')}](../test/conformance/cases/${fileOf(group[0]!)})`,
      ])
      return rows.length === 0 ? [] : [`### ${title}`, table(['here', 'in Kapacitor', 'case'], rows)]
    }),
  )
}

export function unservedSections(sections: readonly SectionDecl[]): string {
  const whole = sections.filter((d) => d.unserved)
  const keys = sections.flatMap((d) =>
    Object.entries(d.fields).flatMap(([name, f]) => (f.unserved && !d.unserved ? [{ d, name, f }] : [])),
  )
  const leadsTo = (unserved: 'warn' | 'refuse'): string => (unserved === 'warn' ? 'a warning' : 'no start')
  return table(
    ['section', '', 'switched on'],
    [
      ...whole.map((d) => [code(d.list ? `[[${d.section}]]` : `[${d.section}]`), d.doc ?? '', leadsTo(d.unserved!)]),
      ...keys.map(({ d, name, f }) => [
        `${code(keyOf(name, f))} of ${code(`[${d.section}]`)}`,
        f.doc,
        leadsTo(f.unserved!),
      ]),
    ],
  )
}

/** Nodes of Kapacitor that every server may lack, with what they are for. */
export const OTHER_NODES: Readonly<Record<string, string>> = {
  k8sAutoscale: 'Scales what runs in Kubernetes.',
  swarmAutoscale: 'Scales services of Docker Swarm.',
  ec2Autoscale: 'Scales autoscaling groups of EC2.',
}

/** `served`: names of the nodes that there are; functions of the user's stand in it as `@`. */
export function unservedNodes(served: ReadonlySet<string>): string {
  const rows = Object.entries(OTHER_NODES)
    .filter(([name]) => !served.has(name))
    .map(([name, doc]) => [code(`|${name}()`), doc])
  if (!served.has('@')) rows.push([code('@name()'), 'User-defined functions.'])
  return rows.length === 0 ? 'None.' : table(['node', ''], rows)
}
