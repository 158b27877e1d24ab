// A slow line protocol reader for tests only: one regular expression per part, each byte a character, no caches.
// It says what the rules are in another way than the parser does, so that both can be held against each other.
import type { Point } from '../point.ts'
import { unixNano } from '../time.ts'
import type { Kind, Value } from '../value.ts'

export interface NaivePoint {
  readonly name: string
  readonly tags: readonly (readonly [string, string])[]
  readonly fields: readonly (readonly [string, Kind, Value])[]
  /** Nanoseconds since 1970; undefined when the line has no timestamp. */
  readonly nanos: bigint | undefined
}

/** A parsed point in the form that this reader gives. */
export function naiveOf(p: Point): NaivePoint {
  return {
    name: p.series.name,
    tags: p.series.keys.map((k, i) => [k, p.series.vals[i]!] as const),
    fields: p.shape.names.map((n, i) => [n, p.shape.kinds[i]!, p.values[i]!] as const),
    nanos: BigInt(unixNano(p)),
  }
}

const UNITS: Readonly<Record<string, bigint>> = {
  u: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}
const MEASUREMENT = /[^,](?:[^, ]|(?<=\\)[, ])*(?<!\\)(?=[, ])/y
const TAG = /,([^ ,=](?:[^ ,=]|(?<=\\)[ ,=])*)(?<!\\)=([^ ,](?:[^ ,=]|(?<=\\)[ ,=])*)(?<!\\)(?=[ ,])/y
const BLANKS = /[ \t\0]*/y
const FIELD = /((?:\\.|[^\\=, ])+)=("(?:\\.|[^"\\])*"(?:(?:\\.|[^\\", =])*"(?:\\.|[^"\\])*")*|[^", ][^, ]*)(?=[, ]|$)/sy
const STAMP = /(?: [ \t\0]*(?:(-?[0-9]+) *)?)?$/y

/** The points of a body, or the texts of the lines that are none. */
export function parseNaively(body: Uint8Array, precision: string): { points: NaivePoint[]; bad: string[] } {
  const points: NaivePoint[] = []
  const bad: string[] = []
  let rest = ''
  for (const c of body) rest += String.fromCharCode(c)
  while (rest !== '') {
    const line = firstLine(rest)
    rest = rest.slice(line.length + 1)
    const text = line.replace(/^[ \t\0]+/, '')
    if (text === '' || text.startsWith('#')) continue
    const point = parseLine(text, UNITS[precision] ?? 1n)
    if (point) points.push(point)
    else bad.push(text)
  }
  return { points, bad }
}

function firstLine(text: string): string {
  if (/^[ \t\0]*#/.test(text)) return /^[^\n]*/.exec(text)![0]
  let fields = false
  let quoted = false
  let equals = 0
  let commas = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '\\' && i + 2 < text.length) {
      i++
      continue
    }
    if (c === '\n' && !quoted) return text.slice(0, i)
    if (c === ' ') fields = true
    if (fields && c === '"' && equals > commas) quoted = !quoted
    if (fields && !quoted && c === '=') equals++
    if (fields && !quoted && c === ',') commas++
  }
  return text
}

function parseLine(line: string, unit: bigint): NaivePoint | undefined {
  let at = 0
  const next = (r: RegExp): RegExpExecArray | null => {
    r.lastIndex = at
    const m = r.exec(line)
    if (m) at = r.lastIndex
    return m
  }
  const measurement = next(MEASUREMENT)
  if (!measurement) return undefined
  const tags: [string, string][] = []
  for (let m = next(TAG); m; m = next(TAG))
    tags.push([decode(unescaped(m[1]!, ',= ')), decode(unescaped(m[2]!, ',= '))])
  if (line[at] !== ' ' || new Set(tags.map((t) => t[0])).size < tags.length) return undefined
  const keyBytes = at
  next(BLANKS)
  const fields = new Map<string, readonly [Kind, Value]>()
  do {
    if (fields.size > 0) at++
    const m = next(FIELD)
    if (!m) return undefined
    const value = parseValue(m[2]!)
    if (!value || keyBytes + 4 + m[1]!.length > 65_535) return undefined
    const name = decode(unescaped(m[1]!, ',= "'))
    fields.set(name, value)
  } while (line[at] === ',')
  const stamp = next(STAMP)
  if (!stamp) return undefined
  let nanos: bigint | undefined
  if (stamp[1] !== undefined) {
    nanos = BigInt(stamp[1]) * unit
    if (nanos > 2n ** 63n - 2n || nanos < -(2n ** 63n - 2n)) return undefined
  }
  return {
    name: decode(unescaped(measurement[0], ',= "')),
    tags: tags.sort((a, b) => (a[0] < b[0] ? -1 : 1)),
    fields: [...fields].map(([n, [k, v]]) => [n, k, v] as const).sort((a, b) => (a[0] < b[0] ? -1 : 1)),
    nanos,
  }
}

function parseValue(text: string): readonly [Kind, Value] | undefined {
  if (text.startsWith('"')) return ['string', decode(unescaped(text.slice(1, -1), '"\\'))]
  if (/^(?:t|T|true|True|TRUE)$/.test(text)) return ['bool', true]
  if (/^(?:f|F|false|False|FALSE)$/.test(text)) return ['bool', false]
  if (/^-?[0-9]+i$/.test(text)) {
    const n = BigInt(text.slice(0, -1))
    if (BigInt.asIntN(64, n) !== n) return undefined
    return ['int', Number.isSafeInteger(Number(n)) ? Number(n) : n]
  }
  if (!/^-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text)) return undefined
  const f = Number(text)
  return Number.isFinite(f) ? ['float', f] : undefined
}

function unescaped(text: string, which: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\' && i + 1 < text.length && which.includes(text[i + 1]!)) i++
    out += text[i]
  }
  return out
}

function decode(bytes: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)))
}
