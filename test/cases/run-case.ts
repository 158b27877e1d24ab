// Runs a conformance case in process: the same engine and nodes as the server, on a clock that only moves when the case
// waits, with recorded surroundings. Cases that need the server itself (its API, its store) can't be run so.
import type { Case, Step } from './case-file.ts'
import { type Sent, SINK, Surroundings } from './case-surroundings.ts'
import { arranged, masked, parseValue, sameValue } from './case-values.ts'

const X = 'xcase'
const TCP = '127.0.0.1:9188'
/** The task's time that an expectation is given to come true, as the runner over HTTP does. */
const PATIENCE_MS = 4_000
const STEP_MS = 20
/** At a case's end so much time passes, to see that nothing comes late. */
const AFTER_MS = 260

/** A GET of a live result: task and endpoint. */
function endpointOf(s: Step): [string, string] | undefined {
  const m = s.word === 'GET' ? /^\/kapacitor\/v1\/tasks\/([^/\s?]+)\/([^\s?]+)(?: unordered)?$/.exec(s.rest) : null
  return m ? [m[1]!, m[2]!] : undefined
}

/** A running task; programs aren't run here, and databases aren't made. */
const taskOf = (s: Step): boolean =>
  /^\S+\s+(?:stream|batch)\s+\S+\.\S/.test(s.rest) &&
  !/\bdisabled\b/.test(s.rest) &&
  !/\.(?:exec|create)\(/.test(s.body)

const WORDS = new Set('write sleep reply file tcp make influx-answer influx-queries influx-writes'.split(' '))

/** Whether nothing in the case needs more than tasks, writes, sinks, logged files and live results. */
export function runsInProcess(c: Case): boolean {
  return (
    c.steps.some((s) => s.word === 'task') &&
    c.steps.every(
      (s) =>
        (s.word === 'task' && taskOf(s)) ||
        WORDS.has(s.word) ||
        (s.word === 'sink' && !/\bfull\b/.test(s.rest)) ||
        (endpointOf(s) !== undefined && s.expectHead === '200'),
    )
  )
}

/** Splits a body's lines into bodies; the identity keeps a write whole. */
export type Split = (lines: readonly string[]) => readonly (readonly string[])[]
export const whole: Split = (lines) => [lines]
export const eachLine: Split = (lines) => lines.map((l) => [l])

export interface RunOptions {
  readonly split?: Split
  /** Whether the tasks go over to a new engine before the entry of this number, counted from 0. */
  readonly restartBefore?: (entry: number) => boolean
}

export interface CaseOutcome {
  /** A text for each expectation that is not met. */
  readonly fails: readonly string[]
  readonly sent: Sent
  /** How many bodies were written and how many waits there were. */
  readonly entries: number
  /** Names of the nodes whose state a new engine took over. */
  readonly handedOver: ReadonlySet<string>
}

export async function runCase(c: Case, o: RunOptions = {}): Promise<CaseOutcome> {
  const run = new CaseRun(c, o)
  try {
    for (const s of c.steps) await run.step(s)
    await run.lookAgain()
  } finally {
    await run.at.close()
  }
  return { fails: run.fails, sent: run.at.sent, entries: run.entries, handedOver: run.at.handedOver }
}

class CaseRun {
  readonly at = new Surroundings()
  readonly fails: string[] = []
  entries = 0
  readonly #case: Case
  readonly #o: RunOptions
  /** The last expectation of each list of things sent out. */
  readonly #lists = new Map<string, Step>()

  constructor(c: Case, o: RunOptions) {
    this.#case = c
    this.#o = o
  }

  async step(s: Step): Promise<void> {
    const [a0 = '', ...args] = s.rest.split(/\s+/)
    if (s.word === 'task') {
      const dbrps = args.filter((w) => w.includes('.')).map((w) => this.#dbrp(w))
      const type = args[0] === 'batch' ? 'batch' : 'stream'
      await this.at.start(this.#fill(a0), { script: this.#fill(s.body), type, dbrps })
    } else if (s.word === 'write') {
      const { db, rp } = this.#dbrp(a0)
      for (const lines of (this.#o.split ?? whole)(this.#fill(s.body).split('\n'))) {
        await this.#entry()
        await this.at.write(db, rp, lines, args[0] ?? 'ns')
      }
    } else if (s.word === 'sleep') {
      await this.#entry()
      await this.at.pass(Number.parseInt(a0, 10))
    } else if (s.word === 'reply') {
      this.at.reply(`/${a0}`, Number(args[0] ?? 200), this.#fill(s.body))
    } else if (s.word === 'make') {
      this.at.make(a0, this.#fill(s.body))
    } else if (s.word === 'influx-answer') {
      this.at.influxAnswer(this.#fill(s.rest), this.#fill(s.body))
    } else if (s.expectHead !== undefined) {
      await this.#expect(s)
    }
  }

  async #entry(): Promise<void> {
    if (this.#o.restartBefore?.(this.entries++)) await this.at.restart()
  }

  async #expect(s: Step): Promise<void> {
    for (let waited = 0; !this.#holds(s); waited += STEP_MS) {
      if (waited >= PATIENCE_MS) {
        this.#fail(s, '')
        return
      }
      if (waited === 0) await this.#entry()
      await this.at.pass(STEP_MS)
    }
    if (s.word !== 'GET') this.#lists.set(`${s.word} ${s.rest.split(/\s+/)[0]}`, s)
  }

  /** What was sent out is looked at once more, so that a late extra notification shows. */
  async lookAgain(): Promise<void> {
    await this.at.pass(AFTER_MS)
    for (const s of this.#lists.values()) if (!this.#holds(s)) this.#fail(s, 'later ')
  }

  #fail(s: Step, when: string): void {
    this.fails.push(
      `${this.#case.name} line ${s.line} ${s.word} ${s.rest}\n  want ${JSON.stringify(this.#want(s))}\n  ${when}got  ${JSON.stringify(this.#got(s))}`,
    )
  }

  #holds(s: Step): boolean {
    return sameValue(this.#got(s), this.#want(s))
  }

  #want(s: Step): unknown {
    return this.#clean(s.expect ?? '') ?? (endpointOf(s) ? null : [])
  }

  #clean(text: string): unknown {
    return masked(parseValue(this.#unfill(text)), this.#case.masks)
  }

  #fill(text: string): string {
    return text.replaceAll('$X', X).replaceAll('$SINK', SINK).replaceAll('$TMP', this.at.folder).replaceAll('$TCP', TCP)
  }

  #unfill(text: string): string {
    return text
      .replaceAll(TCP, '$TCP')
      .replaceAll(`${SINK}/`, '$SINK/')
      .replaceAll(this.at.folder, '$TMP')
      .replaceAll(X, '$X')
  }

  #dbrp(text: string): { readonly db: string; readonly rp: string } {
    const [db = '', rp = ''] = this.#fill(text).split('.')
    return { db, rp }
  }

  #got(s: Step): unknown {
    const words = s.rest.split(/\s+/)
    const unordered = words.includes('unordered')
    const { sent } = this.at
    const endpoint = endpointOf(s)
    if (endpoint) {
      const got = this.#clean(this.at.live(this.#fill(endpoint[0]), endpoint[1])) as {
        series?: unknown[] | null
      } | null
      if (got?.series) got.series = arranged(got.series, unordered)
      return got
    }
    if (s.word === 'influx-queries')
      return arranged(
        sent.queries.map((q) => this.#unfill(q)),
        unordered,
      )
    if (s.word === 'influx-writes')
      return arranged(
        sent.written.map((l) => this.#unfill(l)),
        unordered,
      )
    let texts: readonly string[]
    if (s.word === 'file') texts = (sent.files[`${this.at.folder}/${words[0]}`] ?? '').split('\n').filter(Boolean)
    else if (s.word === 'tcp') texts = sent.tcp.flatMap((t) => t.split('\n').filter(Boolean))
    else texts = sent.requests.filter((r) => r.url === `${SINK}/${words[0]}`).map((r) => r.body)
    return arranged(
      texts.map((t) => this.#clean(t)),
      unordered,
    )
  }
}
