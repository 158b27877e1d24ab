// The bodies that benchmarks write: lines of fixed seeds whose times can be moved on in place, so that one body stands
// for any length of time and no text is made while something is measured. Knows nothing of what reads them.

/** Seconds of the first line of every body. */
export const T0 = 1_500_000_000
const SEC_DIGITS = 10
/** Of the seconds, the nanoseconds and the end of the line. */
const TIME_BYTES = SEC_DIGITS + 10

/** One line but for its time: what stands before it, its seconds after T0, and the nine digits after the second. */
interface Line {
  readonly text: string
  readonly sec: number
  readonly ns?: number
}

/** Lines as one body; times have nanoseconds. */
export class Body {
  readonly bytes: Buffer
  /** How many lines. */
  readonly points: number
  /** Seconds from its first line to where the next body goes on. */
  readonly spanSec: number
  /** Seconds of the line that stood at T0 at first. */
  startSec = T0
  readonly #places: Int32Array
  readonly #secs: Float64Array

  constructor(lines: readonly Line[], spanSec: number) {
    this.points = lines.length
    this.spanSec = spanSec
    this.#places = new Int32Array(lines.length)
    this.#secs = new Float64Array(lines.length)
    let text = ''
    for (const [i, l] of lines.entries()) {
      text += `${l.text} `
      this.#places[i] = text.length
      this.#secs[i] = l.sec
      text += `${T0 + l.sec}${String(l.ns ?? 0).padStart(9, '0')}\n`
    }
    this.bytes = Buffer.from(text, 'latin1')
  }

  /** Sets the times anew, so that the first line's is `sec`. */
  moveTo(sec: number): void {
    this.startSec = sec
    const { bytes } = this
    for (let i = 0; i < this.points; i++) {
      let n = sec + this.#secs[i]!
      for (let at = this.#places[i]! + SEC_DIGITS - 1, k = 0; k < SEC_DIGITS; k++, at--) {
        const rest = Math.floor(n / 10)
        bytes[at] = 48 + n - rest * 10
        n = rest
      }
    }
  }

  /** The bytes of some of its lines, as their times stand now. */
  piece(from: number, to: number): Uint8Array {
    const start = (i: number): number => (i === 0 ? 0 : this.#places[i - 1]! + TIME_BYTES)
    return this.bytes.subarray(start(from), start(to))
  }

  /** Moves it to where it goes on from itself. */
  moveOn(): void {
    this.moveTo(this.startSec + this.spanSec)
  }
}

/** A generator with a fixed seed, so that every run reads the same bytes. */
function makeRandom(seed: number): () => number {
  let s = seed
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
    return s / 2 ** 32
  }
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** One series, one small number, a second apart. */
export function tinyBody(points: number, name = 'm'): Body {
  return new Body(
    upTo(points).map((i) => ({ text: `${name} v=${i % 10}`, sec: i })),
    points,
  )
}

const CPU_FIELDS = ['guest', 'guest_nice', 'idle', 'iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user']
export const HOSTS = 100
export const CPUS = 8
/** Seconds between two points of a series of a wide body. */
export const STEP_SEC = 10

/** What a collector sends of 100 hosts with 8 CPUs each: 3 tags, 10 numbers of up to 16 digits, every 10 s. */
export function wideBody(steps: number, site = 'server'): Body {
  const random = makeRandom(7)
  const number = (): string => (random() < 0.5 ? (random() * 100).toFixed(2) : String(random() * 100))
  const lines: Line[] = []
  for (let step = 0; step < steps; step++)
    for (let host = 0; host < HOSTS; host++)
      for (let cpu = 0; cpu < CPUS; cpu++) {
        const tags = `cpu=cpu${cpu},host=${site}${String(host).padStart(2, '0')}.example.com,region=r${host % 5}`
        const fields = CPU_FIELDS.map((f) => `usage_${f}=${number()}`).join(',')
        lines.push({ text: `cpu,${tags} ${fields}`, sec: step * STEP_SEC })
      }
  return new Body(lines, steps * STEP_SEC)
}

/** Ten tags and a field of each kind. */
export function taggedBody(points: number): Body {
  const random = makeRandom(7)
  const lines = upTo(points).map((i) => {
    const tags = upTo(10).map((t) => `tag${t}=value${((i % HOSTS) + t) % 37}`)
    const fields = `count=${Math.floor(random() * 1e6)}i,level=${(random() * 100).toFixed(2)},ok=${i % 2 === 0},state="running"`
    return { text: `m,${tags.join(',')} ${fields}`, sec: Math.floor(i / HOSTS), ns: (i * 1_000_003) % 1e9 }
  })
  return new Body(lines, Math.ceil(points / HOSTS))
}

/** A point of each of two measurements for every second, those of the second one so many points behind the first. */
export function pairBody(pairs: number, behind: number): Body {
  const step = Math.max(1, behind)
  const lines: Line[] = []
  for (let i = 0; i < pairs; i += step)
    for (const name of ['m1', 'm2'])
      for (let sec = i; sec < Math.min(i + step, pairs); sec++)
        lines.push({ text: `${name} value=${sec % 1000}i`, sec })
  return new Body(lines, pairs)
}

/** A point of each of so many devices in every second, the devices numbered from `from`. */
export function deviceBody(devices: number, from = 0, seconds = 1): Body {
  const lines: Line[] = []
  for (let sec = 0; sec < seconds; sec++)
    for (let i = from; i < from + devices; i++) lines.push({ text: `m,device=d${i} v=${(i + sec) % 100}`, sec })
  return new Body(lines, seconds)
}

/** A point of each of so many measurements in turn. */
export function mixedBody(points: number, measurements: number): Body {
  return new Body(
    upTo(points).map((i) => ({ text: `m${i % measurements} v=${i % 10}`, sec: i })),
    points,
  )
}
