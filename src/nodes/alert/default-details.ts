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

export function defaultDetails(d: DetailsData): string {
  const { server, fields, tags } = d
  let tagText = ''
  for (const key of Object.keys(tags).sort(byteOrder)) tagText += `,${jsonString(key)}:${jsonString(tags[key]!)}`
  let fieldText = ''
  for (const key of Object.keys(fields).sort(byteOrder)) {
    const f = fields[key]!
    fieldText += `,${jsonString(key)}:${jsonValue(f.kind, f.value)}`
  }
  const json = `{"Name":${jsonString(d.name)},"TaskName":${jsonString(d.taskName)},"Group":${jsonString(d.group)},"Tags":{${tagText.slice(1)}},"ServerInfo":{"Hostname":${jsonString(server.hostname)},"ClusterID":${jsonString(server.clusterId)},"ServerID":${jsonString(server.serverId)}},"ID":${jsonString(d.id)},"Fields":{${fieldText.slice(1)}},"Level":"${levelWord(d.level)}","Time":"${formatTime(d.time)}","Duration":${d.duration},"Message":${jsonString(d.message)}}\n`
  return json.replace(UNSAFE, (c) => ESCAPES[c]!)
}
