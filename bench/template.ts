// What a template costs each time it is rendered: a message, and details as a piece of HTML with all of the event.
// Rows of the suite.
import { CRITICAL } from '../src/alert/level.ts'
import { jsonFunctions } from '../src/alert/template/go-json.ts'
import { parseTemplate } from '../src/alert/template/template.ts'
import { type DetailsData, detailsTemplateData } from '../src/alert/template-data.ts'
import type { Row } from './row.ts'
import { timed } from './timing.ts'
import { expect } from './workbench.ts'

const TIMES = 2_000

const EVENT: DetailsData = {
  id: 'cpu:host=server07',
  name: 'cpu',
  taskName: 'cpu_alert',
  group: 'host=server07',
  tags: { host: 'server07', region: 'r2' },
  server: { hostname: 'localhost', clusterId: 'c', serverId: 's' },
  fields: { usage: { kind: 'float', value: 93.25 }, count: { kind: 'int', value: 12 } },
  level: CRITICAL,
  time: { sec: 1_500_000_000, ns: 0 },
  duration: 30_000_000_000,
  message: 'cpu:host=server07 is CRITICAL',
}

function templateRow(name: string, text: string, html: boolean, wanted: string): Row {
  return {
    name: `template ${name}`,
    per: 'text',
    start() {
      const template = parseTemplate(name, text, { html, functions: jsonFunctions('null') })
      return {
        once() {
          const texts: string[] = []
          const ms = timed(() => {
            for (let i = 0; i < TIMES; i++) texts.push(template.render(detailsTemplateData(EVENT)))
          })
          for (const t of texts) expect('the text', t, wanted)
          return { ms, units: TIMES }
        },
      }
    },
  }
}

export const TEMPLATE_ROWS: readonly Row[] = [
  templateRow(
    'message',
    '{{ .ID }} is {{ .Level }}: usage {{ index .Fields "usage" | printf "%0.1f" }} on {{ index .Tags "host" }}',
    false,
    'cpu:host=server07 is CRITICAL: usage 93.2 on server07',
  ),
  templateRow(
    'HTML with a range',
    '<b>{{ .Message }}</b><ul>{{ range $key, $value := .Tags }}<li title="{{ $key }}">{{ $value }}</li>{{ end }}</ul>',
    true,
    '<b>cpu:host=server07 is CRITICAL</b><ul><li title="host">server07</li><li title="region">r2</li></ul>',
  ),
]
