// Records what InfluxDB answers: to the queries that a batch task would have asked in some time, or to one query.
import type { BatchFeed } from '../../base/batch-feed.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import { subTime, type Time, ZERO_TIME } from '../../base/time.ts'
import type { Influx, InfluxQuery } from '../../flow/world.ts'
import { BatchQuery } from '../../lang/influxql/batch-query.ts'
import type { BatchSource } from '../../nodes/batch-sources.ts'
import type { Dbrp } from '../tasks/task-record.ts'
import { batchText } from './batch-text.ts'
import { writeBatches } from './batch-writer.ts'
import { PointSort } from './point-sort.ts'
import type { RecordingJob } from './recording-service.ts'
import { StreamWriter } from './stream-writer.ts'

export interface QuerySpan {
  readonly start: Time
  readonly stop: Time
  /** Asked instead of the cluster that the query names; '' for none. */
  readonly cluster: string
}

/** Asks all questions of all sources for the span, one after the other. Rejects with a Fault. */
export function recordSources(
  influx: Influx,
  sources: readonly BatchSource[],
  { start, stop, cluster }: QuerySpan,
  path: string,
  job: RecordingJob,
): Promise<void> {
  const length = Number(subTime(stop, start))
  const text = (source: BatchSource, i: number) =>
    async function* (): AsyncGenerator<string> {
      for (const { tick, query } of source.questions(start, stop)) {
        const asked = cluster === '' ? query : { ...query, cluster }
        const feed = await answer(influx, asked, job.signal)
        try {
          yield* batchText(feed)
        } finally {
          feed.close()
        }
        const share = length > 0 ? Number(subTime(tick, start)) / length : 1
        job.progress(Math.min(1, (i + share) / sources.length))
      }
    }
  return writeBatches(
    path,
    sources.map((s, i) => text(s, i)),
    job.signal,
  )
}

/** One query's answer as batches of one source. Rejects with a Fault. */
export async function recordQueryBatches(
  influx: Influx,
  query: InfluxQuery,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  dbrpOf(query.text)
  const feed = await answer(influx, query, signal)
  try {
    await writeBatches(path, [() => batchText(feed)], signal)
  } finally {
    feed.close()
  }
}

/** One query's answer as a stream: the points of all series by time. Rejects with a Fault. */
export async function recordQueryStream(
  influx: Influx,
  query: InfluxQuery,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const { db, rp } = dbrpOf(query.text)
  const feed = await answer(influx, query, signal)
  const sort = new PointSort(path)
  let writer: StreamWriter | undefined
  try {
    for (let piece = await feed.next(); piece; piece = await feed.next()) {
      signal.throwIfAborted()
      if (piece.is === 'rows') await sort.add(piece.points)
    }
    writer = new StreamWriter(path)
    for await (const points of sort.sorted()) {
      signal.throwIfAborted()
      await writer.write(db, rp, points)
    }
    await writer.close()
  } catch (e) {
    await writer?.abort()
    throw e
  } finally {
    feed.close()
    await sort.close()
  }
}

/** A query as it is asked for a recording: its text as it was given, the batches at the times of their rows. */
export function recordedQuery(text: string, cluster: string): InfluxQuery {
  return { cluster, language: 'influxql', text, byName: false, stop: ZERO_TIME, rowTimes: true }
}

/** What the query reads from; it has to say so itself. Throws Fault. */
function dbrpOf(text: string): Dbrp {
  const { dbrps } = new BatchQuery({ text, groupBy: [], alignGroup: false, fill: undefined })
  const [dbrp] = dbrps
  if (dbrps.length !== 1 || !dbrp || dbrp.db === '' || dbrp.rp === '') {
    const why = 'could not determine database and retention policy. Is the query fully qualified?'
    throw new Fault('not-qualified', why, { status: 400 })
  }
  return dbrp
}

async function answer(influx: Influx, query: InfluxQuery, signal: AbortSignal): Promise<BatchFeed> {
  try {
    influx.cluster(query.cluster)
  } catch (e) {
    throw new Fault('no-cluster', `failed to get InfluxDB client: ${messageOf(e)}`, { cause: e })
  }
  try {
    return await influx.query(query, signal)
  } catch (e) {
    if (signal.aborted) throw signal.reason
    throw new Fault('query-failed', `InfluxDB query failed: ${messageOf(e)}`, { cause: e })
  }
}
