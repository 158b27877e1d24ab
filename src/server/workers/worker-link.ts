// The main thread's end of one worker: makes the thread when it is first needed, hands bodies and questions over, and
// settles what is under way when the thread ends, whatever ended it. Knows tasks by their ids only.
import { Worker } from 'node:worker_threads'
import { messageOf } from '../../base/fault.ts'
import { plainToText } from '../../base/plain.ts'
import type { Entry } from '../../flow/entry.ts'
import type { WholeBody } from '../../flow/remote-tasks.ts'
import type { Answer, FromWorker, TaskFigures, ToWorker, WorkerSettings } from './messages.ts'

/** Milliseconds until a question is given up: enough for a thread that has to start first. */
const ANSWER_MS = 10_000

/** A message that is answered. */
type Asking = Extract<ToWorker, { readonly call: number }>

/** What the link needs of a thread. */
export interface Thread {
  postMessage(message: ToWorker, transfer?: readonly ArrayBuffer[]): void
  terminate(): Promise<unknown>
  on(event: 'message', run: (m: FromWorker) => void): unknown
  on(event: 'error', run: (e: unknown) => void): unknown
  on(event: 'exit', run: (code: number) => void): unknown
}

/** Beside this file when it runs as it is; beside the bundle that `npm run build` makes. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './worker-main.ts' : './worker.mjs', import.meta.url)

export function spawnThread(settings: WorkerSettings, name: string): Thread {
  return new Worker(ENTRY, { workerData: settings, name }) as unknown as Thread
}

export interface WorkerLinkOptions {
  readonly spawn: () => Thread
  /** A message that is neither an answer nor the end of a body. */
  readonly heard: (message: FromWorker & { readonly type: 'failed' | 'log' }) => void
  readonly settled: (entry: Entry) => void
  /** The thread has ended by itself; everything that was under way is settled. The next message makes a new one. */
  readonly died: (reason: string) => void
}

export class WorkerLink {
  readonly #o: WorkerLinkOptions
  #thread: Thread | undefined
  #closed = false
  #number = 0
  /** Bodies that the thread has not finished with, in the order in which they went over. */
  readonly #entries = new Map<number, Entry>()
  readonly #calls = new Map<number, (answer: Answer | undefined) => void>()
  /** The entry whose body went over last: the tasks of the thread share it. */
  #last: Entry | undefined
  /** Tasks whose figures are to be asked for, and the answer to all who want them. */
  #asking: { readonly ids: Set<string>; readonly answer: Promise<readonly TaskFigures[]> } | undefined

  constructor(o: WorkerLinkOptions) {
    this.#o = o
  }

  /** Bodies under way. */
  get behind(): number {
    return this.#entries.size
  }

  get oldest(): Entry | undefined {
    return this.#entries.values().next().value
  }

  /** Hands the body of an entry over, once, and lets the entry wait for it. */
  give(entry: Entry, { db, rp, points, raw }: WholeBody): void {
    if (this.#last === entry || this.#closed) return
    this.#last = entry
    entry.pending++
    const body = ++this.#number
    this.#entries.set(body, entry)
    if (!raw) {
      this.post({ type: 'points', body, db, rp, text: plainToText(points) })
      return
    }
    const { precision, now } = raw
    const bytes = new Uint8Array(raw.bytes)
    this.post({ type: 'lines', body, db, rp, bytes, precision, now }, [bytes.buffer])
  }

  post(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#closed) return
    this.#thread ??= this.#start()
    this.#thread.postMessage(message, transfer)
  }

  /** The figures of a task; those of one moment are asked for in one message. Undefined when the task does not run. */
  async figures(id: string): Promise<TaskFigures | undefined> {
    const asking = (this.#asking ??= this.#ask())
    asking.ids.add(id)
    return (await asking.answer).find((f) => f.id === id)
  }

  #ask(): { readonly ids: Set<string>; readonly answer: Promise<readonly TaskFigures[]> } {
    const ids = new Set<string>()
    const answer = Promise.resolve().then(async () => {
      this.#asking = undefined
      return ((await this.call((call) => ({ type: 'figures', call, ids: [...ids] }))) ?? []) as readonly TaskFigures[]
    })
    return { ids, answer }
  }

  /** Undefined when the thread has ended, or does not answer in time. */
  call(make: (call: number) => Asking): Promise<Answer | undefined> {
    if (this.#closed) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(undefined), ANSWER_MS)
      const done = (answer: Answer | undefined): void => {
        clearTimeout(timer)
        this.#calls.delete(call)
        resolve(answer)
      }
      const call = ++this.#number
      this.#calls.set(call, done)
      this.post(make(call))
    })
  }

  /** Lets a task run what it has been given, and resolves when it has ended; or earlier, when that takes too long. */
  async stop(id: string, why: 'drain' | 'handover'): Promise<void> {
    await this.call((call) => ({ type: 'stop', call, id, why }))
  }

  /** Ends the thread for good. */
  async close(): Promise<void> {
    this.#closed = true
    const thread = this.#thread
    this.#thread = undefined
    await thread?.terminate()
    this.#settleAll()
  }

  #start(): Thread {
    const thread = this.#o.spawn()
    let reason: string | undefined
    thread.on('message', (m) => this.#hear(m))
    thread.on('error', (e) => {
      reason = messageOf(e)
    })
    thread.on('exit', (code) => {
      if (this.#thread !== thread) return
      this.#thread = undefined
      this.#settleAll()
      this.#o.died(reason ?? `it ended with code ${code}`)
    })
    return thread
  }

  #hear(m: FromWorker): void {
    switch (m.type) {
      case 'done': {
        const entry = this.#entries.get(m.body)
        this.#entries.delete(m.body)
        if (entry) this.#o.settled(entry)
        return
      }
      case 'answer':
        this.#calls.get(m.call)?.(m.answer)
        return
      default:
        this.#o.heard(m)
    }
  }

  #settleAll(): void {
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    this.#last = undefined
    for (const done of [...this.#calls.values()]) done(undefined)
    for (const entry of entries) this.#o.settled(entry)
  }
}
