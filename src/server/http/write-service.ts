// Takes written points in: unpacks, reads the lines, hands the points to the engine. HTTP's statuses are in the Faults;
// the order of the checks is part of the API.
import type { Clock } from '../../base/clock.ts'
import { Fault } from '../../base/fault.ts'
import type { FieldsRead } from '../../base/line-protocol/fields-read.ts'
import { formatErrors } from '../../base/line-protocol/line-error.ts'
import type { LineParser } from '../../base/line-protocol/line-parser.ts'
import type { Logger } from '../../base/logger.ts'
import type { Point } from '../../base/point.ts'
import type { RawBody } from '../../flow/remote-tasks.ts'
import { type BodyWatcher, EarlyLines } from './early-lines.ts'
import { unpackBody } from './unpack-body.ts'

/** Where points go. Undefined: all that is owed for them is done. */
export interface Intake {
  /** What is read of the points of so many bytes that come now; undefined, or without it: all. */
  reads?(db: string, rp: string, bytes: number): FieldsRead | undefined
  write(db: string, rp: string, points: readonly Point[], bytes: number, raw?: RawBody): Promise<void> | undefined
}

export interface WriteRequest {
  readonly db: string
  readonly rp: string
  readonly precision: string
  readonly gzip: boolean
  readonly body: Buffer
  /** What has watched the body arrive, if anything has. */
  readonly early?: BodyWatcher | undefined
  /** Throws when the database may not be written. */
  readonly check?: ((db: string) => void) | undefined
}

export interface WriteServiceOptions {
  readonly parser: LineParser
  readonly intake: Intake
  readonly clock: Clock
  readonly logger: Logger
  readonly defaultRetentionPolicy: string
  /** Bytes of a body after unpacking. */
  readonly maxBodyBytes: number
  /** Logs each body. */
  readonly tracing: boolean
}

export class WriteService {
  readonly #o: WriteServiceOptions

  constructor(options: WriteServiceOptions) {
    this.#o = options
  }

  /** Reads a plain body while it arrives. */
  watch(db: string, rp: string, precision: string): EarlyLines {
    const { parser, intake, clock } = this.#o
    const policy = this.#rp(rp)
    return new EarlyLines(parser, db, policy, precision, clock.now(), intake.reads?.(db, policy, 0))
  }

  #rp(rp: string): string {
    return rp === '' ? this.#o.defaultRetentionPolicy : rp
  }

  /**
   * Undefined when the points have been run, else a promise of that. Throws or rejects with a Fault: 400 for what cannot
   * be read, 413, 503 when there is no room.
   */
  write(r: WriteRequest): Promise<void> | undefined {
    if (!r.gzip) return this.#take(r, r.body)
    const body = unpackBody(r.body, this.#o.maxBodyBytes)
    return body instanceof Promise ? body.then((b) => this.#take(r, b)) : this.#take(r, body)
  }

  #take(r: WriteRequest, body: Buffer): Promise<void> | undefined {
    const o = this.#o
    if (o.tracing) o.logger.info('write body received by handler', { body: body.toString('utf8') })
    const rp = this.#rp(r.rp)
    const early = r.early instanceof EarlyLines ? r.early : undefined
    const now = early?.now ?? o.clock.now()
    const reads = o.intake.reads?.(r.db, rp, body.length)
    const parsed =
      early && early.reads === reads ? early.finish(body) : o.parser.parse(body, r.db, rp, r.precision, now, reads)
    if (!parsed.ok) throw new Fault('bad-line', formatErrors(parsed.errors), { status: 400 })
    if (r.db === '') throw new Fault('no-database', 'database is required', { status: 400 })
    r.check?.(r.db)
    if (parsed.points.length === 0) return undefined
    return o.intake.write(r.db, rp, parsed.points, body.length, { bytes: body, precision: r.precision, now })
  }
}
