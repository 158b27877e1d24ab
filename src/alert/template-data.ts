// What templates see: Go's structs over our events. Three for the alert node (id, message, details), one for the
// templates of handlers, one for the body and URL of the post handler. Knows no template text.

import type { Int } from '../base/int64.ts'
import type { Row } from '../base/row-json.ts'
import { rowColumns, rowTable } from '../base/row-json.ts'
import type { Time } from '../base/time.ts'
import type { Kind, Tags, Value } from '../base/value.ts'
import type { AlertEvent, EventFields } from './event.ts'
import { type Level, levelWord } from './level.ts'
import { GoDuration } from './template/go-duration.ts'
import { structType } from './template/go-struct.ts'
import { GoTime } from './template/go-time.ts'
import { GoMap, GoNamedInt, GoSlice, int64, type MapSource, type TemplateValue } from './template/go-value.ts'

export interface ServerNames {
  readonly hostname: string
  readonly clusterId: string
  readonly serverId: string
}

export interface IdData {
  readonly name: string
  readonly taskName: string
  /** `nil` when ungrouped. */
  readonly group: string
  readonly tags: Tags
  readonly server: ServerNames
}

export interface MessageData extends IdData {
  readonly id: string
  readonly fields: EventFields
  readonly level: Level
  readonly time: Time
  readonly duration: Int
}

export interface DetailsData extends MessageData {
  readonly message: string
}

/** A field's value with its Go type. */
export function goValue(kind: Kind, value: Value): TemplateValue {
  if (value === null) return null
  if (kind === 'int') return int64(value as Int)
  if (kind === 'duration') return new GoDuration(value as Int)
  return value as TemplateValue
}

export function tagMap(tags: Tags): GoMap {
  const source: MapSource = {
    get size() {
      return Object.keys(tags).length
    },
    get: (key) => (Object.hasOwn(tags, key) ? tags[key] : undefined),
    keys: () => Object.keys(tags),
  }
  return new GoMap('string', source)
}

export function fieldMap(fields: EventFields): GoMap {
  const source: MapSource = {
    get size() {
      return Object.keys(fields).length
    },
    get: (key) => {
      const f = Object.hasOwn(fields, key) ? fields[key] : undefined
      return f && goValue(f.kind, f.value)
    },
    keys: () => Object.keys(fields),
  }
  return new GoMap('interface {}', source)
}

export function goTime(t: Time): GoTime {
  return new GoTime(t.sec, t.ns)
}

const serverInfo = structType<ServerNames>('kapacitor.serverInfo', [
  { name: 'Hostname', get: (s) => s.hostname },
  { name: 'ClusterID', get: (s) => s.clusterId },
  { name: 'ServerID', get: (s) => s.serverId },
])

const idInfo = structType<IdData>('kapacitor.idInfo', [
  { name: 'Name', get: (d) => d.name },
  { name: 'TaskName', get: (d) => d.taskName },
  { name: 'Group', get: (d) => d.group },
  { name: 'Tags', get: (d) => tagMap(d.tags) },
  { name: 'ServerInfo', get: (d) => serverInfo.of(d.server) },
])

const messageInfo = structType<MessageData>('kapacitor.messageInfo', [
  { name: 'idInfo', embed: idInfo.type, get: (d) => d },
  { name: 'ID', get: (d) => d.id },
  { name: 'Fields', get: (d) => fieldMap(d.fields) },
  { name: 'Level', get: (d) => levelWord(d.level) },
  { name: 'Time', get: (d) => goTime(d.time) },
  { name: 'Duration', get: (d) => new GoDuration(d.duration) },
])

const detailsInfo = structType<DetailsData>('kapacitor.detailsInfo', [
  { name: 'messageInfo', embed: messageInfo.type, get: (d) => d },
  { name: 'Message', get: (d) => d.message },
])

export const idTemplateData = (d: IdData): TemplateValue => idInfo.of(d)
export const messageTemplateData = (d: MessageData): TemplateValue => messageInfo.of(d)
export const detailsTemplateData = (d: DetailsData): TemplateValue => detailsInfo.of(d)

