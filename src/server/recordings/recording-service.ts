// The recordings: starts them, keeps what is stored of them and their files in step, and ends them. What is recorded
// is the affair of the work that is handed in; HTTP and JSON are the routes' affair.
import { randomUUID } from 'node:crypto'
import { quoteText } from '../../alert/template/go-quote.ts'
import type { Clock } from '../../base/clock.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'
import { idFault, type TaskType } from '../tasks/task-record.ts'
import type { DatedStore } from './dated-store.ts'
import type { RecordingFiles } from './recording-files.ts'
import { type RecordingRecord, SHUTDOWN } from './recording-record.ts'

/** Writes a recording to the path. Rejects with the recording's error, or with the signal's reason. */
export type RecordingWork = (path: Promise<string>, job: RecordingJob) => Promise<void>

export interface RecordingJob {
  readonly signal: AbortSignal
  /** The share that is done, 0…1. */
  progress(share: number): void
}

export interface RecordingServiceOptions {
  readonly store: DatedStore<RecordingRecord>
  readonly files: RecordingFiles
  readonly clock: Clock
  readonly logger: Logger
}

interface Running {
  readonly abort: AbortController
  readonly done: Promise<void>
}

const refused = (code: string, message: string, status = 400): Fault => new Fault(code, message, { status })

export class RecordingService {
  readonly #o: RecordingServiceOptions
  readonly #running = new Map<string, Running>()
  readonly #deleting = new Set<string>()
  #closed = false

  constructor(o: RecordingServiceOptions) {
    this.#o = o
  }

  // ---- reading ----

  /** A recording; one whose file was dropped into the folder is found, too. */
  get(id: string): RecordingRecord | undefined {
    if (!this.#o.store.get(id)) this.#register()
    return this.#o.store.get(id)
  }

  /** Newest first. */
  list(filter: (id: string) => boolean): RecordingRecord[] {
    this.#register()
    return this.#o.store.newestFirst(filter)
  }

  /** Resolves when the recording does not run any more. */
  async whenEnded(id: string): Promise<void> {
    await this.#running.get(id)?.done
  }

  /** The file of a finished recording. */
  path(r: RecordingRecord): string {
    return this.#o.files.path(r.id, r.type)
  }

  /** A file for a while, to be removed by whoever asked for it. */
  temporary(name: string): Promise<string> {
    return this.#o.files.temporary(name)
  }

  // ---- changing ----

  /** The id of a new recording: the one asked for, or a random one. Throws Fault (400). */
  checkId(asked: string | undefined): string {
    const id = asked || randomUUID()
    const fault = idFault('recording', id, quoteText)
    if (fault !== undefined) throw refused('bad-id', fault)
    return id
  }

  /** Starts a recording, which goes on in the background. Throws Fault (400). */
  start(id: string, type: TaskType, work: RecordingWork): RecordingRecord {
    const { store, files, clock, logger } = this.#o
    if (this.get(id)) throw refused('recording-exists', 'recording already exists')
    const record: RecordingRecord = { id, type, size: 0, date: clock.now(), error: '', status: 'running', progress: 0 }
    store.put(record)
    logger.info('started recording', { recording: id, type })
    const abort = new AbortController()
    const job: RecordingJob = {
      signal: abort.signal,
      progress: (share) => this.#shown(id, share),
    }
    const path = files.begin(id, type)
    // The work may fail before it looks at the path.
    path.catch(() => {})
    // In the background from here on: whatever happens ends up in the record.
    const done = work(path, job)
      .then(() => files.finish(id, type))
      .then(
        (size) => this.#ended(record, size, ''),
        async (e: unknown) => {
          await files.discard(id, type).catch(() => {})
          this.#ended(record, 0, messageOf(e))
        },
      )
    this.#running.set(id, { abort, done })
    return record
  }

  #shown(id: string, share: number): void {
    const record = this.#o.store.get(id)
    if (record?.status === 'running') this.#o.store.show({ ...record, progress: share })
  }

  #ended(begun: RecordingRecord, size: number, error: string): void {
    const { id, type } = begun
    this.#running.delete(id)
    // Cut off by the end of the server: the next start tells of it.
    if (this.#closed || this.#deleting.has(id)) return
    const { store, clock, logger } = this.#o
    const status = error === '' ? 'finished' : 'failed'
    const record: RecordingRecord = { id, type, size, date: clock.now(), error, status, progress: 1 }
    try {
      store.put(record)
    } catch (e) {
      // The disk is full for the store, too: memory knows, and the next start finds the file or tells of a cut.
      store.show(record)
      logger.error('the end of a recording can not be stored', { recording: id, err: messageOf(e) })
    }
    if (error === '') logger.info('finished recording', { recording: id, size })
    else logger.error('recording failed', { recording: id, err: error })
  }

  /** Forgets a recording and its file, also one that runs; no error when there is none. */
  async delete(id: string): Promise<void> {
    const { store, files, logger } = this.#o
    const record = this.get(id)
    if (!record || this.#deleting.has(id)) return
    this.#deleting.add(id)
    try {
      const running = this.#running.get(id)
      running?.abort.abort(new Fault('deleted', 'the recording was deleted'))
      await running?.done
      store.remove(id)
      await files.remove(id, record.type)
      logger.info('deleted recording', { recording: id })
    } finally {
      this.#deleting.delete(id)
    }
  }

  // ---- life ----

  /** Looks at what the last run of the server left: call it once, before anything else. */
  resume(): void {
    const { store, files, clock, logger } = this.#o
    try {
      for (const name of files.scan(() => true).strange) {
        logger.error('a file in the folder of the recordings is none: its name must end in .srpl or .brpl', {
          file: name,
        })
      }
      files.sweep()
    } catch (e) {
      logger.error('the folder of the recordings can not be read', { dir: files.folder, err: messageOf(e) })
    }
    for (const r of [...store.all()]) {
      if (r.status !== 'running') continue
      // A file gets its name when it is whole: then only the word of it was lost.
      const file = files.look(r.id, r.type)
      if (file) store.put({ ...file, error: '', status: 'finished', progress: 1 })
      else store.put({ ...r, status: 'failed', error: SHUTDOWN, date: clock.now() })
    }
    this.#register((id) =>
      logger.error('a file in the folder of the recordings is not taken up: its name without the ending is no id', {
        id,
      }),
    )
  }

  /** Takes up recordings that were dropped into the folder. */
  #register(odd?: (id: string) => void): void {
    const { store, files, logger } = this.#o
    try {
      const isKnown = (id: string): boolean => store.get(id) !== undefined || this.#deleting.has(id)
      for (const file of files.scan(isKnown).found) {
        const { id, type, size } = file
        if (isKnown(id)) continue
        if (idFault('recording', id, quoteText) !== undefined) {
          odd?.(id)
          continue
        }
        store.put({ ...file, error: '', status: 'finished', progress: 1 })
        logger.info('found a recording', { recording: id, type, size })
      }
    } catch (e) {
      logger
        .limited('recordings-scan', 60_000)
        .error('the folder of the recordings can not be read', { dir: files.folder, err: messageOf(e) })
    }
  }

  /** Ends what is under way, as cut off. */
  async close(): Promise<void> {
    this.#closed = true
    const all = [...this.#running.values()]
    for (const r of all) r.abort.abort(new Fault('closed', 'the server is shutting down'))
    await Promise.all(all.map((r) => r.done))
  }
}
