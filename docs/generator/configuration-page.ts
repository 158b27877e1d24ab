// The page about the configuration: how a file is found and laid over the defaults, and every section with its keys,
// from the declarations. Those that most servers need come first, what is not served comes last.
import { formatDuration } from '../../src/base/duration.ts'
import type { Int } from '../../src/base/int64.ts'
import { usualPlaces } from '../../src/server/config/config-file.ts'
import { homeFolder, pathsBelow } from '../../src/server/config/default-paths.ts'
import { environmentName, environmentPrefix } from '../../src/server/config/environment.ts'
import { type Field, type Fields, isZero, keyOf, type Values } from '../../src/server/config/field.ts'
import { defaultElement, type SectionDecl } from '../../src/server/config/section.ts'
import { code, fenced, link, pageHead, paragraphs, table } from './markdown.ts'

const INTRO = `One file in TOML, with Kapacitor's sections and keys; a \`kapacitor.conf\` can be used as it is. Every key has a
default, and without a file the server runs. \`supercapd config\` prints the configuration as it stands, each key with what
it means; the output can be edited and used as a file.`

/** A file that names only what a server on a machine of its own needs. */
export const MINIMAL_FILE = `data_dir = "/var/lib/supercap"

[http]
  bind-address = ":9092"

[storage]
  boltdb = "/var/lib/supercap/kapacitor.db"

[replay]
  dir = "/var/lib/supercap/replay"

[[influxdb]]
  name = "main"
  default = true
  urls = ["http://localhost:8086"]
`

const FOUND = `The first of these is the file; the others are not read:

1. the one of the flag \`-config FILE\`
2. the one that \`KAPACITOR_CONFIG_PATH\` names
PLACES

With \`-config /dev/null\` there is no file.`

const PRECEDENCE = `What comes later counts: the defaults of this page, the file, environment variables, the flags
\`-hostname\`, \`-log-file\` and \`-log-level\`, and for sections that can be changed while the server runs what was
changed through the API. \`skip-config-overrides = true\` starts without those changes.

Everything that is wrong is told at once, and the server does not start. A key that is not known is
ignored with a warning, which names the nearest known one.`

const PATHS = `Without a file everything is kept below one folder, \`~/.supercap\`, and the paths are below it:
PLACES.
With a file \`data_dir\` has to be set, and the paths have the defaults of this page, which are relative to where the server
was started: name them all.`

const TYPES: readonly (readonly string[])[] = [
  ['string', '`"text"`'],
  ['bool', '`true`, `false`'],
  ['int, float', '`5000`, `0.5`'],
  ['duration', 'Text such as `"10s"`, `"1m30s"`, `"7d"`, or a number of nanoseconds.'],
  ['size', 'Text such as `"64MiB"` (`"64MB"` is the same), or a number of bytes.'],
  ['strings', '`["a", "b"]`'],
  ['map', '`{ key = "text" }`'],
  ['lists by name', '`{ key = ["a", "b"] }`'],
  ['tables by name', '`[section.key.NAME]`'],
  ['any', 'A text or a number.'],
]

const ENVIRONMENT = `Each key has an environment variable, named in the tables. An empty variable counts as none. A section in double
brackets is a list: its sections are numbered from 0 in the order of the file, and a variable changes a section that is
there, it adds none. Likewise \`…_URLS_0\` replaces the first text of a list that is there. In a map \`…_HEADERS_NAME\` sets or adds
the text under \`NAME\`, which is taken as it is written. A variable that changes nothing is told in
the log.`

const LISTS = `A section in double brackets may stand several times. What is not given in one of several is empty, 0 or false;
keys marked *always* have their default even then. What is not given in a single one is said at the section.`

const LIVE = `Sections that say so can be changed while the server runs, with \`POST /kapacitor/v1/config/SECTION/ELEMENT\`
(see LINK); the change is kept. \`ELEMENT\` is the value of the key that tells the sections of a list apart, and
nothing for a section that is no list: \`/config/smtp/\`. For all other keys the server has to be started again. Options have
the names of the keys, unless the table names another one.`

