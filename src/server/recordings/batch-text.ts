// Batches as the lines of a batch recording: one JSON object a batch, its points one after the other, so that a batch
// of any size is written as it comes.
import type { BatchFeed, FeedPiece } from '../../base/batch-feed.ts'
import { jsonString } from '../../base/go-json.ts'
import { formatFloatJson } from '../../base/go-number.ts'
import type { Point } from '../../base/point.ts'
import type { Series } from '../../base/series.ts'
import { formatTime } from '../../base/time.ts'
import type { Value } from '../../base/value.ts'

type Begin = FeedPiece & { readonly is: 'begin' }

/** The lines of all batches, in pieces. The feed is used up. */
export async function* batchText(feed: BatchFeed): AsyncGenerator<string> {
  let begin: Begin | undefined
  let open = false
  for (;;) {
    const piece = await feed.next()
    if (!piece) return
    if (piece.is === 'begin') begin = piece
    else if (piece.is === 'end') {
      yield open ? ']}\n' : `{${headText(begin!)}}\n`
      open = false
    } else if (piece.points.length > 0) {
      const series = begin!.series
      const points = piece.points.map((p) => pointText(p, series)).join(',')
      yield open ? `,${points}` : `{${headText(begin!)},"points":[${points}`
      open = true
    }
  }
}

/** All members but the points. */
function headText({ series, byName, tmax }: Begin): string {
  let out = series.name === '' ? '' : `"name":${jsonString(series.name)},`
  out += `"tmax":"${formatTime(tmax)}"`
  const group = groupText(series, byName)
  if (group !== '') out += `,"group":${jsonString(group)}`
  if (byName) out += ',"byname":true'
  if (series.keys.length > 0) out += `,"tags":${tagsText(series)}`
  return out
}

/** The group's id as users see it. */
function groupText({ name, keys, vals }: Series, byName: boolean): string {
  const tags = keys.map((k, i) => `${k}=${vals[i]}`).join(',')
  return byName ? (tags === '' ? name : `${name}\n${tags}`) : tags
}

function tagsText({ keys, vals }: Series): string {
  return `{${keys.map((k, i) => `${jsonString(k)}:${jsonString(vals[i]!)}`).join(',')}}`
}

function pointText(p: Point, batch: Series): string {
  const { names } = p.shape
  let fields = ''
  for (let i = 0; i < names.length; i++) {
    const value = valueText(p.values[i]!)
    if (value !== '') fields += `${fields === '' ? '' : ','}${jsonString(names[i]!)}:${value}`
  }
  // A point without tags of its own has those of its batch.
  const own = p.series.keys.length === 0 || sameTags(p.series, batch) ? '' : `,"tags":${tagsText(p.series)}`
  return `{"fields":{${fields}}${own},"time":"${formatTime(p)}"}`
}

/** Empty for what is left out: null, and numbers that JSON can't say. */
function valueText(v: Value): string {
  switch (typeof v) {
    case 'string':
      return jsonString(v)
    case 'number':
      return Number.isFinite(v) ? formatFloatJson(v) : ''
    case 'object':
      return ''
    default:
      return String(v)
  }
}

export function sameTags(a: Series, b: Series): boolean {
  return a.keys.length === b.keys.length && a.keys.every((k, i) => k === b.keys[i] && a.vals[i] === b.vals[i])
}
