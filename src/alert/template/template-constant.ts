/**
 * What a number means in a template where no parameter asks for a type.
 */
import { GoComplex, GoInt, type TemplateValue } from './go-value.ts'
import type { NumberNode } from './template-nodes.ts'
import type { Eval } from './template-scope.ts'

/** Whether a number's text makes it a float: it has a point or an exponent and is no hexadecimal integer. */
const isFloatText = (text: string): boolean => {
  if (text.startsWith("'")) return false
  if (/^0[xX]./.test(text) && !/[pP]/.test(text)) return false
  return /[.eEpP]/.test(text)
}

/** The value of a number where no type is asked for; a message when it fits none. */
const idealConstant = (node: NumberNode): { readonly value: TemplateValue } | string => {
  if (node.complex !== undefined) return { value: new GoComplex(node.complex.re, node.complex.im) }
  if (node.float !== undefined && isFloatText(node.text)) return { value: node.float }
  return node.int === undefined ? `${node.text} overflows int` : { value: new GoInt(node.int) }
}

/** A number as an operand of its own. */
export const constant = (node: NumberNode): Eval => {
  const ideal = idealConstant(node)
  if (typeof ideal !== 'string') return () => ideal.value
  return (s) => {
    s.node = node
    return s.fail(ideal)
  }
}