const MARKS = `A *secret* is never shown, neither by the API nor in the log; \`supercapd config\` prints it only with
\`-secrets show\`. Keys marked *own* are not Kapacitor's.`

/** The order of the page; what is not named here follows, alert handlers by name, then what is not served. */
const FIRST = ['', 'http', 'storage', 'logging', 'influxdb', 'alert', 'task', 'replay', 'load', 'deadman', 'udp']

const TYPE_NAMES: Partial<Record<Field<never>['type'], string>> = {
  listMap: 'lists by name',
  tableMap: 'tables by name',
}

/** What stands when nothing is said, as a file would say it; empty for nothing. */
function defaultText(f: Field<never>, value: unknown): string {
  if (f.type === 'bool') return code(String(value))
  if (f.type === 'duration') return code(value === 0 ? '0s' : formatDuration(value as Int))
  if (f.type === 'size') return code(sizeText(value as number))
  if (f.type === 'int' || f.type === 'float') return code(String(value))
  if (value === undefined || isZero(f, value)) return ''
  if (f.type === 'listMap' || f.type === 'map')
    return code(
      `{ ${Object.entries(value as object)
        .map(([k, v]) => `${k} = ${JSON.stringify(v)}`)
        .join(', ')} }`,
    )
  return code(JSON.stringify(value))
}

function sizeText(bytes: number): string {
  const units = ['', 'KiB', 'MiB', 'GiB', 'TiB']
  let [n, unit] = [bytes, 0]
  while (n > 0 && n % 1024 === 0 && unit + 1 < units.length) [n, unit] = [n / 1024, unit + 1]
  return `${n}${units[unit]}`
}

function docText(f: Field<never>, secret: boolean): string {
  const values = f.oneOf && !f.oneOf.some((v) => f.doc.includes(v)) ? `One of ${f.oneOf.map(code).join(', ')}.` : ''
  const override = f.overrideKey === undefined ? '' : `In the API: ${code(f.overrideKey)}.`
  const marks = [secret ? 'secret' : '', f.own ? 'own' : '', f.always ? 'always' : ''].filter((m) => m !== '')
  const unserved = {
    warn: 'Not served: setting it has no effect and gives a warning.',
    refuse: 'Not served: with it the server does not start.',
  }
  return [
    f.doc,
    values,
    bounds(f),
    f.aliases ? `Also ${f.aliases.map(code).join(', ')}.` : '',
    override,
    f.unserved ? unserved[f.unserved] : '',
    marks.length === 0 ? '' : `*${marks.join(', ')}*`,
  ]
    .filter((t) => t !== '')
    .join(' ')
}

function bounds(f: Field<never>): string {
  const shown = (n: number): string => (f.type === 'size' ? sizeText(n) : String(n))
  const min = f.min === undefined || f.min === 0 ? '' : `at least ${shown(f.min)}`
  const max = f.max === undefined ? '' : `at most ${shown(f.max)}`
  const both = [min, max].filter((t) => t !== '').join(', ')
  return both === '' ? '' : `${both[0]!.toUpperCase()}${both.slice(1)}.`
}

/** What follows the variable's name where a value has several parts. */
const ENVIRONMENT_ENDS: Partial<Record<Field<never>['type'], string>> = {
  strings: '_0',
  map: '_NAME',
  listMap: '_NAME_0',
}

interface Place {
  readonly key: string
  readonly variable: string
  readonly secret: boolean
}

function rows(fields: Fields, values: Values, at: Place): string[][] {
  return Object.entries(fields).flatMap(([name, f]) => {
    const key = at.key + keyOf(name, f)
    const variable = environmentName(at.variable, name, f)
    const secret = at.secret || f.secret
    if (f.type === 'table') return rows(f.fields ?? {}, values[name] as Values, { key: `${key}.`, variable, secret })
    if (f.type === 'tableMap') {
      const one = defaultElement({ section: '', fields: f.fields ?? {} })
      return rows(f.fields ?? {}, one, { key: `${key}.NAME.`, variable: `${variable}_NAME`, secret })
    }
    return [
      [
        code(key),
        TYPE_NAMES[f.type] ?? f.type,
        defaultText(f, values[name]),
        docText(f, secret),
        code(variable + (ENVIRONMENT_ENDS[f.type] ?? '')),
      ],
    ]
  })
}

