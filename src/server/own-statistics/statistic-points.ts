// Statistics as points that tasks can read: the name is the measurement, numbers are integer fields but for those that
// are measured in fractions.
import { Point } from '../../base/point.ts'
import { seriesOf } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import type { Time } from '../../base/time.ts'
import type { Kind, Value } from '../../base/value.ts'
import type { Statistic } from './statistics.ts'

/** A field has one kind, whatever its value is at the moment. */
const FRACTIONS = new Set(['uptime'])

/** Undefined when the statistic has no figure. */
export function statisticPoint(
  { name, tags, values }: Statistic,
  db: string,
  rp: string,
  own: Readonly<Record<string, string>>,
  at: Time,
): Point | undefined {
  const names: string[] = []
  const kinds: Kind[] = []
  const figures: Value[] = []
  for (const key of Object.keys(values).sort()) {
    const value = values[key]
    const kind = kindOf(key, value)
    if (kind === undefined) continue
    names.push(key)
    kinds.push(kind)
    figures.push(value as Value)
  }
  if (names.length === 0) return undefined
  // A tag without a value is none.
  const given = Object.entries({ ...tags, ...own }).filter(([, v]) => v !== '')
  const series = seriesOf(db, rp, name, Object.fromEntries(given))
  return new Point(series, makeShape(names, kinds), figures, at.sec, at.ns)
}

function kindOf(key: string, value: unknown): Kind | undefined {
  switch (typeof value) {
    case 'number':
      return FRACTIONS.has(key) || !Number.isSafeInteger(value) ? 'float' : 'int'
    case 'bigint':
      return 'int'
    case 'boolean':
      return 'bool'
    case 'string':
      return 'string'
    default:
      return undefined
  }
}
