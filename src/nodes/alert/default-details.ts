// The default details, `{{ json . }}`, without a template: most alerts have them, and nobody should pay for that.
// The text is the one that the template gives, to the letter; a test holds the two against each other.

import { levelWord } from '../../alert/level.ts'
import type { DetailsData } from '../../alert/template-data.ts'
import { byteOrder } from '../../base/byte-order.ts'
import { jsonString, jsonValue } from '../../base/go-json.ts'
import { formatTime } from '../../base/time.ts'

export const DEFAULT_DETAILS = '{{ json . }}'

const ESCAPES: Readonly<Record<string, string>> = { '"': '&#34;', "'": '&#39;', '+': '&#43;' }
/** What HTML escaping changes in JSON; `<`, `>` and `&` are escaped by JSON already. */
const UNSAFE = /["'+]/g
const PLAIN = /^[\w .:;,=/@#%()[\]{}|*?!^~$-]*$/

function quoted(text: string): string {
  return PLAIN.test(text) ? `&#34;${text}&#34;` : escaped(jsonString(text))
}

function escaped(json: string): string {
  return json.replace(UNSAFE, (c) => ESCAPES[c]!)
}

export function defaultDetails(d: DetailsData): string {
  const { server, fields, tags } = d
  let tagText = ''
  for (const key of Object.keys(tags).sort(byteOrder)) tagText += `,${quoted(key)}:${quoted(tags[key]!)}`
  let fieldText = ''
  for (const key of Object.keys(fields).sort(byteOrder)) {
    const { kind, value } = fields[key]!
    const text = kind === 'string' ? quoted(value as string) : escaped(jsonValue(kind, value))
    fieldText += `,${quoted(key)}:${text}`
  }
  return `{&#34;Name&#34;:${quoted(d.name)},&#34;TaskName&#34;:${quoted(d.taskName)},&#34;Group&#34;:${quoted(d.group)},&#34;Tags&#34;:{${tagText.slice(1)}},&#34;ServerInfo&#34;:{&#34;Hostname&#34;:${quoted(server.hostname)},&#34;ClusterID&#34;:${quoted(server.clusterId)},&#34;ServerID&#34;:${quoted(server.serverId)}},&#34;ID&#34;:${quoted(d.id)},&#34;Fields&#34;:{${fieldText.slice(1)}},&#34;Level&#34;:&#34;${levelWord(d.level)}&#34;,&#34;Time&#34;:&#34;${formatTime(d.time)}&#34;,&#34;Duration&#34;:${d.duration},&#34;Message&#34;:${quoted(d.message)}}\n`
}
