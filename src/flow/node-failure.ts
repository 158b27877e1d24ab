// An exception that left a node's receiver: it stops the task, with the node's name before its text.
import { messageOf } from '../base/fault.ts'

export class NodeFailure extends Error {
  readonly node: string

  constructor(node: string, cause: unknown) {
    super(`${node}: ${messageOf(cause)}`, { cause })
    this.name = 'NodeFailure'
    this.node = node
  }

  /** The innermost node keeps the blame when an exception passes several on its way up. */
  static of(node: string, e: unknown): NodeFailure {
    return e instanceof NodeFailure ? e : new NodeFailure(node, e)
  }
}
