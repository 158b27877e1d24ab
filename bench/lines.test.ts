import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CPUS, deviceBody, HOSTS, mixedBody, pairBody, T0, taggedBody, tinyBody, wideBody } from './lines.ts'
import { pointsOf } from './workbench.ts'

const bodies = {
  tiny: tinyBody(50),
  wide: wideBody(2),
  tagged: taggedBody(300),
  pairs: pairBody(20, 5),
  devices: deviceBody(7, 90, 3),
}

describe('a body', () => {
  for (const [name, body] of Object.entries(bodies))
    it(`of ${name} lines keeps all but its times when it is moved on`, () => {
      const before = pointsOf(body)
      assert.equal(before.length, body.points)
      body.moveOn()
      const after = pointsOf(body)
      assert.deepEqual(
        after.map((p) => [p.series, p.values, p.sec - body.spanSec, p.ns]),
        before.map((p) => [p.series, p.values, p.sec, p.ns]),
      )
      // What goes on from itself does not go back.
      assert.ok(after[0]!.sec >= before.at(-1)!.sec)
    })

  it('can be cut into pieces', () => {
    const body = taggedBody(9)
    const pieces = [body.piece(0, 4), body.piece(4, 5), body.piece(5, 9)]
    assert.equal(Buffer.concat(pieces).compare(body.bytes), 0)
    assert.equal(pieces.map((p) => Buffer.from(p).toString().split('\n').length - 1).join(), '4,1,4')
  })
})

describe('bodies', () => {
  it('hold what they are named after', () => {
    const wide = pointsOf(wideBody(3))
    assert.equal(new Set(wide.map((p) => p.series)).size, HOSTS * CPUS)
    assert.equal(wide.at(-1)!.sec, T0 + 20)
    assert.equal(new Set(pointsOf(mixedBody(40, 8)).map((p) => p.series.name)).size, 8)
    assert.deepEqual(
      pointsOf(pairBody(4, 2)).map((p) => `${p.series.name}@${p.sec - T0}`),
      ['m1@0', 'm1@1', 'm2@0', 'm2@1', 'm1@2', 'm1@3', 'm2@2', 'm2@3'],
    )
  })

  it('are the same every time', () => assert.equal(wideBody(1).bytes.compare(wideBody(1).bytes), 0))
})
