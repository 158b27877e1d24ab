// The aggregate handler: gathers the events of an interval and publishes one event that stands for all of them.
// What is gathered waits in the queue, and so on disk, until that one event is committed.
import { compareInt, type Int } from '../../base/int64.ts'
import { compareTime, type Time, ZERO_TIME } from '../../base/time.ts'
import type { DeliveryEvent } from '../delivery-event.ts'
import type { AlertData } from '../event.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import type { Level } from '../level.ts'
import { OK } from '../level.ts'
import { GoDuration } from '../template/go-duration.ts'
import { structType } from '../template/go-struct.ts'
import { GoInt } from '../template/go-value.ts'
import { templateFlaw, templateOf } from '../template-cache.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { option } from './option.ts'

interface MessageData {
  readonly count: number
  readonly interval: Int
}

const messageData = structType<MessageData>('alert.aggregateData', [
  { name: 'Count', get: (d) => new GoInt(d.count) },
  { name: 'Interval', get: (d) => new GoDuration(d.interval) },
])

const NO_DATA: AlertData = { name: '', tags: {}, points: [], isBatch: false }

export const aggregateHandler = defineHandler({
  kind: 'aggregate',
  doc: 'Gathers the events of an interval and publishes one event that stands for all of them.',
  options: {
    id: option.string('The id of the event that is published.'),
    interval: option.duration('How long events are gathered, from the first on.'),
    topic: option.string('The topic that gets the event.'),
    message: option.string('Template of its message.', {
      initial: 'Received {{ .Count }} events in the last {{.Interval}}.',
    }),
  },
  limits: { timeoutMs: 0 },
  gatherMs: ({ interval }) => Number(interval) / 1e6,
  check: ({ interval, topic, message }) => {
    const flaw = templateFlaw('message', message)
    if (flaw !== undefined) return flaw
    if (compareInt(interval, 0) <= 0) return 'the interval of an aggregate handler must be positive'
    return topic === '' ? 'an aggregate handler needs a topic' : undefined
  },
  send: (event, options, _config, io) => aggregate([event], options, io),
  sendMany: (events, options, _config, io) => aggregate(events, options, io),
})

interface Options {
  readonly id: string
  readonly interval: Int
  readonly topic: string
  readonly message: string
}

async function aggregate(
  events: readonly DeliveryEvent[],
  options: Options,
  io: Pick<HandlerIo, 'publish'>,
): Promise<Receipt> {
  let level: Level = OK
  let time: Time = ZERO_TIME
  let duration: Int = 0
  for (const e of events) {
    if (e.level > level) level = e.level
    if (compareTime(e.time, time) > 0) time = e.time
    if (compareInt(e.duration, duration) > 0) duration = e.duration
  }
  const template = templateOf(options, 'message', options.message)
  const data = events.flatMap((e) => [e.data, ...e.moreData])
  await io.publish(
    options.topic,
    {
      id: options.id,
      message: template.render(messageData.of({ count: events.length, interval: options.interval })),
      details: events.map((e) => e.message).join('\n'),
      time,
      duration,
      level,
      recoverable: false,
      name: '',
      taskName: '',
      group: '',
      tags: {},
      fields: {},
      category: '',
      data: data[0] ?? NO_DATA,
      moreData: data.slice(1),
    },
    events,
  )
  return { answer: `${events.length} events` }
}
