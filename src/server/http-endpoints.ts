// The configured `[[httppost]]` endpoints as httpPost nodes see them.
import { readFileSync } from 'node:fs'
import { Fault, messageOf } from '../base/fault.ts'
import type { HttpEndpoint } from '../flow/world.ts'
import type { Values } from './config/field.ts'

function template(element: Values, kind: 'row' | 'alert'): string {
  const file = String(element[`${kind}TemplateFile`] ?? '')
  if (file === '') return String(element[`${kind}Template`] ?? '')
  try {
    return readFileSync(file, 'utf8')
  } catch (e) {
    throw new Fault('config-invalid', `httppost: can't read the ${kind} template ${file}: ${messageOf(e)}`, {
      cause: e,
    })
  }
}

/** Endpoints by name. Throws a Fault when a template's file can't be read. */
export function httpEndpoints(elements: readonly Values[]): ReadonlyMap<string, HttpEndpoint> {
  const all = new Map<string, HttpEndpoint>()
  for (const e of elements) {
    const { username = '', password = '' } = (e['basicAuth'] ?? {}) as { username?: string; password?: string }
    const basic = Buffer.from(`${username}:${password}`, 'utf8').toString('base64')
    all.set(String(e['endpoint']), {
      url: String(e['url']),
      headers: {
        ...(username === '' ? {} : { Authorization: `Basic ${basic}` }),
        ...(e['headers'] as Readonly<Record<string, string>> | undefined),
      },
      rowTemplate: template(e, 'row'),
      alertTemplate: template(e, 'alert'),
    })
  }
  return all
}

/** The same elements with the text of template files in place of their names, for the post handler. */
export function withTemplateTexts(elements: readonly Values[]): readonly Values[] {
  return elements.map((e) => ({ ...e, rowTemplate: template(e, 'row'), alertTemplate: template(e, 'alert') }))
}
