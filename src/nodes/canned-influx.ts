// An InfluxDB that answers from memory: for scripts that run in process. It keeps what it was asked and what was written.
import type { BatchFeed } from '../base/batch-feed.ts'
import { AnnotatedCsvDecoder } from '../base/influxdb/annotated-csv.ts'
import { JsonResultDecoder } from '../base/influxdb/json-results.ts'
import { ResultSpool } from '../base/influxdb/result-spool.ts'
import type { Influx, InfluxQuery } from '../flow/world.ts'
import type { WriteTarget } from './influxdb-out.ts'

/** What was written in one request. */
export interface WrittenLines extends WriteTarget {
  readonly lines: string
}

/** The body of the answer to a query: JSON, or annotated CSV for Flux. May throw a Fault. */
export type AnswerQuery = (query: InfluxQuery) => string | Promise<string>

const NOTHING = '{"results":[{"statement_id":0}]}'

export class CannedInflux implements Influx {
  readonly asked: InfluxQuery[] = []
  readonly written: WrittenLines[] = []
  /** Databases that were to be made, with their retention policies. */
  readonly created: { readonly db: string; readonly rp: string }[] = []
  readonly #answer: AnswerQuery | undefined
  readonly #write: ((lines: WrittenLines) => void | Promise<void>) | undefined

  /** `write` may throw a Fault to refuse what is written. */
  constructor(answer?: AnswerQuery, write?: (lines: WrittenLines) => void | Promise<void>) {
    this.#answer = answer
    this.#write = write
  }

  cluster(name: string): string {
    return name === '' ? 'default' : name
  }

  async query(query: InfluxQuery): Promise<BatchFeed> {
    this.asked.push(query)
    const spool = new ResultSpool(query)
    const decoder = query.language === 'flux' ? new AnnotatedCsvDecoder(spool) : new JsonResultDecoder(spool)
    const body = this.#answer ? await this.#answer(query) : query.language === 'flux' ? '' : NOTHING
    decoder.push(new TextEncoder().encode(body))
    decoder.end()
    return spool
  }

  async write(target: WriteTarget, lines: string): Promise<void> {
    const written = { ...target, lines }
    await this.#write?.(written)
    this.written.push(written)
  }

  async create({ db, rp }: WriteTarget): Promise<void> {
    this.created.push({ db, rp })
  }
}
