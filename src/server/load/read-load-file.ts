// Files of the load folder that define things as YAML or JSON. Reads them and checks their form; what they define is
// checked where it is defined.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse as parseYaml } from 'yaml'
import { readFirstJson } from '../../base/json-reader.ts'
import { type GivenVars, readVars } from '../../lang/vars.ts'
import type { Dbrp } from '../tasks/task-record.ts'

export interface LoadedTask {
  readonly templateId: string
  readonly dbrps: readonly Dbrp[]
  readonly vars: GivenVars
}

type Document = Readonly<Record<string, unknown>>

/** A task made from a template. Throws the reason why the file holds none. */
export function readLoadTask(file: string): LoadedTask {
  const d = readDocument(file, true)
  const templateId = d['template-id']
  if (typeof templateId !== 'string' || templateId === '') throw new Error('must specify template-id')
  const dbrps = d['dbrps'] ?? []
  if (!Array.isArray(dbrps)) throw new Error('dbrps must be a list')
  return { templateId, dbrps: dbrps.map(readDbrp), vars: readVars(d['vars']) }
}

/** A handler of a topic; its members are as they stand. Throws the reason why the file holds none. */
export function readLoadHandler(file: string): Document & { readonly topic: string; readonly id: string } {
  const d = readDocument(file)
  const { topic, id } = d
  if (typeof topic !== 'string' || topic === '') throw new Error('must specify topic')
  if (typeof id !== 'string' || id === '') throw new Error('must specify id')
  return { ...d, topic, id }
}

/** `exactNumbers`: only so a var's `1.0` is known to be no int. */
function readDocument(file: string, exactNumbers = false): Document {
  const text = readFileSync(file, 'utf8')
  // Through JSON also what was YAML: nothing but its types is left of it.
  const json = path.extname(file) === '.json' ? text : JSON.stringify(parseYaml(text) ?? null)
  const document = readFirstJson(json, { exactNumbers })
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw new Error('must hold a map')
  return document as Document
}

function readDbrp(x: unknown): Dbrp {
  const { db, rp } = (x ?? {}) as Document
  if (typeof db === 'string' && typeof rp === 'string') return { db, rp }
  const names = typeof x === 'string' ? /^"((?:[^"\\]|\\.)*)"\."((?:[^"\\]|\\.)*)"$|^([^".]+)\.([^"]+)$/.exec(x) : null
  if (!names) throw new Error('a dbrp is a map with db and rp, or "db"."rp"')
  const plain = (quoted: string | undefined, bare: string | undefined): string =>
    quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1')
  return { db: plain(names[1], names[3]), rp: plain(names[2], names[4]) }
}
