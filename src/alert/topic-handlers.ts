// Handlers that users define for topics by name: their specs, checked and stored, and what topics call of them.
// Knows no HTTP and no queue.
import { Fault, messageOf } from '../base/fault.ts'
import { applyPatch, PatchError } from '../base/json-patch.ts'
import type { Logger } from '../base/logger.ts'
import { PathPattern } from '../base/path-match.ts'
import type { HandlerPolicies } from './handler-policies.ts'
import { type HandlerPolicy, splitPolicy } from './handler-policy.ts'
import type { HandlerSet } from './handler-set.ts'
import { matchOf } from './match.ts'
import type { AttachedHandler, Topics } from './topics.ts'

/** A handler of a topic as users define it. */
export interface HandlerSpec {
  readonly topic: string
  /** Unique in its topic. */
  readonly id: string
  readonly kind: string
  /** As it was given; null when nothing was. */
  readonly options: unknown
  /** An expression over the event; empty = every event. */
  readonly match: string
}

export interface HandlerSpecStore {
  all(): Iterable<HandlerSpec>
  /** Stores a spec, in place of the one that was called `replaces` in the same topic. Throws Fault. */
  save(spec: HandlerSpec, replaces?: string): void
  remove(topic: string, id: string): void
}

export interface TopicHandlersOptions {
  readonly topics: Topics
  readonly handlers: HandlerSet
  readonly store: HandlerSpecStore
  readonly logger: Logger
  /** Handlers of these kinds are taken and kept, but do nothing. */
  readonly disabled?: ReadonlySet<string>
  /** Is told what handlers say of grouping and mute times. */
  readonly policies?: HandlerPolicies
}

interface Defined {
  readonly spec: HandlerSpec
  readonly attached: AttachedHandler
  readonly policy: HandlerPolicy | undefined
  /** It can't work as the configuration is. */
  readonly broken?: boolean
}

const TOPIC = /^[-._\p{L}0-9:]+$/u
const ID = /^[-._\p{L}0-9]+$/u

export class TopicHandlers {
  readonly #o: TopicHandlersOptions
  readonly #topics = new Map<string, Map<string, Defined>>()

  constructor(o: TopicHandlersOptions) {
    this.#o = o
  }

  /** Takes up what is stored. A spec that can't work any more is logged and kept, but gets no events. */
  load(): number {
    let n = 0
    const topics = new Set<string>()
    for (const spec of this.#o.store.all()) {
      topics.add(spec.topic)
      try {
        this.#define(this.#ready(spec))
        n++
      } catch (e) {
        const { topic, id, kind } = spec
        this.#o.logger.error('a stored handler can not work', { topic, handler: id, kind, err: messageOf(e) })
        this.#define({ ...inert(spec), broken: true })
      }
    }
    for (const topic of topics) this.#attach(topic)
    return n
  }

  /** The configuration has changed: what could not work before is tried again. */
  retry(): void {
    const topics = new Set<string>()
    for (const specs of this.#topics.values()) {
      for (const { spec, broken } of [...specs.values()]) {
        if (!broken) continue
        try {
          this.#define(this.#ready(spec))
          topics.add(spec.topic)
        } catch {
          // It was told of when it was loaded.
        }
      }
    }
    for (const topic of topics) this.#attach(topic)
  }

  /** Specs of a topic in order of their ids; none for a topic that nobody knows. Throws BadPattern. */
  list(topic: string, pattern: string): readonly HandlerSpec[] {
    const wanted = pattern === '' ? undefined : new PathPattern(pattern)
    const specs = [...(this.#topics.get(topic)?.values() ?? [])].map((d) => d.spec)
    return specs.filter((s) => wanted?.matches(s.id) ?? true).sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** Throws Fault 404. */
  get(topic: string, id: string): HandlerSpec {
    const found = this.#topics.get(topic)?.get(id)
    if (!found) throw new Fault('handler-not-found', `unknown handler: ${JSON.stringify(id)}`, { status: 404 })
    return found.spec
  }

  /** `json` is the body of the request. Throws Fault when it is no handler or there is one of this id. */
  create(topic: string, json: unknown): HandlerSpec {
    const spec = readSpec(topic, json)
    return doing('create', () => {
      if (this.#topics.get(topic)?.has(spec.id)) {
        const text = `cannot register handler, handler with ID ${JSON.stringify(spec.id)} already exists`
        throw new Fault('handler-exists', text, { status: 409 })
      }
      return this.#put(spec, undefined)
    })
  }

  /** Replaces a handler wholly; another id in `json` renames it. */
  replace(topic: string, id: string, json: unknown): HandlerSpec {
    this.get(topic, id)
    const spec = readSpec(topic, json)
    return doing('update', () => {
      if (spec.id !== id && this.#topics.get(topic)?.has(spec.id)) {
        const text = `cannot rename handler, handler with ID ${JSON.stringify(spec.id)} already exists`
        throw new Fault('handler-exists', text, { status: 409 })
      }
      return this.#put(spec, id)
    })
  }

  /** `operations` is a JSON Patch over the handler's `{id, topic, kind, options, match}`. */
  patch(topic: string, id: string, operations: unknown): HandlerSpec {
    const { kind, options, match } = this.get(topic, id)
    let patched: unknown
    try {
      patched = applyPatch({ id, topic, kind, options, match }, operations)
    } catch (e) {
      if (!(e instanceof PatchError)) throw e
      throw new Fault('bad-patch', `failed to apply patch: ${e.message}`, { status: 400 })
    }
    const other = (patched as { topic?: unknown } | null)?.topic
    if (other !== undefined && other !== topic)
      throw new Fault('bad-handler', 'failed to update handler: cannot change topic in update', { status: 400 })
    return this.replace(topic, id, patched)
  }

  /** Also when there is none. */
  remove(topic: string, id: string): void {
    const specs = this.#topics.get(topic)
    if (!specs?.has(id)) return
    this.#o.store.remove(topic, id)
    this.#drop(topic, id)
    if (specs.size === 0) this.#topics.delete(topic)
    this.#attach(topic)
  }

  #define(defined: Defined): void {
    const { spec, attached, policy } = defined
    this.#of(spec.topic).set(spec.id, defined)
    const { declaration, options } = attached.handler
    this.#o.policies?.set(
      `${spec.topic}/${spec.id}`,
      policy && { ...policy, topic: spec.topic, kind: declaration.kind, options },
    )
  }

  #drop(topic: string, id: string): void {
    this.#topics.get(topic)?.delete(id)
    this.#o.policies?.set(`${topic}/${id}`, undefined)
  }