const ROOT = 'Before the first section'

const headOf = (d: SectionDecl): string =>
  d.section === '' ? ROOT : code(d.list ? `[[${d.section}]]` : `[${d.section}]`)

function listText(d: SectionDecl): string {
  const l = d.list
  if (!l) return ''
  return [
    `Sections are told apart by ${code(l.key)}.`,
    l.prefilled ? 'Without any there is one with the defaults.' : 'Without any there is none.',
    l.single === 'defaults'
      ? 'What a single one does not say has its default.'
      : 'What one does not say is empty, 0 or false.',
    l.table ? `${code(`[${d.section}]`)} may stand for one.` : '',
  ]
    .filter((t) => t !== '')
    .join(' ')
}

function servedText(d: SectionDecl): string {
  if (d.unserved === 'refuse') return '**Not served.** With it switched on the server does not start.'
  if (d.unserved === 'warn')
    return '**Not served.** It is understood and checked; switched on, it gives a warning and has no effect.'
  if (!d.overridable) return ''
  const element = d.list ? `/${d.list.key.toUpperCase()}` : '/'
  return `Can be changed while the server runs: ${code(`/kapacitor/v1/config/${d.section}${element}`)}.`
}

function section(d: SectionDecl): string {
  const variable = environmentPrefix(d) + (d.list ? '_0' : '')
  return paragraphs(
    `### ${headOf(d)}`,
    [d.doc ?? '', servedText(d), listText(d)].filter((t) => t !== '').join(' '),
    table(
      ['key', 'type', 'default', '', 'environment'],
      rows(d.fields, defaultElement(d), { key: '', variable, secret: false }),
    ),
  )
}

/** The page; `handlers` are the sections among `sections` that belong to alert handlers. */
export function configurationPage(sections: readonly SectionDecl[], handlers: readonly SectionDecl[]): string {
  const ofHandler = new Set(handlers.map((d) => d.section))
  const rank = (d: SectionDecl): number => (FIRST.includes(d.section) ? FIRST.indexOf(d.section) : FIRST.length)
  const served = sections.filter((d) => !d.unserved)
  const groups: readonly (readonly [string, readonly SectionDecl[]])[] = [
    ['The server', served.filter((d) => !ofHandler.has(d.section)).sort((a, b) => rank(a) - rank(b))],
    ['Alert handlers', served.filter((d) => ofHandler.has(d.section))],
    ['Not served', sections.filter((d) => d.unserved)],
  ]
  const home = '~'
  const places = usualPlaces(home).map(
    (place, i) => `${i + 3}. ${code(place)}${i === 0 ? ', unless it is empty, as all that follow' : ''}`,
  )
  const paths = Object.entries(pathsBelow(homeFolder(home))).flatMap(([name, values]) =>
    name === '' ? [] : Object.entries(values).map(([key, v]) => `${code(`${key} = "${v}"`)} of ${code(`[${name}]`)}`),
  )
  return paragraphs(
    pageHead('Configuration', INTRO),
    groups
      .map(([title, list]) => `- ${title}: ${list.map((d) => link(d.section === '' ? ROOT : d.section)).join(', ')}\n`)
      .join(''),
    '## A file to begin with',
    fenced('toml', MINIMAL_FILE),
    '## Which file',
    FOUND.replace('PLACES', places.join('\n')),
    PATHS.replace('PLACES', paths.join(', ')),
    '## What counts',
    PRECEDENCE,
    '## Types, lists, environment',
    table(['type', 'in the file'], TYPES),
    LISTS,
    ENVIRONMENT,
    '## Changes while the server runs',
    LIVE.replace('LINK', link('the API', 'api.md', 'config')),
    MARKS,
    ...groups.flatMap(([title, list]) => [`## ${title}`, ...list.map(section)]),
  ).trimEnd()
}
