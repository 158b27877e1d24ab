// Profiles of the running server, at the paths of Go's profiler, in the formats of V8.
import Type, { type TObject } from 'typebox'
import { Fault } from '../../../base/fault.ts'
import { DEFAULT_SECONDS, MAX_SECONDS, PROFILE_KINDS } from '../../profiles/profiles.ts'
import type { Query } from '../query.ts'
import { defineRoute, streamed, text } from '../route.ts'
import { ErrorReply } from '../schemas.ts'

const tag = 'profiles'
const BASE = '/kapacitor/v1/debug/pprof'
const PLAIN = 'text/plain; charset=utf-8'
const BUSY = { 400: ErrorReply, 409: ErrorReply } as const
const FILE = Type.String({ format: 'binary' })

const SECONDS: TObject = Type.Object({
  seconds: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_SECONDS, description: `How long; ${DEFAULT_SECONDS} when not given.` }),
  ),
})

/** Throws Fault (400). */
function secondsOf(query: Query): number {
  const given = query.get('seconds')
  if (given === '') return DEFAULT_SECONDS
  const seconds = Number(given)
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds
  throw new Fault('bad-seconds', `seconds must be a whole number from 1 to ${MAX_SECONDS}`, { status: 400 })
}

export const profileIndex = defineRoute({
  method: 'GET',
  path: `${BASE}/`,
  summary: 'A page that lists the profiles.',
  tag,
  debug: true,
  replies: { 200: Type.String() },
  handle() {
    const items = PROFILE_KINDS.map((p) => `<li><a href="${p.name}">${p.name}</a>: ${p.doc}</li>\n`)
    const page = `<!DOCTYPE html>\n<html>\n<head><title>/debug/pprof/</title></head>\n<body>\n<ul>\n${items.join('')}</ul>\n</body>\n</html>\n`
    return text(200, 'text/html; charset=utf-8', page)
  },
})

export const cpuProfile = defineRoute({
  method: 'GET',
  path: `${BASE}/profile`,
  summary: 'What the server does with its processor time, as a .cpuprofile of V8. One at a time.',
  tag,
  debug: true,
  query: SECONDS,
  replies: { 200: FILE, ...BUSY },
  handle: (s, r) => streamed({ name: 'supercap.cpuprofile', stream: s.profiles.cpu(secondsOf(r.query)) }),
})

export const allocationProfile = defineRoute({
  method: 'GET',
  path: `${BASE}/allocs`,
  summary: 'Where memory is asked for, by samples, as a .heapprofile of V8. One at a time.',
  tag,
  debug: true,
  query: SECONDS,
  replies: { 200: FILE, ...BUSY },
  handle: (s, r) => streamed({ name: 'supercap.heapprofile', stream: s.profiles.allocations(secondsOf(r.query)) }),
})

/** Not for everybody: what the heap holds is in it, secrets too. */
export const heapSnapshot = defineRoute({
  method: 'GET',
  path: `${BASE}/heap`,
  summary:
    'All that the heap holds, as a .heapsnapshot of V8. The server stands still while it is taken, and needs up to twice the memory of the heap. One at a time.',
  tag,
  replies: { 200: FILE, 409: ErrorReply, 503: ErrorReply },
  handle: (s) => streamed({ name: 'supercap.heapsnapshot', ...s.profiles.heap() }),
})

export const commandLine = defineRoute({
  method: 'GET',
  path: `${BASE}/cmdline`,
  summary: 'The command line of the server, with a zero byte between its words.',
  tag,
  debug: true,
  replies: { 200: Type.String() },
  handle: () => text(200, PLAIN, process.argv.join('\u0000')),
})

export const symbols = defineRoute({
  method: 'GET',
  path: `${BASE}/symbol`,
  summary: 'Says that there are no symbols to look up: profiles have the names in them.',
  tag,
  debug: true,
  replies: { 200: Type.String() },
  handle: () => text(200, PLAIN, 'num_symbols: 0\n'),
})

export const activeResources = defineRoute({
  method: 'GET',
  path: `${BASE}/goroutine`,
  summary: 'What keeps the event loop at work, by kind: the nearest thing here to a list of goroutines.',
  tag,
  debug: true,
  replies: { 200: Type.String() },
  handle() {
    const counts = new Map<string, number>()
    const all = process.getActiveResourcesInfo()
    for (const kind of all) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    const lines = [...counts].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${n} ${kind}\n`)
    return text(200, PLAIN, `active resources: total ${all.length}\n${lines.join('')}`)
  },
})

export const executionTrace = defineRoute({
  method: 'GET',
  path: `${BASE}/trace`,
  summary: 'Says that there are no execution traces.',
  tag,
  debug: true,
  replies: { 501: ErrorReply },
  handle() {
    const why = 'this server has no execution traces: take a CPU profile, /debug/pprof/profile?seconds=30'
    throw new Fault('no-trace', why, { status: 501 })
  },
})

export const otherProfile = defineRoute({
  method: 'GET',
  path: `${BASE}/*`,
  shownPath: `${BASE}/{name}`,
  summary: 'Says which profiles there are.',
  tag,
  debug: true,
  replies: { 404: ErrorReply },
  handle(_s, r) {
    const there = PROFILE_KINDS.map((p) => p.name).join(', ')
    throw new Fault('no-profile', `unknown profile ${JSON.stringify(r.rest)}: there are ${there}`, { status: 404 })
  },
})
