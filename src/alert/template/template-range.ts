/**
 * {{range}}: over integers, slices and maps in key order, with its variables, break and continue.
 * Must not know other nodes.
 */
import type { Int } from '../../base/int64.ts'
import { GoDuration } from './go-duration.ts'
import { sortedKeys, valueText } from './go-print.ts'
import { GoInt, GoMap, GoNamedInt, GoSlice, type Maybe } from './go-value.ts'
import { holdsAny } from './template-call.ts'
import type { TreeCompiler } from './template-compiler.ts'
import type { Exec } from './template-exec.ts'
import type { BranchNode } from './template-nodes.ts'
import { breaks, type Emit, type Scope } from './template-scope.ts'

/** One round of the loop; false when it was the last. */
type Round = (s: Exec, index: Maybe, element: Maybe) => boolean

interface Bounds {
  readonly limit: Int
  at(index: number): Maybe
}

const integerBounds = (value: Maybe): Bounds | undefined => {
  if (value instanceof GoInt) return { limit: value.value, at: (i) => new GoInt(i, value.type) }
  if (value instanceof GoDuration) return { limit: value.ns, at: (i) => new GoDuration(i) }
  return value instanceof GoNamedInt ? { limit: value.value, at: (i) => new GoInt(i, value.type) } : undefined
}

/** Runs the rounds of a value; false when there was none. */
const iterate = (s: Exec, value: Maybe, variables: number, round: Round): { ran: boolean } => {
  if (value === undefined || value === null) return { ran: false }
  const integer = integerBounds(value)
  if (integer !== undefined) {
    if (variables > 1) s.fail(`can't use ${valueText(value)} to iterate over more than one variable`)
    for (let i = 0; i < integer.limit; i++) if (!round(s, undefined, integer.at(i))) break
    return { ran: integer.limit > 0 }
  }
  if (value instanceof GoSlice) {
    const { items } = value
    for (let i = 0; i < items.length; i++) if (!round(s, new GoInt(i), items[i]!)) break
    return { ran: items.length > 0 }
  }
  if (value instanceof GoMap) {
    const keys = sortedKeys(value)
    for (const key of keys) if (!round(s, key, value.source.get(key) ?? null)) break
    return { ran: keys.length > 0 }
  }
  return s.fail(`range can't iterate over ${valueText(value)}`)
}

export const compileRange = (compiler: TreeCompiler, scope: Scope, node: BranchNode): Emit => {
  const mark = scope.mark()
  const evaluate = compiler.pipe(node.pipe)
  const variables = node.pipe.declared.map((variable) => scope.find(variable.idents[0]!))
  const element = variables.at(-1)
  const heldSlot = element === undefined ? undefined : scope.markHeld(element)
  const inner = scope.mark()
  const body = compiler.list(node.list)
  scope.pop(inner)
  const otherwise = node.otherwise === undefined ? undefined : compiler.list(node.otherwise)
  scope.pop(mark)
  const elementSlot = element?.slot
  const indexSlot = variables.length > 1 ? variables[0]?.slot : undefined
  return (s) => {
    s.node = node
    const value = evaluate(s)
    const { dot, held } = s
    const any = holdsAny(value)
    s.enter()
    if (heldSlot !== undefined) s.vars[heldSlot] = any
    const { ran } = iterate(s, value, variables.length, (_, index, element) => {
      s.step()
      // A nil element of an interface{} stays one; its fields cannot be read.
      if (indexSlot !== undefined) s.vars[indexSlot] = index
      if (elementSlot !== undefined) s.vars[elementSlot] = element
      s.dot = element
      s.held = any
      return body(s) !== breaks
    })
    s.dot = dot
    s.held = held
    const flow = !ran && otherwise !== undefined ? otherwise(s) : 0
    s.leave()
    return flow
  }
}
