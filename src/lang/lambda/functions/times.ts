// Functions on times. Parts of a time are those of the server's local zone.
import { type Time, unixNano } from '../../../base/time.ts'
import { contextSignature, type LambdaFunction, signature } from '../function.ts'

let lastSec = Number.NaN
let lastDate = new Date(0)

/** Points of one second follow each other, so the last date is kept. */
function local(t: Time): Date {
  if (t.sec !== lastSec) {
    lastDate = new Date(t.sec * 1000)
    lastSec = t.sec
  }
  return lastDate
}

function part(name: string, doc: string, get: (d: Date) => number): LambdaFunction {
  return { name, doc, examples: [], signatures: [signature(['time'], 'int', (t) => get(local(t)))] }
}

export const TIMES: readonly LambdaFunction[] = [
  {
    name: 'unixNano',
    doc: 'Nanoseconds since 1970.',
    examples: [],
    signatures: [signature(['time'], 'int', unixNano)],
  },
  part('minute', 'Minute, 0 to 59.', (d) => d.getMinutes()),
  part('hour', 'Hour, 0 to 23.', (d) => d.getHours()),
  part('weekday', 'Day of the week, 0 is Sunday.', (d) => d.getDay()),
  part('day', 'Day of the month, 1 to 31.', (d) => d.getDate()),
  part('month', 'Month, 1 to 12.', (d) => d.getMonth() + 1),
  part('year', 'Year.', (d) => d.getFullYear()),
  {
    name: 'now',
    doc: "The task's time: that of the data being processed, or the wall clock while it is live.",
    examples: [],
    needs: 'context',
    signatures: [contextSignature([], 'time', (context) => ({ sec: context.sec, ns: context.ns }))],
  },
]