  #put(spec: HandlerSpec, replaces: string | undefined): HandlerSpec {
    const defined = this.#ready(spec)
    this.#o.store.save(spec, replaces)
    if (replaces !== undefined && replaces !== spec.id) this.#drop(spec.topic, replaces)
    this.#define(defined)
    this.#attach(spec.topic)
    return spec
  }

  #attach(topic: string): void {
    const all = [...(this.#topics.get(topic)?.values() ?? [])]
    all.sort((a, b) => (a.spec.id < b.spec.id ? -1 : 1))
    this.#o.topics.attach(
      topic,
      all.map((d) => d.attached),
    )
  }

  #of(topic: string): Map<string, Defined> {
    let specs = this.#topics.get(topic)
    if (!specs) {
      specs = new Map()
      this.#topics.set(topic, specs)
    }
    return specs
  }

  #ready(spec: HandlerSpec): Defined {
    if (this.#o.disabled?.has(spec.kind)) return inert(spec)
    const { options, policy } = splitPolicy(spec.options)
    const handler = this.#o.handlers.ofSpec(spec.kind, options)
    const publish = handler.declaration.publishes?.(handler.options)
    if (policy && (publish || handler.declaration.gatherMs))
      throw new Fault('bad-handler', `a handler of kind ${spec.kind} sends nothing that could be grouped or muted`, {
        status: 400,
      })
    const match = spec.match === '' ? undefined : matchOf(spec.match, this.#o.logger)
    return { spec, attached: { name: spec.id, handler, match, publish }, policy }
  }
}

function inert(spec: HandlerSpec): Defined {
  const nothing = () => Promise.reject(new Fault('inert', 'the handler can not work'))
  const declaration = { kind: spec.kind, doc: '', options: {}, limits: { timeoutMs: 0 }, send: nothing }
  const attached = { name: spec.id, handler: { declaration, options: {} }, match: () => false }
  return { spec, attached, policy: undefined }
}

/** Gives errors the words that the reference begins them with. */
function doing<T>(what: 'create' | 'update', run: () => T): T {
  try {
    return run()
  } catch (e) {
    if (!(e instanceof Fault)) throw e
    throw new Fault(e.code, `failed to ${what} handler: ${e.message}`, { status: e.status, cause: e })
  }
}

function readSpec(topic: string, json: unknown): HandlerSpec {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw badSpec('it must be an object')
  const { id = '', kind = '', options = null, match = '' } = json as Readonly<Record<string, unknown>>
  for (const [name, value] of Object.entries({ id: id ?? '', kind: kind ?? '', match: match ?? '' }))
    if (typeof value !== 'string') throw badSpec(`${name} must be text`)
  const spec = {
    topic,
    id: (id ?? '') as string,
    kind: (kind ?? '') as string,
    options,
    match: (match ?? '') as string,
  }
  const quoted = JSON.stringify(spec.id)
  if (!TOPIC.test(topic)) throw badSpec(`handler topic must contain only letters, numbers, '-', '.' and '_'. ${quoted}`)
  if (!ID.test(spec.id)) throw badSpec(`handler ID must contain only letters, numbers, '-', '.' and '_'. ${quoted}`)
  if (spec.kind === '') throw badSpec('handler Kind must not be empty')
  return spec
}

function badSpec(reason: string): Fault {
  return new Fault('bad-handler', `invalid handler spec: ${reason}`, { status: 400 })
}
