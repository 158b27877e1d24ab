// `node|deadman(threshold, interval, conditions…)`: an alert for a node that gives too little. It stands for
// stats, derivative and alert; what its configuration says of ids and messages is passed in.
import { formatGoDuration, SECOND } from '../base/duration.ts'
import type { Int } from '../base/int64.ts'
import type { Node } from '../lang/ast.ts'
import { binaryNode } from '../lang/build-ast.ts'
import type { Builder, Macro, NodeInfo } from '../lang/evaluate/declaration.ts'
import { arg, type LambdaParam, type NodeRef } from '../lang/fields.ts'

/** What the `[deadman]` section of the configuration says. */
export interface DeadmanOptions {
  /** Nanoseconds. */
  readonly interval: Int
  /** Points in an interval, at or below which a node counts as dead. */
  readonly threshold: number
  /** Template of the alerts' id; the first NODE_NAME becomes the node's name. */
  readonly id: string
  /** Template of the message; the first INTERVAL becomes the interval. */
  readonly message: string
  /** Whether the source of every task has a deadman. */
  readonly global: boolean
}

export const DEADMAN_DEFAULTS: DeadmanOptions = {
  interval: 10 * SECOND,
  threshold: 0,
  id: "{{ .Group }}:NODE_NAME for task '{{ .TaskName }}'",
  message:
    '{{ .ID }} is {{ if eq .Level "OK" }}alive{{ else }}dead{{ end }}: {{ index .Fields "emitted" | printf "%0.3f" }} points/INTERVAL.',
  global: false,
}

const NOWHERE = { pos: 0, end: 0 }

/** `"emitted" <= threshold`, and all that else must hold. */
function condition(threshold: number, more: readonly LambdaParam[]): LambdaParam {
  let all: Node = binaryNode({ type: 'reference', ...NOWHERE, name: 'emitted' }, '<=', {
    type: 'number',
    kind: 'float',
    ...NOWHERE,
    value: threshold,
    base: 10,
  })
  for (const { node } of more) {
    const { expression } = node
    // What binds more loosely than AND needs its parentheses.
    all = binaryNode(all, 'AND', expression.type === 'binary' ? { ...expression, parens: true } : expression)
  }
  return { node: { type: 'lambda', ...NOWHERE, expression: all } }
}

function expand(build: Builder, on: NodeRef & NodeInfo, o: DeadmanOptions, more: readonly LambdaParam[]): NodeRef {
  const interval = { type: 'duration', value: o.interval } as const
  const ticks = build.set(build.call(on, 'stats', interval), 'align')
  const rate = build.set(
    build.set(build.call(ticks, 'derivative', { type: 'string', value: 'emitted' }), 'unit', interval),
    'nonNegative',
  )
  let alert = build.call(rate, 'alert')
  alert = build.set(alert, 'crit', { type: 'lambda', value: condition(o.threshold, more) })
  // A replacer function: `$` in a name or template means nothing here.
  alert = build.set(alert, 'id', { type: 'string', value: o.id.replace('NODE_NAME', () => on.name) })
  return build.set(alert, 'message', {
    type: 'string',
    value: o.message.replace('INTERVAL', () => formatGoDuration(o.interval)),
  })
}

/** The chain method, with the ids and messages that the options say. */
export function deadman(options: DeadmanOptions = DEADMAN_DEFAULTS): Macro {
  return {
    name: 'deadman',
    everywhere: true,
    doc: 'Alerts when the node gives no more than `threshold` points in an interval: CRITICAL while that is so, OK again after. The script goes on with the alert, so that handlers may follow.',
    examples: [
      "stream\n    |from()\n        .measurement('cpu')\n        .groupBy('host')\n    |deadman(0.0, 5m)\n        .id('{{ index .Tags \"host\" }}')\n        .message('{{ .ID }} has sent nothing for five minutes')\n        .log('/tmp/dead')",
    ],
    args: {
      threshold: arg.float('Points in an interval, at or below which the node counts as dead.'),
      interval: arg.duration('How often the points are counted.'),
    },
    rest: { name: 'conditions', arg: arg.lambda('What must hold as well for an alert.') },
    expand: (build, on, params) =>
      expand(
        build,
        on,
        { ...options, threshold: params.threshold as number, interval: params.interval as Int },
        params.conditions as readonly LambdaParam[],
      ),
  }
}

/** For `extend` of the evaluator: puts a deadman on the source of every task. Undefined when the options don't ask for it. */
export function globalDeadman(
  options: DeadmanOptions,
): ((build: Builder, source: NodeRef & NodeInfo) => void) | undefined {
  if (!options.global) return undefined
  return (build, source) => {
    expand(build, source, options, [])
  }
}