const handlerInfo = structType<AlertEvent>('alert.TemplateData', [
  { name: 'ID', get: (e) => e.id },
  { name: 'Message', get: (e) => e.message },
  { name: 'Level', get: (e) => levelWord(e.level) },
  { name: 'Time', get: (e) => goTime(e.time) },
  { name: 'Duration', get: (e) => new GoDuration(e.duration) },
  { name: 'Details', get: (e) => e.details },
  { name: 'Name', get: (e) => e.name },
  { name: 'TaskName', get: (e) => e.taskName },
  { name: 'Group', get: (e) => e.group },
  { name: 'Tags', get: (e) => tagMap(e.tags) },
  { name: 'Fields', get: (e) => fieldMap(e.fields) },
])

/** For templates in a handler's options. The group is raw: empty when ungrouped. */
export const handlerTemplateData = (e: AlertEvent): TemplateValue => handlerInfo.of(e)

const rowInfo = structType<Row>('models.Row', [
  { name: 'Name', json: 'name', omitEmpty: true, get: (r) => r.name },
  { name: 'Tags', json: 'tags', omitEmpty: true, get: (r) => tagMap(r.tags) },
  {
    name: 'Columns',
    json: 'columns',
    omitEmpty: true,
    get: (r) => new GoSlice('string', rowColumns(r)),
  },
  {
    name: 'Values',
    json: 'values',
    omitEmpty: true,
    get: (r) =>
      new GoSlice(
        '[]interface {}',
        rowTable(r).values.map(
          (line) =>
            new GoSlice(
              'interface {}',
              line.map((c) => (c.kind === 'time' ? goTime(c.value) : goValue(c.kind, c.value))),
            ),
        ),
      ),
  },
])

const resultInfo = structType<AlertEvent>('models.Result', [
  {
    name: 'Series',
    json: 'series',
    get: (e) =>
      new GoSlice(
        '*models.Row',
        [e.data, ...(e.moreData ?? [])].map((d) => rowInfo.of(d)),
      ),
  },
])

const levelValue = (level: Level): GoNamedInt => new GoNamedInt('alert.Level', level, levelWord(level), true)

const alertInfo = structType<AlertEvent>('alert.Data', [
  { name: 'ID', json: 'id', get: (e) => e.id },
  { name: 'Message', json: 'message', get: (e) => e.message },
  { name: 'Details', json: 'details', get: (e) => e.details },
  { name: 'Time', json: 'time', get: (e) => goTime(e.time) },
  { name: 'Duration', json: 'duration', get: (e) => new GoDuration(e.duration) },
  { name: 'Level', json: 'level', get: (e) => levelValue(e.level) },
  { name: 'Data', json: 'data', get: (e) => resultInfo.of(e) },
  { name: 'PreviousLevel', json: 'previousLevel', get: (e) => levelValue(e.previousLevel) },
  { name: 'Recoverable', json: 'recoverable', get: (e) => e.recoverable },
])

/** For the URL and the body of a post. */
export const alertTemplateData = (e: AlertEvent): TemplateValue => alertInfo.of(e)

const postRow = structType<Row>('kapacitor.row', [
  { name: 'Name', get: (r) => r.name },
  { name: 'Tags', get: (r) => tagMap(r.tags) },
  {
    name: 'Values',
    get: (r) => {
      const table = rowTable(r)
      return new GoSlice(
        'map[string]interface {}',
        table.values.map((line) => {
          const cells = new Map<string, TemplateValue>()
          line.forEach((c, i) => {
            cells.set(table.columns[i]!, c.kind === 'time' ? goTime(c.value) : goValue(c.kind, c.value))
          })
          return new GoMap('interface {}', cells)
        }),
      )
    },
  },
])

/** For the URL and the row template of the httpPost node: name, tags, and each line as a map from column to value. */
export const rowTemplateData = (r: Row): TemplateValue => postRow.of(r)
