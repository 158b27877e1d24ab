// What an alert handler is: one declaration, from which follow the script's method, the topic handler's options, the
// configuration section and the service test. Knows nothing of queues, topics or single handlers.
import type { Fault } from '../../base/fault.ts'
import { arg, type Fields, type ObjectSpec } from '../../lang/fields.ts'
import type { DeliveryEvent } from '../delivery-event.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { type ConfigOf, type ConfigSection, initialConfig } from './config-section.ts'
import type { OptionSpecs, OptionsOf } from './option.ts'
import type { TestOptions, TestOptionsOf } from './service-test.ts'

/** What a receiver answered, for people: kept with the event's receipt. */
export interface Receipt {
  readonly answer?: string
}

export interface Limits {
  /** Milliseconds until one try is given up. */
  readonly timeoutMs: number
  /** Milliseconds after which a notification that keeps failing becomes a dead letter; 1 h when not given. */
  readonly retryForMs?: number
  /** Most events that `sendMany` gets at once; 1,024 when not given. */
  readonly batch?: number
  /** And most characters that they take in the outbox; 512 Ki when not given. One event goes whatever its size. */
  readonly batchChars?: number
}

/** The method of scripts that adds the handler to an alert node. */
export interface ScriptMethod {
  readonly name: string
  /** Options that positional arguments set; all of them texts. */
  readonly args?: readonly string[]
  /** The option that further arguments go to. */
  readonly rest?: string
  /** Fewer arguments are allowed down to this many. */
  readonly min?: number
}

/** A declaration whose types have been forgotten: what topics, queues and the server work with. */
export interface HandlerDeclaration {
  /** Name in topic handlers: `slack`, `smtp`. */
  readonly kind: string
  /** Sentence or two of documentation. */
  readonly doc: string
  /** Absent when scripts can't name it. */
  readonly method?: ScriptMethod
  readonly options: OptionSpecs
  /** Options that a topic handler's JSON names are passed over, whatever they are. */
  readonly ignoresOptions?: boolean
  readonly config?: ConfigSection
  readonly limits: Limits
  /** Reason why a script can't be, found when it is evaluated. */
  readonly scriptCheck?: (options: Readonly<Record<string, unknown>>) => string | undefined
  /** Reason why a handler can't work, found when the task starts or the topic handler is defined. */
  readonly check?: (options: Readonly<Record<string, unknown>>, config: unknown) => string | undefined
  /** One try. Rejects with a DeliveryFault, or with any error: then it isn't tried again. */
  send(
    event: DeliveryEvent,
    options: Readonly<Record<string, unknown>>,
    config: unknown,
    io: HandlerIo,
  ): Promise<Receipt>
  /** Sends several events at once, in order; all arrive or none counts as arrived. */
  readonly sendMany?: (
    events: readonly DeliveryEvent[],
    options: Readonly<Record<string, unknown>>,
    config: unknown,
    io: HandlerIo,
  ) => Promise<Receipt>
  /** Gathers what comes for so many milliseconds before it is sent together. */
  readonly gatherMs?: (options: Readonly<Record<string, unknown>>) => number
  /** Topics that get each event at once, in the same commit; then nothing is sent. */
  readonly publishes?: (options: Readonly<Record<string, unknown>>) => readonly string[]
  /** The service test of the handler's section; absent when there is none. */
  readonly test?: {
    /** The options with their defaults, some of them from the configuration. */
    options(config: unknown): TestOptions
    /** Sends what the options say. Rejects when it does not arrive. */
    send(options: Readonly<Record<string, unknown>>, config: unknown, io: HandlerIo): Promise<unknown>
  }
}

type ConfigFor<C> = C extends { readonly fields: infer F }
  ? C extends { readonly list: object }
    ? readonly ConfigOf<F>[]
    : ConfigOf<F>
  : undefined

export function defineHandler<
  const O extends Readonly<Record<string, unknown>>,
  const C extends ConfigSectionLike | undefined = undefined,
  const T extends Readonly<Record<string, unknown>> = never,
>(
  d: Omit<
    HandlerDeclaration,
    'options' | 'config' | 'method' | 'scriptCheck' | 'check' | 'send' | 'sendMany' | 'gatherMs' | 'publishes' | 'test'
  > & {
    readonly options: O
    readonly config?: C
    readonly method?: Omit<ScriptMethod, 'args' | 'rest'> & {
      readonly args?: readonly (keyof O & string)[]
      readonly rest?: keyof O & string
    }
    readonly scriptCheck?: (options: OptionsOf<O>) => string | undefined
    readonly check?: (options: OptionsOf<O>, config: ConfigFor<C>) => string | undefined
    readonly gatherMs?: (options: OptionsOf<O>) => number
    readonly publishes?: (options: OptionsOf<O>) => readonly string[]
    send(event: DeliveryEvent, options: OptionsOf<O>, config: ConfigFor<C>, io: HandlerIo): Promise<Receipt>
    readonly sendMany?: (
      events: readonly DeliveryEvent[],
      options: OptionsOf<O>,
      config: ConfigFor<C>,
      io: HandlerIo,
    ) => Promise<Receipt>
    readonly test?: {
      options(config: ConfigFor<C>): T
      send(options: TestOptionsOf<T>, config: ConfigFor<C>, io: HandlerIo): Promise<unknown>
    }
  },
): HandlerDeclaration {
  return d as unknown as HandlerDeclaration
}

/** A section before its field types are known. */
type ConfigSectionLike = Omit<ConfigSection, 'fields'> & { readonly fields: Readonly<Record<string, unknown>> }

/** Positional arguments stand in the script's params under a name that no property has. */
function argName(option: string): string {
  return `$${option}`
}

/** The script's side of a handler: the property of the alert node that adds one. */
export function scriptSpec(d: HandlerDeclaration): ObjectSpec {
  const method = d.method
  if (!method) throw new Error(`handler ${d.kind} has no script method`)
  const fields: Record<string, Fields[string]> = {}
  for (const [name, o] of Object.entries(d.options)) if (o.script) fields[o.scriptName ?? name] = o.script
  const args = method.args ?? []
  const docOf = (name: string): string => d.options[name]?.doc ?? name
  return {
    is: 'object',
    kind: d.kind,
    args: args.map((name) => arg.string(docOf(name))),
    argNames: args.map(argName),
    fields,
    doc: d.doc,
    check: (params) => d.scriptCheck?.(optionsOfScript(d, params)),
    ...(method.min === undefined ? {} : { min: method.min }),
    ...(method.rest === undefined ? {} : { rest: arg.string(docOf(method.rest)), restName: argName(method.rest) }),
  }
}

/** A handler's options from what a script set. */
export function optionsOfScript(
  d: HandlerDeclaration,
  params: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const options: Record<string, unknown> = {}
  for (const [name, o] of Object.entries(d.options)) {
    const set = o.script ? params[o.scriptName ?? name] : undefined
    const positional = params[argName(name)]
    if (Array.isArray(positional) && Array.isArray(set)) options[name] = [...positional, ...set]
    else options[name] = positional ?? set ?? o.initial
  }
  return options
}

/** The configuration that stands when no file says anything. */
export function defaultConfig(d: HandlerDeclaration): unknown {
  if (!d.config) return undefined
  return d.config.list ? [] : initialConfig(d.config.fields)
}

/** What gives handlers their configuration as it stands now. */
export interface HandlerConfigs {
  of(d: HandlerDeclaration): unknown
}

export type HandlerFault = Fault
