// Functions of many values to one that no single point stands for: count, sum, mean, median, mode, spread, stddev.
import { addInt, type Int, intToFloat, subInt } from '../../base/int64.ts'
import type { Time } from '../../base/time.ts'
import type { Kind, Value } from '../../base/value.ts'
import { type Aggregate, compareValues } from './aggregate.ts'

const same = (kind: Kind): Kind => kind
const toFloat = (): Kind => 'float'
const asFloat = (v: Value): number => intToFloat(v as Int)

type Count = { n: number }
export const count: Aggregate<Count> = {
  accepts: 'any',
  out: () => 'int',
  emptyOk: true,
  start: () => ({ n: 0 }),
  add(a) {
    a.n++
  },
  addMany(a, n) {
    a.n += n
  },
  value: (a) => a.n,
}

type Sum = { sum: number | bigint; int: boolean }
/** Int sums wrap at 64 bits. */
export const sum: Aggregate<Sum> = {
  accepts: 'number',
  out: same,
  emptyOk: true,
  start: (kind) => ({ sum: 0, int: kind === 'int' }),
  add(a, v) {
    a.sum = a.int ? addInt(a.sum, v as Int) : (a.sum as number) + (v as number)
  },
  value: (a) => a.sum,
}

type Mean = Sum & { n: number }
/** The mean of ints is their wrapped sum over their number. */
export const mean: Aggregate<Mean> = {
  accepts: 'number',
  out: toFloat,
  start: (kind) => ({ sum: 0, int: kind === 'int', n: 0 }),
  add(a, v) {
    a.n++
    a.sum = a.int ? addInt(a.sum, v as Int) : (a.sum as number) + (v as number)
  },
  value: (a) => intToFloat(a.sum) / a.n,
}

type Values = { values: Value[]; first: { sec: number; ns: number } | null }
const startValues = (): Values => ({ values: [], first: null })
function addValue(a: Values, v: Value, p: Time): void {
  a.first ??= { sec: p.sec, ns: p.ns }
  a.values.push(v)
}

/** The middle value; between the two middle ones of an even number. A single float keeps its time. */
export const median: Aggregate<Values> = {
  accepts: 'number',
  out: toFloat,
  start: startValues,
  add: addValue,
  results(a, kind) {
    const sorted = a.values.toSorted(compareValues)
    const n = sorted.length
    const mid = n >> 1
    if (n === 1) return [{ value: asFloat(sorted[0]!), ...(kind === 'float' ? { time: a.first! } : {}) }]
    if (n % 2 === 1) return [{ value: asFloat(sorted[mid]!) }]
    const low = sorted[mid - 1]!
    const high = sorted[mid]!
    const gap = kind === 'int' ? intToFloat(subInt(high as Int, low as Int)) : (high as number) - (low as number)
    return [{ value: asFloat(low) + gap / 2 }]
  },
}

type Timed = { values: Value[]; secs: number[]; nss: number[] }
/**
 * The most frequent value. Over the sorted values, a run of equals that grows takes over when it is longer than the
 * best so far, or as long and begun no later.
 */
export const mode: Aggregate<Timed> = {
  accepts: 'number',
  out: same,
  start: () => ({ values: [], secs: [], nss: [] }),
  add(a, v, p) {
    a.values.push(v)
    a.secs.push(p.sec)
    a.nss.push(p.ns)
  },
  results(a) {
    const order = a.values.map((_, i) => i).sort((i, j) => compareValues(a.values[i]!, a.values[j]!))
    const first = order[0]!
    if (order.length === 1) return [{ value: a.values[first]!, time: { sec: a.secs[first]!, ns: a.nss[first]! } }]
    const later = (i: number, j: number): boolean =>
      a.secs[i]! > a.secs[j]! || (a.secs[i] === a.secs[j] && a.nss[i]! > a.nss[j]!)
    let best = 0
    let bestAt = first
    let run = 0
    let runAt = first
    for (const i of order) {
      if (a.values[i] !== a.values[runAt]) {
        run = 1
        runAt = i
        continue
      }
      run++
      if (run > best || (run === best && !later(runAt, bestAt))) {
        best = run
        bestAt = i
      }
    }
    return [{ value: a.values[bestAt]! }]
  },
}

type Extremes = { min: Value; max: Value }
export const spread: Aggregate<Extremes> = {
  accepts: 'number',
  out: same,
  start: () => ({ min: null, max: null }),
  add(a, v) {
    if (a.min === null || v! < a.min) a.min = v
    if (a.max === null || v! > a.max) a.max = v
  },
  value: (a, kind) => (kind === 'int' ? subInt(a.max as Int, a.min as Int) : (a.max as number) - (a.min as number)),
}

/** The sample's standard deviation (n − 1); NaN for fewer than two values. */
export const stddev: Aggregate<Values> = {
  accepts: 'number',
  out: toFloat,
  start: startValues,
  add: addValue,
  value(a) {
    const n = a.values.length
    if (n < 2) return Number.NaN
    let average = 0
    a.values.forEach((v, i) => {
      average += (asFloat(v) - average) / (i + 1)
    })
    let squares = 0
    for (const v of a.values) squares += (asFloat(v) - average) ** 2
    return Math.sqrt(squares / (n - 1))
  },
}
