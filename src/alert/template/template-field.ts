/**
 * Chains of fields, and {{ .Field }}, the action that templates are made of most.
 */
import { GoStruct, type GoStructType } from './go-struct.ts'
import type { Maybe, TemplateValue } from './go-value.ts'
import { type Args, fieldOf, holdsAny, noArgs } from './template-call.ts'
import type { Exec } from './template-exec.ts'
import type { ActionNode, Operand, PipeNode } from './template-nodes.ts'
import { printed } from './template-printed.ts'
import type { Emit, Eval } from './template-scope.ts'

/** receiver.A.B…, from the ident at `from`; the last one gets the arguments. */
export const chain = (
  s: Exec,
  receiver: Maybe,
  held: boolean,
  node: Operand,
  idents: readonly string[],
  from: number,
  args: Args,
  final: Maybe,
): Maybe => {
  let value = receiver
  let any = held
  const last = idents.length - 1
  for (let i = from; i < last; i++) {
    const next = fieldOf(s, value, any, idents[i]!, node, noArgs, undefined)
    any = holdsAny(value, idents[i])
    value = next
  }
  return fieldOf(s, value, any, idents[last]!, node, args, final)
}

/** The name of the one field a pipeline is, if it is that. */
export const soleField = (pipe: PipeNode): string | undefined => {
  const [command] = pipe.commands
  const [operand] = command!.args
  const sole = pipe.commands.length === 1 && command!.args.length === 1 && operand!.type === 'field'
  return sole && operand.idents.length === 1 ? operand.idents[0] : undefined
}

/** {{ .Name }} over structs: the reader of the field is found once per struct type. */
export const fastField = (name: string, node: ActionNode, slow: Eval): Emit => {
  let type: GoStructType | undefined
  let get: ((source: unknown) => TemplateValue) | undefined
  return (s) => {
    const { dot } = s
    if (dot instanceof GoStruct) {
      if (dot.of !== type) {
        type = dot.of
        get = type.getter(name)
      }
      if (get !== undefined) {
        s.out += printed(s, node, get(dot.source))
        return 0
      }
    }
    s.node = node
    s.out += printed(s, node, slow(s))
    return 0
  }
}
