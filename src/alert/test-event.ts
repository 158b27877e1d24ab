// An alert event for tests: a full one, of which a test changes what it is about.
import { Point } from '../base/point.ts'
import { seriesOf } from '../base/series.ts'
import { makeShape } from '../base/shape.ts'
import { type AlertEvent, fieldsOf } from './event.ts'

export const testPoint = new Point(
  seriesOf('d', 'rp', 'oven', { room: 'a', brand: 'z' }),
  makeShape(['heat', 'n'], ['float', 'int']),
  [6.5, 9007199254740993n],
  1500000000,
  5,
)

export function testEvent(changes: Partial<AlertEvent> = {}): AlertEvent {
  const { series } = testPoint
  return {
    id: 'o',
    message: 'o is WARNING',
    details: '',
    time: { sec: 1500000000, ns: 5 },
    duration: 0,
    level: 2,
    previousLevel: 0,
    recoverable: true,
    name: 'oven',
    taskName: 'task',
    group: 'room=a',
    tags: series.tags,
    fields: fieldsOf(testPoint),
    category: '',
    data: { name: 'oven', tags: series.tags, points: [testPoint], isBatch: false },
    ...changes,
  }
}
