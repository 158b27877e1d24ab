// Plain data: what a node's state may consist of, and its text form. Everything in a cell survives a restart
// because it is made of nothing else. Points are plain too; their series and shape are written out and interned again.
import { Point } from './point.ts'
import { PointRows } from './rows.ts'
import { seriesOf } from './series.ts'
import { makeShape } from './shape.ts'
import type { Kind, Value } from './value.ts'

/** An object of the engine that state may refer to; it writes out what is needed to find it again. */
export interface PlainRef {
  readonly plainRef: 'group'
  readonly plain: Plain
}

/** JSON plus bigint, NaN, ±Infinity, −0, undefined members (left out) and Points. No Map, Date, class or function. */
export type Plain =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Point
  | PointRows
  | PlainRef
  | readonly Plain[]
  | { readonly [key: string]: Plain }

/** Sets a member of any name: by assignment `__proto__` would be none. */
function put<V>(o: Record<string, V>, key: string, value: V): void {
  if (key === '__proto__')
    Object.defineProperty(o, key, { value, enumerable: true, configurable: true, writable: true })
  else o[key] = value
}

/** Marks that stand for what JSON has no form for; a key that begins with `$` is escaped by one more. */
function encode(v: Plain): unknown {
  switch (typeof v) {
    case 'number':
      if (Number.isFinite(v)) return Object.is(v, -0) ? { $n: '-0' } : v
      return { $n: String(v) }
    case 'bigint':
      return { $i: v.toString() }
    case 'object': {
      if (v === null) return null
      if (Array.isArray(v)) return v.map(encode)
      if (v instanceof Point) {
        const s = v.series
        return { $p: [s.db, s.rp, s.name, s.tags, v.shape.names, v.shape.kinds, v.values.map(encode), v.sec, v.ns] }
      }
      if (v instanceof PointRows) return { $r: v.toArray().map(encode) }
      if ('plainRef' in v && v.plainRef === 'group') return { $g: encode(v.plain as Plain) }
      const o: Record<string, unknown> = {}
      for (const [k, x] of Object.entries(v as { readonly [key: string]: Plain }))
        if (x !== undefined) put(o, k.startsWith('$') ? `$${k}` : k, encode(x))
      return o
    }
    case 'undefined':
      return null
    default:
      return v
  }
}

/** Finds or makes the group that a PlainRef described. */
export type Revive = (plain: Plain) => PlainRef

function decode(v: unknown, revive: Revive | undefined): Plain {
  if (typeof v !== 'object' || v === null) return v as Plain
  if (Array.isArray(v)) return v.map((x) => decode(x, revive))
  const o = v as Record<string, unknown>
  if (typeof o.$n === 'string') return Number(o.$n)
  if (typeof o.$i === 'string') return BigInt(o.$i)
  if (Array.isArray(o.$p)) {
    const [db, rp, name, tags, names, kinds, values, sec, ns] = o.$p as [
      string,
      string,
      string,
      Record<string, string>,
      string[],
      Kind[],
      unknown[],
      number,
      number,
    ]
    return new Point(
      seriesOf(db, rp, name, tags),
      makeShape(names, kinds),
      values.map((x) => decode(x, revive)) as Value[],
      sec,
      ns,
    )
  }
  if (Array.isArray(o.$r)) return new PointRows(o.$r.map((x) => decode(x, revive)) as Point[])
  if ('$g' in o) {
    if (!revive) throw new SyntaxError('state refers to a group where there are none')
    return revive(decode(o.$g, revive))
  }
  const out: Record<string, Plain> = {}
  for (const [k, x] of Object.entries(o)) put(out, k.startsWith('$$') ? k.slice(1) : k, decode(x, revive))
  return out
}

/** The JSON text of plain data. */
export function plainToText(v: Plain): string {
  return JSON.stringify(encode(v))
}

/** The plain data of a text that `plainToText` wrote; throws SyntaxError on anything else. */
export function plainFromText(text: string, revive?: Revive): Plain {
  return decode(JSON.parse(text), revive)
}
