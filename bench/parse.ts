// How fast line protocol becomes points: ns a point and MB/s for three forms of lines, about 5,000 lines a body.
// Rows of the suite; by itself under the flags that it is started with: node bench/parse.ts [form…]
import type { FieldsRead } from '../src/base/line-protocol/fields-read.ts'
import { LineParser } from '../src/base/line-protocol/line-parser.ts'
import { type Body, T0, taggedBody, tinyBody, wideBody } from './lines.ts'
import { measureRow, type Row } from './row.ts'
import { timed } from './timing.ts'
import { expect } from './workbench.ts'

const FORMS: Readonly<Record<string, () => Body>> = {
  tiny: () => tinyBody(5_000),
  wide: () => wideBody(6),
  tags10: () => taggedBody(5_000),
}

/** As if tasks looked at nothing else. */
const READ = 'usage_user usage_idle'.split(' ')

function parseRow(form: string, name: string, reads?: FieldsRead): Row {
  return {
    name,
    per: 'point',
    start() {
      const body = FORMS[form]!()
      const parser = new LineParser()
      return {
        once() {
          let sec = 0
          const ms = timed(() => {
            const r = parser.parse(body.bytes, 'db', 'rp', 'ns', { sec: 0, ns: 0 }, reads)
            if (!r.ok) throw new Error('the lines can not be read')
            expect('points', r.points.length, body.points)
            sec = r.points.at(-1)!.sec
          })
          if (sec < T0) throw new Error(`the last point is of ${sec}`)
          return { ms, units: body.points }
        },
      }
    },
  }
}

export const PARSE_ROWS: readonly Row[] = [
  ...Object.keys(FORMS).map((form) => parseRow(form, `parse ${form}`)),
  parseRow('wide', 'parse wide, two fields read', { of: () => new Set(READ) }),
]

if (import.meta.main) {
  const chosen = process.argv.slice(2)
  for (const form of chosen.length > 0 ? chosen : Object.keys(FORMS)) {
    if (!Object.hasOwn(FORMS, form))
      throw new Error(`no such form: ${form}; there are ${Object.keys(FORMS).join(', ')}`)
    const body = FORMS[form]!()
    const bytes = body.bytes.length / body.points
    const { ns, least } = await measureRow(parseRow(form, form))
    console.log(
      `${form.padEnd(8)} ${bytes.toFixed(0).padStart(4)} B  ${ns.toFixed(0).padStart(6)} ns a point (least ${least.toFixed(0)})  ${((bytes / ns) * 1e3).toFixed(0).padStart(5)} MB/s`,
    )
  }
}
