import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Arrival, HANDLERS } from './failing-sink.ts'
import { judge } from './judge.ts'

const arrival = (handler: string, event: string, more: Partial<Arrival> = {}): Arrival => ({
  handler,
  id: 'a',
  event,
  key: `${handler}/a/${event}`,
  taken: true,
  ...more,
})
const wanted = new Map([['a', ['0/1', '1/2', '10/1']]])
const good = HANDLERS.flatMap((h) => ['0/1', '1/1', '1/2', '10/1'].map((e) => arrival(h, e)))

describe('judge', () => {
  it('has no objection to what is whole and in order, with repeats under their key', () => {
    const refused = arrival('h0', '0/1', { taken: false })
    const { faults, repeats, acknowledged } = judge(wanted, [refused, ...good, arrival('h0', '10/1')])
    assert.deepEqual([faults, repeats, acknowledged], [[], 1, 3])
  })

  it('finds what is missing, refused for good, out of order, or repeated under another key', () => {
    const faultsOf = (arrivals: Arrival[]): readonly string[] => judge(wanted, arrivals).faults
    assert.deepEqual(faultsOf(good.slice(1)), ['h0 a 0/1 is missing'])
    assert.deepEqual(faultsOf(good.with(0, { ...good[0]!, taken: false })), ['h0 a 0/1 is missing'])
    assert.match(faultsOf([good[3]!, ...good])[0]!, /^h0 a: out of order: 10\/1,0\/1/)
    assert.match(faultsOf([...good, arrival('h0', '0/1', { key: 'other' })])[0]!, /repeated under another key/)
    assert.match(faultsOf([...good, arrival('h0', '11/1', { key: 'h0/a/0/1' })])[0]!, /under the key of h0 a 0\/1/)
    assert.match(faultsOf([...good, arrival('h0', '11/1', { key: '' })])[0]!, /without a key/)
  })
})
