import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseLambda } from '../parser.ts'
import { constantFault, evaluateConstant } from './evaluate-constant.ts'

const value = (text: string): unknown => evaluateConstant(parseLambda(text).expression)
const reason = (text: string): string => {
  try {
    return JSON.stringify(value(text))
  } catch (e) {
    return (e as Error).message
  }
}
const fault = (text: string) => constantFault({ node: parseLambda(text) })

describe('constants of scripts', () => {
  it('are computed', () => {
    assert.deepEqual(value('2 + 3 * 4'), { type: 'int', value: 14 })
    assert.deepEqual(value('(2 + 3) * 4.0'.replace('4.0', '4')), { type: 'int', value: 20 })
    assert.deepEqual(value('1h / 2 + 10s'), { type: 'duration', value: 1810_000_000_000 })
    assert.deepEqual(value("'x' + string(14)"), { type: 'string', value: 'x14' })
    assert.deepEqual(value('pow(2.0, 10.0) + 0.0'), { type: 'float', value: 1024 })
    assert.deepEqual(value('1 > 2 OR !FALSE'), { type: 'bool', value: true })
    assert.deepEqual(value('1.0 / 0.0'), { type: 'float', value: Number.POSITIVE_INFINITY })
    assert.deepEqual(value('9223372036854775807 + 1'), { type: 'int', value: -(2n ** 63n) })
    assert.deepEqual(value('count() + count()'), { type: 'int', value: 3 })
  })

  it('fail with the reason', () => {
    assert.match(reason('1 + 1.0'), /^mismatched type to binary operator. got int \+ float/)
    assert.equal(reason("'a' - 'b'"), 'invalid math operator - for type string')
    assert.equal(reason('1 / 0'), 'runtime error: integer divide by zero')
    assert.equal(reason('10s / 0'), 'runtime error: integer divide by zero')
    assert.equal(reason('2 * "field"'), 'name "field" is undefined. Names in scope: ')
    assert.match(reason('7 + *'), /^Failed to handle right node: Given node type is not valid/)
    assert.equal(reason('nofunc() + 1'), 'undefined function: "nofunc"')
    assert.equal(reason('if(TRUE, /a/, /b/)'), 'expression returned unexpected type regex')
  })
})

describe('constants that no evaluation survives', () => {
  it('are found', () => {
    assert.equal(fault('1 / 0 > 1'), 'integer divide by zero in 1 / 0')
    assert.equal(fault('"a" / 0 > 1'), 'integer divide by zero in "a" / 0')
    assert.equal(fault('"a" % (3 - 3) == 0'), 'integer divide by zero in "a" % 3 - 3')
    assert.match(fault('"b" AND abs(float(7 / 0)) > 1.0')!, /divide by zero/)
    assert.match(fault('10s / 0s > 1')!, /divide by zero/)
    assert.match(fault('strSubstring("s", 3, 1) == \'x\'')!, /start index 3 is beyond stop index 1/)
    assert.match(fault('rand(0) > 1')!, /rand wants a number above 0/)
  })

  it('are not seen where there is none', () => {
    for (const text of [
      '"a" / "b" > 1',
      '"a" / 2 > 1',
      '1.0 / 0.0 > 1.0',
      '"f" / 0.0 > 1.0',
      'FALSE AND 1 / 0 > 1',
      'TRUE OR 1 / 0 > 1',
      'strSubstring("s", 1, 3) == \'x\'',
      'strSubstring("s", "i", 1) == \'x\'',
      'rand("n") > 1',
      'rand() > 1',
      "1 + 's' == 2",
    ]) {
      assert.equal(fault(text), undefined, text)
    }
  })
})
