// A change of the configuration as a request tells it: its form, and which actions fit which path. Messages are the
// reference's. Knows nothing of sections.
import { Fault } from '../../base/fault.ts'
import { type Json, JsonNumber, readFirstJson } from '../../base/json-reader.ts'
import type { Options } from '../config/override-element.ts'

export interface UpdateAction {
  readonly set: Options
  readonly delete: readonly string[]
  readonly add: Options
  readonly remove: readonly string[]
}

/** What the path names; `element` is undefined when it names none, and empty for that of a section that is no list. */
export interface ConfigPath {
  readonly section: string
  readonly element: string | undefined
}

const NAME = /^[-\w+]+$/

/** `slack`, `slack/`, `slack/element`. */
export function configPath(rest: string): ConfigPath {
  const slash = rest.indexOf('/')
  if (slash < 0) return { section: rest, element: undefined }
  return { section: rest.slice(0, slash), element: rest.slice(slash + 1) }
}

const refused = (message: string): Fault => new Fault('config-update', message, { status: 400 })

/** Throws Fault (400). */
export function readAction(body: Buffer): UpdateAction {
  let json: Json
  try {
    json = readFirstJson(body.toString('utf8'))
  } catch (e) {
    throw undecoded((e as Error).message)
  }
  if (json !== null && (typeof json !== 'object' || Array.isArray(json) || json instanceof JsonNumber))
    throw undecoded(`json: cannot unmarshal ${kindOf(json)} into Go value of type config.updateAction`)
  const members = new Map(Object.entries(json ?? {}).map(([key, value]) => [key.toLowerCase(), value]))
  return {
    set: readOptions('set', members.get('set')),
    delete: readNames('delete', members.get('delete')),
    add: readOptions('add', members.get('add')),
    remove: readNames('remove', members.get('remove')),
  }
}

const undecoded = (reason: string): Fault => refused(`failed to decode JSON:${reason}`)

function readOptions(key: string, json: Json | undefined): Options {
  if (json === undefined || json === null) return {}
  if (typeof json === 'object' && !Array.isArray(json)) return json as Options
  throw misfit(key, json, 'map[string]interface {}')
}

function readNames(key: string, json: Json | undefined): readonly string[] {
  if (json === undefined || json === null) return []
  if (!Array.isArray(json)) throw misfit(key, json, '[]string')
  return json.map((item) => {
    if (typeof item === 'string') return item
    if (item === null) return ''
    throw misfit(key, item, 'string')
  })
}

function misfit(key: string, json: Json, type: string): Fault {
  return undecoded(`json: cannot unmarshal ${kindOf(json)} into Go struct field updateAction.${key} of type ${type}`)
}

function kindOf(json: Json): string {
  if (Array.isArray(json)) return 'array'
  if (typeof json === 'boolean') return 'bool'
  return typeof json === 'bigint' ? 'number' : typeof json
}

/** Throws Fault (400) when the action does not fit the path. */
export function checkAction({ section, element }: ConfigPath, action: UpdateAction): void {
  const sets = Object.keys(action.set).length > 0 || action.delete.length > 0
  const adds = Object.keys(action.add).length > 0
  const removes = action.remove.length > 0
  const reason = ((): string | undefined => {
    if (section === '') return 'must provide section name'
    if (!NAME.test(section)) return `invalid section name ${JSON.stringify(section)}`
    if (element && !NAME.test(element)) return `invalid element name ${JSON.stringify(element)}`
    if (sets && (adds || removes)) return 'cannot provide both set/delete and add/remove actions in the same update'
    if (adds && element) return 'must not provide an element name when adding an a new override'
    if (removes && element) return 'must not provide element when removing an override'
    if (sets && element === undefined) return "element not specified, are you missing a trailing '/'?"
    return undefined
  })()
  if (reason !== undefined) throw refused(`failed to apply update: invalid update action: ${reason}`)
}
