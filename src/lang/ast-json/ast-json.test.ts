import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLambda, parseOrThrow } from '../parser.ts'
import { astJson } from './ast-json.ts'

function json(source: string): unknown {
  return astJson(parseOrThrow(source).statements[0]!)
}

const int = (value: number | bigint, base = 10) => ({
  typeOf: 'number',
  isint: true,
  isfloat: false,
  int64: value,
  float64: 0,
  base,
})

test('a lambda as pipelines carry it', () => {
  assert.deepEqual(astJson(parseLambda('"a" > 1.5 AND !f(x, \'s\')')), {
    typeOf: 'lambda',
    expression: {
      typeOf: 'binary',
      operator: 'AND',
      left: {
        typeOf: 'binary',
        operator: '>',
        left: { typeOf: 'reference', reference: 'a' },
        right: { typeOf: 'number', isint: false, isfloat: true, int64: 0, float64: 1.5, base: 0 },
      },
      right: {
        typeOf: 'unary',
        operator: '!',
        node: {
          typeOf: 'func',
          func: 'f',
          functionType: 'global',
          args: [
            { typeOf: 'identifier', ident: 'x' },
            { typeOf: 'string', literal: 's' },
          ],
        },
      },
    },
  })
})

test('literals and statements', () => {
  assert.deepEqual(json('0644'), int(420, 8))
  assert.deepEqual(json('9223372036854775807'), int(9223372036854775807n))
  assert.deepEqual(json('1500ms'), { typeOf: 'duration', duration: '1500ms' })
  assert.deepEqual(json('60s'), { typeOf: 'duration', duration: '1m' })
  assert.deepEqual(json('TRUE'), { typeOf: 'bool', bool: true })
  assert.deepEqual(json('/a\\/b/'), { typeOf: 'regex', regex: 'a/b' })
  assert.deepEqual(json("[*, 'a']"), {
    typeOf: 'list',
    nodes: [{ typeOf: 'star' }, { typeOf: 'string', literal: 'a' }],
  })
  assert.deepEqual(json('var x = 1'), {
    typeOf: 'declaration',
    left: { typeOf: 'identifier', ident: 'x' },
    right: int(1),
  })
  assert.deepEqual(json('var x int'), {
    typeOf: 'typeDeclaration',
    node: { typeOf: 'identifier', ident: 'x' },
    type: { typeOf: 'identifier', ident: 'int' },
  })
  assert.deepEqual(json('dbrp "a"."b"'), {
    typeOf: 'dbrp',
    db: { typeOf: 'reference', reference: 'a' },
    rp: { typeOf: 'reference', reference: 'b' },
  })
  assert.deepEqual(json('a|b()'), {
    typeOf: 'chain',
    operator: '|',
    left: { typeOf: 'identifier', ident: 'a' },
    right: { typeOf: 'func', func: 'b', functionType: 'chain', args: [] },
  })
  assert.deepEqual(json('// only\n// this'), { typeOf: 'comment', comments: ['only', 'this'] })
  assert.deepEqual(astJson(parseOrThrow('1')), { typeOf: 'program', nodes: [int(1)] })
})

test('the layout is told only when it is asked for', () => {
  const source = "// one\n\n// two\nvar x = lambda: (\"a\" +\n 1000ms)\n\nx|f(\n'''s''')"
  assert.deepEqual(astJson(parseOrThrow(source), { layout: true }), {
    typeOf: 'program',
    nodes: [
      {
        typeOf: 'declaration',
        left: { typeOf: 'identifier', ident: 'x' },
        right: {
          typeOf: 'lambda',
          expression: {
            typeOf: 'binary',
            operator: '+',
            left: { typeOf: 'reference', reference: 'a' },
            right: { typeOf: 'duration', duration: '1s', text: '1000ms' },
            parens: true,
            multiLine: true,
          },
        },
        comment: { typeOf: 'comment', comments: ['one', 'two'], blocks: [['one'], ['two']] },
      },
      {
        typeOf: 'chain',
        operator: '|',
        left: { typeOf: 'identifier', ident: 'x' },
        right: {
          typeOf: 'func',
          func: 'f',
          functionType: 'chain',
          args: [{ typeOf: 'string', literal: 's', triple: true }],
          multiLine: true,
        },
      },
    ],
  })
  assert.doesNotMatch(JSON.stringify(astJson(parseOrThrow(source))), /parens|multiLine|triple|text|comment/)
})
