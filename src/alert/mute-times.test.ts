import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isMute, readMuteTimes } from './mute-times.ts'

function mute(times: unknown, when: string): boolean {
  return isMute(readMuteTimes(times), { sec: Date.parse(when) / 1000, ns: 0 })
}

describe('mute times', () => {
  it('go by days, spans and both', () => {
    const weekend = [{ days: ['sat', 'Sunday'], location: 'UTC' }]
    assert.deepEqual(
      ['2024-03-01T12:00:00Z', '2024-03-02T00:00:00Z', '2024-03-03T23:59:59Z', '2024-03-04T00:00:00Z'].map((t) =>
        mute(weekend, t),
      ),
      [false, true, true, false],
    )
    const noon = [{ from: '12:00', to: '13:30', location: 'UTC' }]
    assert.deepEqual(
      ['11:59:59', '12:00:00', '13:29:59', '13:30:00'].map((t) => mute(noon, `2024-03-01T${t}Z`)),
      [false, true, true, false],
    )
    assert.ok(mute([...weekend, ...noon], '2024-03-01T12:00:00Z'))
    assert.ok(!mute([], '2024-03-01T12:00:00Z'))
  })

  it('count a span over midnight to the day on which it begins', () => {
    const friday = [{ days: ['friday'], from: '22:00', to: '06:00', location: 'UTC' }]
    assert.deepEqual(
      [
        '2024-03-01T05:00:00Z',
        '2024-03-01T22:00:00Z',
        '2024-03-02T05:59:00Z',
        '2024-03-02T06:00:00Z',
        '2024-03-02T23:00:00Z',
      ].map((t) => mute(friday, t)),
      [false, true, true, false, false],
    )
  })

  it('reach to the end of the day', () => {
    const evening = [{ from: '20:00', to: '24:00', location: 'UTC' }]
    assert.deepEqual(
      ['2024-03-01T23:59:59Z', '2024-03-02T00:00:00Z'].map((t) => mute(evening, t)),
      [true, false],
    )
  })

  it('follow the clock of a place, with its summer time', () => {
    const night = [{ from: '00:00', to: '01:00', location: 'Europe/Berlin' }]
    assert.ok(mute(night, '2024-01-15T23:30:00Z'))
    assert.ok(!mute(night, '2024-07-15T23:30:00Z'))
    assert.ok(mute(night, '2024-07-15T22:30:00Z'))
  })

  it('say what is wrong with them', () => {
    const refused = (times: unknown): string => {
      try {
        readMuteTimes(times)
        return ''
      } catch (e) {
        return (e as Error).message
      }
    }
    assert.match(refused('weekends'), /must be a list/)
    assert.match(refused([1]), /no object/)
    assert.match(refused([{ day: 'monday' }]), /invalid key day/)
    assert.match(refused([{ days: 'monday' }]), /no list/)
    assert.match(refused([{ days: ['su'] }]), /no day "su"/)
    assert.match(refused([{ from: '10:00' }]), /only one of from and to/)
    assert.match(refused([{ from: '24:01', to: '10:00' }]), /no time of day "24:01"/)
    assert.match(refused([{ location: 'Europe/Atlantis' }]), /no time zone "Europe\/Atlantis"/)
  })
})
