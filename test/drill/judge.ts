// What is wrong with what arrived, given what was acknowledged. Knows nothing of servers.
import type { Arrival } from './failing-sink.ts'
import { HANDLERS } from './failing-sink.ts'

export interface Report {
  readonly acknowledged: number
  readonly requests: number
  /** Times that a notification was taken once more. */
  readonly repeats: number
  readonly faults: readonly string[]
}

/** `acknowledged`: by alert id, the events `N/ATTEMPT` that a write was answered for. */
export function judge(acknowledged: ReadonlyMap<string, readonly string[]>, arrivals: readonly Arrival[]): Report {
  const faults: string[] = []
  /** First arrivals by handler and id, in order. */
  const taken = new Map<string, Map<string, string>>()
  const owners = new Map<string, string>()
  let repeats = 0
  for (const a of arrivals) {
    const what = `${a.handler} ${a.id} ${a.event}`
    const owner = owners.get(a.key)
    if (a.key === '') faults.push(`${what} came without a key`)
    else if (owner === undefined) owners.set(a.key, what)
    else if (owner !== what) faults.push(`${what} came under the key of ${owner}`)
    if (!a.taken) continue
    const place = `${a.handler} ${a.id}`
    let events = taken.get(place)
    if (!events) taken.set(place, (events = new Map()))
    const key = events.get(a.event)
    if (key === undefined) events.set(a.event, a.key)
    else if (key === a.key) repeats++
    else faults.push(`${what} was repeated under another key: ${key}, ${a.key}`)
  }
  for (const [place, events] of taken) {
    const sorted = [...events.keys()].sort(byNumber)
    const wrong = [...events.keys()].findIndex((e, i) => e !== sorted[i])
    if (wrong >= 0)
      faults.push(`${place}: out of order: ${[...events.keys()].slice(Math.max(0, wrong - 1), wrong + 3)}`)
  }
  let count = 0
  for (const [id, events] of acknowledged) {
    count += events.length
    for (const handler of HANDLERS)
      for (const event of events)
        if (!taken.get(`${handler} ${id}`)?.has(event)) faults.push(`${handler} ${id} ${event} is missing`)
  }
  return { acknowledged: count, requests: arrivals.length, repeats, faults }
}

function byNumber(a: string, b: string): number {
  const [n, attempt] = a.split('/').map(Number) as [number, number]
  const [m, other] = b.split('/').map(Number) as [number, number]
  return n - m || attempt - other
}
