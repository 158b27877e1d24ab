// What incident services are told of an event beside its texts, and the same as an option of their service tests.

import { jsonValue } from '../../base/go-json.ts'
import type { Json } from '../../base/json-reader.ts'
import { compactJson, RawJson, type Writable } from '../../base/json-writer.ts'
import { alertRowsJson } from '../alert-json.ts'
import type { AlertEvent, EventFields } from '../event.ts'
import { mismatch, type TestOption, testOption } from './service-test.ts'

export interface EventParts {
  readonly name: string
  readonly taskName: string
  readonly tags: Readonly<Record<string, string>>
  /** Texts as they are, other values as JSON text. */
  readonly fields: Readonly<Record<string, string>>
  /** `{"series":…}` */
  readonly result: RawJson
}

/** The result of an event without data. */
export const NO_RESULT = new RawJson('{"series":null}')

export function resultOf(e: AlertEvent): RawJson {
  return new RawJson(alertRowsJson(e))
}

export function partsOf(e: AlertEvent): EventParts {
  return { name: e.name, taskName: e.taskName, tags: e.tags, fields: fieldTexts(e.fields), result: resultOf(e) }
}

function fieldTexts(fields: EventFields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([k, f]) => [k, f.kind === 'string' ? (f.value as string) : jsonValue(f.kind, f.value)]),
  )
}

export interface TestEventData {
  readonly Name: string
  readonly TaskName: string
  readonly Category: string
  readonly Group: string
  readonly Tags: Readonly<Record<string, string>>
  readonly Fields: Readonly<Record<string, Writable>>
  readonly Recoverable: boolean
  readonly Result: Writable
}

const eventDataOptions = (name: string) => ({
  Name: testOption.string(name),
  TaskName: testOption.string(),
  Category: testOption.string(),
  Group: testOption.string(),
  Tags: testOption.texts(),
  Fields: testOption.values(),
  Recoverable: testOption.bool(),
  Result: testOption.custom<Writable>({ series: null }, (json) => json as Writable),
})

/** The option `event_data` of a service test. */
export function eventDataOption(name: string): TestOption<TestEventData> {
  const options = eventDataOptions(name)
  const initial = Object.fromEntries(
    Object.entries(options).map(([k, o]) => [k, o.initial]),
  ) as unknown as TestEventData
  return testOption.custom<TestEventData>(initial, (json, before, where) => {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw mismatch(json, where, 'alert.EventData')
    const given = new Map(Object.entries(json as { [key: string]: Json }).map(([k, v]) => [k.toLowerCase(), v]))
    const decoded = Object.entries(options).map(([key, o]) => {
      const old = before[key as keyof TestEventData]
      const value = given.get(key.toLowerCase())
      const decode = o.decode as TestOption<unknown>['decode']
      return [key, value === undefined || value === null ? old : decode(value, old, `${where}.${key}`)]
    })
    return Object.fromEntries(decoded) as TestEventData
  })
}

export function partsOfTest(d: TestEventData): EventParts {
  return {
    name: d.Name,
    taskName: d.TaskName,
    tags: d.Tags,
    fields: Object.fromEntries(
      Object.entries(d.Fields).map(([k, v]) => [k, typeof v === 'string' ? v : compactJson(v)]),
    ),
    result: new RawJson(compactJson(d.Result)),
  }
}
