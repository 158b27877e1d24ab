import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatTime, parseTime, type Time } from '../base/time.ts'
import { CronLine } from './cron-line.ts'
import { QuerySchedule } from './query-schedule.ts'

const MINUTE = 60_000_000_000
const at = (text: string): Time => parseTime(`2021-12-31T${text}Z`)!
const shown = (t: Time | undefined): string => (t ? formatTime(t).replace('2021-12-31T', '').replace('Z', '') : 'never')
const every = (ns: number, align = false): QuerySchedule => new QuerySchedule({ every: ns, cron: '', align })

describe('ticks by interval', () => {
  test('count from the start', () => {
    const s = every(MINUTE)
    assert.equal(shown(s.first(at('12:00:17.5'))), '12:01:17.5')
    assert.equal(shown(s.after(at('12:01:17.5'))), '12:02:17.5')
    assert.deepEqual([...s.between(at('12:00:17'), at('12:03:17'))].map(shown), ['12:01:17', '12:02:17', '12:03:17'])
    assert.deepEqual([...s.between(at('12:00:00'), at('12:00:59'))], [])
  })

  test('stand on multiples when aligned', () => {
    const s = every(MINUTE, true)
    assert.equal(shown(s.first(at('12:00:17'))), '12:01:00')
    assert.equal(shown(s.first(at('12:00:00'))), '12:01:00')
    assert.equal(shown(s.after(at('12:01:00'))), '12:02:00')
    assert.deepEqual([...s.between(at('12:00:17'), at('12:03:30'))].map(shown), ['12:01:00', '12:02:00', '12:03:00'])
    assert.deepEqual([...every(100_000_000, true).between(at('12:00:00.05'), at('12:00:00.25'))].map(shown), [
      '12:00:00.2',
    ])
  })

  test('that have passed count as missed, the newest counts', () => {
    const s = every(MINUTE)
    const latest = (until: string): unknown => {
      const t = s.latest(at('12:00:10'), at(until))
      return [shown(t.at), t.missed]
    }
    assert.deepEqual(latest('12:00:10'), ['12:00:10', 0])
    assert.deepEqual(latest('12:01:09.999999999'), ['12:00:10', 0])
    assert.deepEqual(latest('12:01:10'), ['12:01:10', 1])
    assert.deepEqual(latest('15:00:00'), ['14:59:10', 179])
    assert.equal(every(1).latest({ sec: 0, ns: 0 }, { sec: 86_400, ns: 0 }).missed, 86_400_000_000_000)
  })

  test('are refused when they can not be', () => {
    const refused = (every: number, cron: string, message: string): void =>
      assert.throws(() => new QuerySchedule({ every, cron, align: false }), { name: 'Fault', message, status: 400 })
    refused(0, '', "must define one of 'every' or 'cron'")
    refused(1, '* * * * *', "must not set both 'every' and 'cron' properties")
    refused(-1, '', "'every' duration must must non-negative")
    refused(0, 'every day', 'missing field(s)')
  })
})

describe('ticks by a cron line', () => {
  const next = (line: string, from = '23:59:00'): string => shown(new CronLine(line).next(at(from)))
  // Local time: hours and days are left open, so that the zone does not matter.
  test('of five fields, with a year behind and seconds before', () => {
    assert.equal(next('*/15 * * * *', '23:40:00'), '23:45:00')
    assert.equal(next('*/15 * * * *', '23:45:00.000000001'), '2022-01-01T00:00:00')
    assert.equal(next('59 * * * * 2021-2022', '23:00:00'), '23:59:00')
    assert.equal(next('59 * * * * 1999', '23:00:00'), 'never')
    assert.equal(next('10,40 59 * * * * *'), '23:59:10')
    assert.equal(next('10,40 59 * * * * *', '23:59:10'), '23:59:40')
    assert.equal(next('* * * * * * * more', '23:59:40'), '23:59:41')
    assert.equal(next('@hourly', '23:10:00'), '2022-01-01T00:00:00')
  })

  test('with what they can not be', () => {
    for (const line of ['', 'x', '* * * *', '@never', '61 * * * *', 'a b c d e']) {
      assert.throws(() => new CronLine(line), { name: 'Fault', code: 'cron-invalid', status: 400 }, line)
    }
  })

  test('that have passed count as missed', () => {
    const s = new QuerySchedule({ every: 0, cron: '* * * * *', align: true })
    const t = s.latest(at('12:01:00'), at('12:05:30'))
    assert.deepEqual([shown(t.at), t.missed], ['12:05:00', 4])
    assert.deepEqual([...s.between(at('12:00:30'), at('12:02:00'))].map(shown), ['12:01:00', '12:02:00'])
  })
})
