// Templates in handler options and configuration, parsed once for as long as the object that holds them lives.
// Knows nothing of what they are rendered over.
import { jsonFunctions } from './template/go-json.ts'
import { parseTemplate, type Template } from './template/template.ts'

const parsed = new WeakMap<object, Map<string, Template>>()
const functions = jsonFunctions('null')

/** The template of a text that `owner` holds under `name`. Throws TemplateError. */
export function templateOf(owner: object, name: string, text: string): Template {
  let templates = parsed.get(owner)
  if (!templates) {
    templates = new Map()
    parsed.set(owner, templates)
  }
  const known = templates.get(name)
  if (known && known.text === text) return known
  const template = parseTemplate(name, text, { functions })
  templates.set(name, template)
  return template
}

/** What is wrong with a template; undefined when nothing is. */
export function templateFlaw(name: string, text: string): string | undefined {
  try {
    parseTemplate(name, text, { functions })
    return undefined
  } catch (e) {
    return (e as Error).message
  }
}
