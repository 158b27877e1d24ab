// Rows, the form in which points and batches leave in httpOut, httpPost and alert data: name, tags, columns, values.
// As JSON text and, for templates, as a table. Knows no node and no transport.
import { jsonString, jsonTags, jsonValue } from './go-json.ts'
import type { Point } from './point.ts'
import type { Series } from './series.ts'
import type { Shape } from './shape.ts'
import { formatTime, type Time } from './time.ts'
import type { Tags, Typed } from './value.ts'

export interface Row {
  readonly name: string
  /** All tags of a single point; the group's tags of a batch. */
  readonly tags: Tags
  /** One for a single point; any number for a batch. */
  readonly points: readonly Point[]
  /** Batches show the tags that are not the group's as columns; single points show fields only. */
  readonly isBatch: boolean
}

/** A column's value: a field, a tag as a string, null where the point has neither; the first column is the time. */
export type Cell = Typed | { readonly kind: 'time'; readonly value: Time }

export interface RowTable {
  readonly name: string
  readonly tags: Tags
  /** `time`, then field and tag names in order; empty for a batch without points. */
  readonly columns: readonly string[]
  /** A line for each point, a cell for each column. */
  readonly values: readonly (readonly Cell[])[]
}

const NULL: Typed = { kind: 'null', value: null }

export function rowOfPoint(p: Point): Row {
  return { name: p.series.name, tags: p.series.tags, points: [p], isBatch: false }
}

/** `tags` are those of the group. */
export function rowOfBatch(name: string, tags: Tags, points: readonly Point[]): Row {
  return { name, tags, points, isBatch: true }
}

/**
 * The columns' names: `time`, then those of the first point's fields and, in a batch, of its tags outside the group.
 * What only later points have is not shown. Empty when there are no points.
 */
export function rowColumns(row: Row): readonly string[] {
  const first = row.points[0]
  if (!first) return []
  const fields = first.shape.names
  if (!row.isBatch) return ['time', ...fields]
  const extra = first.series.keys.filter((k) => !Object.hasOwn(row.tags, k) && first.shape.slot(k) < 0)
  return extra.length === 0 ? ['time', ...fields] : ['time', ...[...fields, ...extra].sort()]
}

/** The row as a table, for templates. A field wins over a tag of its name. */
export function rowTable(row: Row): RowTable {
  const columns = rowColumns(row)
  const values = row.points.map((p) => columns.map((c, i): Cell => (i === 0 ? timeCell(p) : cellOf(p, c))))
  return { name: row.name, tags: row.tags, columns, values }
}

function timeCell(p: Point): Cell {
  return { kind: 'time', value: { sec: p.sec, ns: p.ns } }
}

function cellOf(p: Point, column: string): Typed {
  const at = p.shape.slot(column)
  if (at >= 0) return { kind: p.shape.kinds[at]!, value: p.values[at]! } as Typed
  const tag = p.series.tag(column)
  return tag === undefined ? NULL : { kind: 'string', value: tag }
}

/** Compact JSON, `{"name":…,"tags":{…},"columns":[…],"values":[[…],…]}`; empty parts are left out. */
export function rowJson(row: Row): string {
  const first = row.points[0]
  if (!row.isBatch && first) return pointJson(row, first)
  let text = ''
  if (row.name !== '') text += `,"name":${jsonString(row.name)}`
  const keys = Object.keys(row.tags).sort()
  if (keys.length > 0) {
    const vals = keys.map((k) => row.tags[k]!)
    text += `,"tags":${jsonTags(keys, vals)}`
  }
  if (first) {
    const columns = rowColumns(row)
    text += `,"columns":[${columns.map(jsonString).join(',')}],"values":[`
    for (let i = 0; i < row.points.length; i++)
      text += (i > 0 ? ',' : '') + lineJson(row.points[i]!, columns, first.shape)
    text += ']'
  }
  return `{${text.slice(1)}}`
}

/** `{"series":[…]}`; `{"series":null}` without rows. */
export function rowsJson(rows: readonly Row[]): string {
  return rows.length === 0 ? '{"series":null}' : `{"series":[${rows.map(rowJson).join(',')}]}`
}

/** One line of values; in shape order when the columns are just the fields of that shape. */
function lineJson(p: Point, columns: readonly string[], shape: Shape): string {
  if (p.shape === shape && columns.length === shape.names.length + 1) return fieldsJson(p)
  let text = `["${formatTime(p)}"`
  for (let i = 1; i < columns.length; i++) {
    const cell = cellOf(p, columns[i]!)
    text += `,${jsonValue(cell.kind, cell.value)}`
  }
  return `${text}]`
}

function fieldsJson(p: Point): string {
  const kinds = p.shape.kinds
  let text = `["${formatTime(p)}"`
  for (let i = 0; i < kinds.length; i++) text += `,${jsonValue(kinds[i]!, p.values[i]!)}`
  return `${text}]`
}

/** Texts that all points of a series or a shape share; they go when their series or shape goes. */
const heads = new WeakMap<Series, string>()
const columnLists = new WeakMap<Shape, string>()

function pointJson(row: Row, p: Point): string {
  let head = heads.get(p.series)
  if (head === undefined) {
    const { name, keys, vals } = p.series
    head = name === '' ? '' : `"name":${jsonString(name)},`
    if (keys.length > 0) head += `"tags":${jsonTags(keys, vals)},`
    heads.set(p.series, head)
  }
  let columns = columnLists.get(p.shape)
  if (columns === undefined) {
    columns = rowColumns(row).map(jsonString).join(',')
    columnLists.set(p.shape, columns)
  }
  return `{${head}"columns":[${columns}],"values":[${fieldsJson(p)}]}`
}
