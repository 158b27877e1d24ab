// What a topic handler's options say of when and how it is told, whatever its kind: grouping and mute times. They are
// taken out of the options before the kind reads the rest. Knows nothing of kinds.
import { parseDuration, parseGoDuration } from '../base/duration.ts'
import { Fault } from '../base/fault.ts'
import type { Int } from '../base/int64.ts'
import { type MuteTime, readMuteTimes } from './mute-times.ts'
import { templateFlaw } from './template-cache.ts'

/** One digest for all alerts that share the values of some tags. Nanoseconds. */
export interface Grouping {
  /** Names of tags; none = one group for all; `*` = all tags of the event. */
  readonly by: readonly string[]
  /** From the first event of a new group to its first digest. */
  readonly waitNs: Int
  /** From a digest to the next one that has something new to tell. */
  readonly intervalNs: Int
  /** From a digest to its repetition while something is not OK; 0 = never. */
  readonly repeatNs: Int
  /** Templates of the digest's texts. */
  readonly message: string
  readonly details: string
}

export interface HandlerPolicy {
  readonly grouping: Grouping | undefined
  readonly mute: readonly MuteTime[]
}

export const DEFAULT_DIGEST =
  '{{ .Level }}: {{ .Active }} active{{ if .Recovered }}, {{ .Recovered }} recovered{{ end }}' +
  '{{ range $tag, $value := .Tags }} {{ $tag }}={{ $value }}{{ end }}'
export const DEFAULT_DIGEST_DETAILS = '{{ range .Events }}{{ .Level }} {{ .Message }}\n{{ end }}'

const SECOND = 1_000_000_000

interface Split {
  /** What is left for the kind. */
  readonly options: unknown
  readonly policy: HandlerPolicy | undefined
}

/** Names of the options, in every spelling in which options may be written. */
const OPTIONS = {
  'group-by': 'by',
  'group-wait': 'wait',
  'group-interval': 'interval',
  'repeat-interval': 'repeat',
  digest: 'message',
  'digest-details': 'details',
  mute: 'mute',
} as const
type Part = (typeof OPTIONS)[keyof typeof OPTIONS]

/** Throws Fault 400 with what is wrong. */
export function splitPolicy(options: unknown): Split {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return { options, policy: undefined }
  const rest: Record<string, unknown> = {}
  const given = new Map<Part, unknown>()
  for (const [key, value] of Object.entries(options)) {
    const name = key.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase()
    if (Object.hasOwn(OPTIONS, name)) {
      if (value !== null) given.set(OPTIONS[name as keyof typeof OPTIONS], value)
    } else rest[key] = value
  }
  if (given.size === 0) return { options, policy: undefined }
  const mute = given.get('mute')
  const policy = {
    grouping: groupingOf(given),
    mute: mute === undefined ? [] : reading('mute', () => readMuteTimes(mute)),
  }
  return { options: rest, policy }
}

function groupingOf(given: ReadonlyMap<Part, unknown>): Grouping | undefined {
  const others = [...given.keys()].some((part) => part !== 'mute')
  if (!others) return undefined
  const by = given.get('by') ?? []
  return {
    by: reading('group-by', () => names(by)),
    waitNs: reading('group-wait', () => duration(given.get('wait'), 30 * SECOND)),
    intervalNs: reading('group-interval', () => duration(given.get('interval'), 300 * SECOND)),
    repeatNs: reading('repeat-interval', () => duration(given.get('repeat'), 0)),
    message: reading('digest', () => template(given.get('message'), DEFAULT_DIGEST)),
    details: reading('digest-details', () => template(given.get('details'), DEFAULT_DIGEST_DETAILS)),
  }
}

function reading<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (e) {
    throw new Fault('bad-handler-options', `"${name}" ${(e as Error).message}`, { status: 400 })
  }
}

function names(json: unknown): readonly string[] {
  if (!Array.isArray(json) || !json.every((x) => typeof x === 'string')) throw new Error('must be a list of tags')
  return json as string[]
}

function duration(json: unknown, initial: Int): Int {
  if (json === undefined) return initial
  const whole = typeof json === 'number' && Number.isSafeInteger(json) ? json : undefined
  const parsed = typeof json === 'string' ? (parseDuration(json) ?? parseGoDuration(json)) : whole
  if (parsed === undefined || parsed < 0) throw new Error('must be a duration: text such as "30s", or nanoseconds')
  return parsed
}

function template(json: unknown, initial: string): string {
  if (json === undefined) return initial
  if (typeof json !== 'string') throw new Error('must be text')
  const flaw = templateFlaw('digest', json)
  if (flaw !== undefined) throw new Error(`is no template: ${flaw}`)
  return json
}
