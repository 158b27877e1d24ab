// The configured `[[httppost]]` endpoints: as httpPost nodes see them, and as the post handler does. An endpoint stays the
// same object, its template files read once, as long as its element does.
import { readFileSync } from 'node:fs'
import type { PathFence } from '../alert/io/path-fence.ts'
import { Fault, messageOf } from '../base/fault.ts'
import type { HttpEndpoint } from '../flow/world.ts'
import type { Values } from './config/field.ts'

interface Endpoint {
  readonly forNodes: HttpEndpoint
  /** The element with the text of template files in place of their names. */
  readonly forHandlers: Values
}

export class HttpEndpoints {
  readonly #files: PathFence | undefined
  #byElement = new Map<Values, Endpoint>()
  #byName = new Map<string, HttpEndpoint>()
  #elements: readonly Values[] = []

  /** `files`: which files templates may stand in. */
  constructor(files?: PathFence) {
    this.#files = files
  }

  /** Throws a Fault when a template's file can't be read; then nothing changes. */
  update(elements: readonly Values[]): void {
    const all = new Map(elements.map((e) => [e, this.#byElement.get(e) ?? endpointOf(e, this.#files)]))
    this.#byElement = all
    this.#byName = new Map([...all].map(([e, { forNodes }]) => [String(e['endpoint']), forNodes]))
    this.#elements = [...all.values()].map(({ forHandlers }) => forHandlers)
  }

  get(name: string): HttpEndpoint | undefined {
    return this.#byName.get(name)
  }

  /** The configuration of the post handler. */
  get elements(): readonly Values[] {
    return this.#elements
  }
}

function endpointOf(e: Values, files: PathFence | undefined): Endpoint {
  const { username = '', password = '' } = (e['basicAuth'] ?? {}) as { username?: string; password?: string }
  const basic = Buffer.from(`${username}:${password}`, 'utf8').toString('base64')
  const templates = { rowTemplate: template(e, 'row', files), alertTemplate: template(e, 'alert', files) }
  const headers = {
    ...(username === '' ? {} : { Authorization: `Basic ${basic}` }),
    ...(e['headers'] as Readonly<Record<string, string>> | undefined),
  }
  return { forNodes: { url: String(e['url']), headers, ...templates }, forHandlers: { ...e, ...templates } }
}

function template(element: Values, kind: 'row' | 'alert', files: PathFence | undefined): string {
  const file = String(element[`${kind}TemplateFile`] ?? '')
  if (file === '') return String(element[`${kind}Template`] ?? '')
  try {
    return readFileSync(files?.enter(file) ?? file, 'utf8')
  } catch (e) {
    throw new Fault('config-invalid', `httppost: can't read the ${kind} template ${file}: ${messageOf(e)}`, {
      cause: e,
    })
  }
}
