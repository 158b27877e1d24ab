// What the evaluator must know of a node's declaration, and of a macro that stands for several nodes.
// The declarations themselves come from outside: nothing here knows what any node does.
import type { Fields, NodeRef, TaggedArg } from '../fields.ts'

export type EdgeType = 'stream' | 'batch'

/** What a declaration can look at when the script is defined. */
export interface NodeInfo {
  readonly name: string
  readonly parents: readonly NodeInfo[]
  /** The type of what the node gives; undefined when nothing may follow it. */
  readonly edge: EdgeType | undefined
  readonly taskDbrps: readonly Dbrp[]
}

export interface Dbrp {
  readonly db: string
  readonly rp: string
}

/** `parent`: the type of the parent's edge. `none`: a source, or nothing may follow. */
export type Wants = EdgeType | 'parent' | 'none'

type Params = Readonly<Record<string, unknown>>

/** A call's arguments as declared: name → ArgBase. */
export interface Arguments {
  readonly args?: Readonly<Record<string, { readonly doc: string }>> | undefined
  /** Further arguments of one type; params get them as an array under `name`. */
  readonly rest?: { readonly name: string; readonly arg: { readonly doc: string } }
  /** Fewer positional arguments are allowed down to this many. */
  readonly minArgs?: number
}

/** The part of a node's declaration that scripts are evaluated by. */
export interface Declaration extends Arguments {
  /** The script's name: `stateDuration`. */
  readonly name: string
  /** First part of node names: `state_duration`. The script's name when not given. */
  readonly kind?: string
  /** In the JSON of pipelines. The script's name when not given. */
  readonly typeOf?: string
  /** `StateDurationNode` */
  readonly typeName: string
  readonly wants: Wants
  readonly provides: Wants
  readonly fields: Fields
  readonly onCall?: (info: NodeInfo) => string | undefined
  readonly check?: (params: Params, info: NodeInfo) => string | undefined
  /** Not callable from scripts. */
  readonly internal?: boolean
  /** The only chain methods of this node, those of every node aside. */
  readonly only?: readonly string[]
  /** Callable on nodes of these script names only. */
  readonly on?: readonly string[]
  /** Callable on every node, also where `only` says otherwise. */
  readonly everywhere?: boolean
  /** A source of its own that looks at the node it is called on: params.watched is that node's id. */
  readonly watches?: boolean
  /** With node arguments: they come before the node that the method is called on. */
  readonly receiverLast?: boolean
}

/** What macros build with; `call` follows a chain operator, `set` a dot. Both give what a script would go on with. */
export interface Builder {
  call(on: NodeRef, name: string, ...args: readonly TaggedArg[]): NodeRef
  set(on: NodeRef, name: string, ...args: readonly TaggedArg[]): NodeRef
}

/** A chain method that stands for several nodes, such as deadman. The script goes on with the node it gives. */
export interface Macro extends Arguments {
  readonly name: string
  readonly doc: string
  /** Scripts that run, for documentation and tests. */
  readonly examples?: readonly string[]
  readonly on?: readonly string[]
  readonly everywhere?: boolean
  expand(build: Builder, on: NodeRef & NodeInfo, params: Params): NodeRef
}
