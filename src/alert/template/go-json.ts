/**
 * Go's encoding/json of template values: HTML-safe text, sorted map keys, struct members in declared order.
 * Must not know templates. What JSON cannot hold (NaN, infinities, functions) is a GoError.
 */
import { jsonString } from '../../base/go-json.ts'
import { formatFloatJson } from '../../base/go-number.ts'
import { GoDuration } from './go-duration.ts'
import { formatFloat } from './go-float.ts'
import { functionOfAny, GoError, type GoFunction } from './go-function.ts'
import { sortedKeys } from './go-print.ts'
import { GoStruct } from './go-struct.ts'
import { GoTime } from './go-time.ts'
import { fromBytes, toBytes } from './go-utf8.ts'
import { GoInt, GoMap, GoNamedInt, GoNamedString, GoSlice, type GoValue, type TemplateValue } from './go-value.ts'

/** A text as JSON that can stand in HTML; each byte of invalid UTF-8 becomes \ufffd. */
const jsonText = (text: string): string =>
  text.isWellFormed() ? jsonString(text) : jsonString(rejoined(text)).replaceAll(badByte, '\\ufffd')

/** Stands for a bad byte until the text is encoded, a character that no text is meant to hold. */
const badByte = '\ufdd0'

/** Raw bytes that belong together joined again, those that are left marked. */
const rejoined = (text: string): string => fromBytes(toBytes(text)).replace(/[\udc80-\udcff]/gu, badByte)

/** What becomes of NaN and infinities: Go's error, or the null that the rest of the product shows. */
export type NonFinite = 'error' | 'null'

/** A float as encoding/json writes it: exponents below 1e-6 and from 1e21 on, without a leading zero. */
const jsonFloat = (value: number, nonFinite: NonFinite = 'error'): string => {
  if (!Number.isFinite(value)) {
    if (nonFinite === 'null') return 'null'
    throw new GoError(`json: unsupported value: ${formatFloat(value, 'g', -1)}`)
  }
  return formatFloatJson(value)
}

const base64 = (slice: GoSlice): string => {
  const bytes = slice.items.map((item) => String.fromCharCode(Number((item as GoInt).value)))
  return `"${btoa(bytes.join(''))}"`
}

const timeJson = (time: GoTime): string => {
  try {
    return `"${time.json()}"`
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new GoError(`json: error calling MarshalJSON for type time.Time: ${error.message}`)
  }
}

const isEmpty = (value: TemplateValue): boolean => {
  if (value === null || value === '' || value === false || value === 0) return true
  if (value instanceof GoSlice) return value.items.length === 0
  if (value instanceof GoMap) return value.source.size === 0
  if (value instanceof GoInt || value instanceof GoDuration || value instanceof GoNamedInt) return value.value === 0
  return value instanceof GoNamedString && value.text === ''
}

const structJson = (struct: GoStruct, nonFinite: NonFinite): string => {
  let out = '{'
  for (const field of struct.of.jsonFields) {
    const value = field.get(struct.source)
    if (field.omitEmpty && isEmpty(value)) continue
    if (out !== '{') out += ','
    out += field.label + goJson(value, nonFinite)
  }
  return `${out}}`
}

const mapJson = (map: GoMap, nonFinite: NonFinite): string =>
  `{${sortedKeys(map)
    .map((key) => `${jsonText(key)}:${goJson(map.source.get(key) ?? null, nonFinite)}`)
    .join(',')}}`

const objectJson = (value: GoValue, nonFinite: NonFinite): string => {
  if (value instanceof GoInt || value instanceof GoDuration) return value.value.toString()
  if (value instanceof GoNamedInt) return value.textual ? jsonText(value.name) : value.value.toString()
  if (value instanceof GoNamedString) return jsonText(value.text)
  if (value instanceof GoTime) return timeJson(value)
  if (value instanceof GoMap) return mapJson(value, nonFinite)
  if (value instanceof GoStruct) return structJson(value, nonFinite)
  if (value instanceof GoSlice) {
    return value.elem === 'uint8' ? base64(value) : `[${value.items.map((item) => goJson(item, nonFinite)).join(',')}]`
  }
  if (value.kind === 'pointer') return '{}'
  throw new GoError(`json: unsupported type: ${value.type}`)
}

/** The value as json.Marshal writes it. Throws GoError. */
export const goJson = (value: TemplateValue, nonFinite: NonFinite = 'error'): string => {
  if (value === null) return 'null'
  if (typeof value === 'string') return jsonText(value)
  if (typeof value === 'number') return jsonFloat(value, nonFinite)
  return typeof value === 'boolean' ? String(value) : objectJson(value, nonFinite)
}

const trusted = (json: string): GoNamedString => new GoNamedString('template.JS', json)

/**
 * The functions `json` (the value as JSON and a newline) and `jsonCompact` (without the newline), for the templates
 * that have them. Their results are marked as JavaScript, so that a script in an html template takes them as they are.
 */
export const jsonFunctions = (nonFinite: NonFinite = 'error'): Readonly<Record<string, GoFunction>> => ({
  json: functionOfAny((value) => trusted(`${goJson(value, nonFinite)}\n`)),
  jsonCompact: functionOfAny((value) => trusted(goJson(value, nonFinite))),
})
