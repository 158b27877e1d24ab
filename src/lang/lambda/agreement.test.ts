// Text-made functions, closures and the general form must say the same of every expression on every point.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Kind, Value } from '../../base/value.ts'
import type { BinaryOperator, Node } from '../ast.ts'
import { compileLambda, type LambdaOptions } from './compile-lambda.ts'
import { MAX_FORMS } from './lambda.ts'
import { outcome, pointOf } from './test-lambdas.ts'

const at = { pos: 0, end: 0 }
const NAMES = ['a', 'b', 'c', 'd', 'time', 'gone']
const OPERATORS: readonly BinaryOperator[] = [
  'AND',
  'OR',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '=~',
  '!~',
]

const literal: fc.Arbitrary<Node> = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map((n): Node => ({ type: 'number', kind: 'int', value: n, base: 10, ...at })),
  fc
    .bigInt({ min: 2n ** 62n, max: 2n ** 63n - 1n })
    .map((n): Node => ({ type: 'number', kind: 'int', value: n, base: 10, ...at })),
  fc
    .constantFrom(0, -0, 0.5, -2.25, 1e300)
    .map((f): Node => ({ type: 'number', kind: 'float', value: f, base: 10, ...at })),
  fc.constantFrom('', 'a', "x'y", 'é\\').map((s): Node => ({ type: 'string', value: s, triple: false, ...at })),
  fc.boolean().map((b): Node => ({ type: 'bool', value: b, ...at })),
  fc.constantFrom(0, 1_000_000_000, -90_000_000_000).map((ns): Node => ({ type: 'duration', ns, ...at })),
  fc.constantFrom('^a', 'x*', '(a|b)+').map((source): Node => ({ type: 'regex', source, ...at })),
)
const reference: fc.Arbitrary<Node> = fc.constantFrom(...NAMES).map((name) => ({ type: 'reference', name, ...at }))

const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, depthSize: 'large' },
    reference,
    literal,
    fc
      .tuple(fc.constantFrom('-' as const, '!' as const), tie('node'))
      .map(([operator, operand]): Node => ({ type: 'unary', operator, operand, ...at })),
    fc.tuple(fc.constantFrom(...OPERATORS), tie('node'), tie('node')).map(
      ([operator, left, right]): Node => ({
        type: 'binary',
        operator,
        operatorPos: 0,
        left,
        right,
        parens: true,
        multiLine: false,
        ...at,
      }),
    ),
    fc
      .tuple(
        fc.constantFrom(
          'abs',
          'if',
          'isPresent',
          'string',
          'int',
          'bool',
          'count',
          'sigma',
          'strSubstring',
          'max',
          'unixNano',
          'duration',
          'nofunc',
        ),
        fc.array(tie('node'), { maxLength: 3 }),
      )
      .map(([name, args]): Node => ({ type: 'func', functionType: 'global', name, args, multiLine: false, ...at })),
    tie('node').map((expression): Node => ({ type: 'lambda', expression, ...at })),
  ),
}))

const fieldValue: fc.Arbitrary<readonly [Kind, Value]> = fc.oneof(
  fc.constantFrom(0, 1, -7, 2 ** 53 - 1, 2n ** 63n - 1n).map((n) => ['int', n] as const),
  fc.constantFrom(0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY).map((f) => ['float', f] as const),
  fc.constantFrom('', 'a', 'ab', '12').map((s) => ['string', s] as const),
  fc.boolean().map((b) => ['bool', b] as const),
  fc.constantFrom(1_000_000_000, 0).map((d) => ['duration', d] as const),
  fc.constant(['null', null] as const),
)
const points = fc.array(
  fc
    .record({
      fields: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'x'), fieldValue, { maxKeys: 4 }),
      tags: fc.dictionary(fc.constantFrom('c', 'd', 'y'), fc.constantFrom('a', 'x', '7'), { maxKeys: 2 }),
    })
    .map(({ fields, tags }) => pointOf(fields, tags, 12, 34)),
  { minLength: 1, maxLength: 4 },
)

describe('the ways to run an expression', () => {
  for (const want of ['value', 'bool', 'int'] as const) {
    it(`agree on ${want}`, () => {
      fc.assert(
        fc.property(node, points, (expression, ps) => {
          const param = { node: { type: 'lambda' as const, expression, ...at } }
          const made = (o: Partial<LambdaOptions>) => {
            try {
              return compileLambda(param, { want, ...o })
            } catch {
              return undefined
            }
          }
          const generated = made({})
          const closures = made({ generate: false })
          const general = made({})
          assert.equal(generated === undefined, closures === undefined)
          if (!generated || !closures || !general) return
          // So many other layouts come first that only the general form is left.
          for (let k = 0; k <= MAX_FORMS; k++) {
            outcome(general, pointOf(Object.fromEntries(NAMES.map((n, i) => [n, ['int', k + i]])), { [`z${k}`]: '' }))
            outcome(
              general,
              pointOf(Object.fromEntries(NAMES.slice(0, k % 5).map((n) => [`A${k}${n}`, ['int', k]])), {
                c: 'x',
                [`b${k}`]: 'y',
              }),
            )
          }
          const states = [generated.newState(), closures.newState(), general.newState()]
          for (const p of ps) {
            const first = outcome(generated, p, states[0])
            assert.equal(outcome(closures, p, states[1]), first)
            assert.equal(outcome(general, p, states[2]), first)
          }
          assert.deepEqual(states[1], states[0])
          assert.deepEqual(states[2], states[0])
        }),
        { numRuns: 400 },
      )
    })
  }
})
