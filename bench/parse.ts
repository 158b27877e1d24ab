// How fast line protocol becomes points: ns per point and MB/s for three forms of lines, 5,000 lines a body.
// Run: node bench/parse.ts [form…]. Figures mean something on a quiet machine only.
import { LineParser } from '../src/base/line-protocol/line-parser.ts'

const LINES = 5_000
const SERIES = 100
const ROUNDS = 9
const ROUND_MS = 120
const WARM_UP_MS = 400

/** A generator with a fixed seed, so that every run reads the same bytes. */
function makeRandom(seed: number): () => number {
  let s = seed
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
    return s / 2 ** 32
  }
}

const CPU_FIELDS = ['user', 'system', 'idle', 'nice', 'iowait', 'irq', 'softirq', 'steal', 'guest', 'guest_nice']

const forms: Readonly<Record<string, (i: number, random: () => number) => string>> = {
  tiny: (i) => `m v=${i % 10} ${1_500_000_000_000_000_000n + BigInt(i)}`,
  wide: (i, random) => {
    const fields = CPU_FIELDS.map((f) => `${f}=${random() * (random() < 0.5 ? 100 : 10)}`)
    const series = i % SERIES
    return `cpu,cpu=cpu${series % 8},host=server${series},dc=eu ${fields.join(',')} ${1_500_000_000_000_000_000n + BigInt(i) * 1_000_003n}`
  },
  tags10: (i, random) => {
    const series = i % SERIES
    const tags = Array.from({ length: 10 }, (_, t) => `tag${t}=value${(series + t) % 37}`)
    const fields = `count=${Math.floor(random() * 1e6)}i,level=${(random() * 100).toFixed(2)},ok=${i % 2 === 0},state="running"`
    return `m,${tags.join(',')} ${fields} ${1_500_000_000_000_000_000n + BigInt(i) * 1_000_003n}`
  },
}

function measure(name: string): void {
  const random = makeRandom(7)
  const text = Array.from({ length: LINES }, (_, i) => forms[name]!(i, random)).join('\n')
  const body = new TextEncoder().encode(text)
  const parser = new LineParser()
  const once = (): void => {
    const r = parser.parse(body, 'db', 'rp', 'n', { sec: 0, ns: 0 })
    if (!r.ok || r.points.length !== LINES) throw new Error(`${name}: the body was not read as a whole`)
  }
  const run = (ms: number): number => {
    const start = performance.now()
    let bodies = 0
    do {
      once()
      bodies++
    } while (performance.now() - start < ms)
    return ((performance.now() - start) * 1e6) / (bodies * LINES)
  }
  run(WARM_UP_MS)
  const rounds = Array.from({ length: ROUNDS }, () => run(ROUND_MS)).sort((a, b) => a - b)
  const median = rounds[ROUNDS >> 1]!
  const bytes = body.length / LINES
  console.log(
    `${name.padEnd(8)} ${bytes.toFixed(0).padStart(4)} B  ${median.toFixed(0).padStart(6)} ns/point (best ${rounds[0]!.toFixed(0)})  ${((bytes / median) * 1e3).toFixed(0).padStart(5)} MB/s`,
  )
}

const chosen = process.argv.slice(2)
for (const name of chosen.length > 0 ? chosen : Object.keys(forms)) {
  if (!Object.hasOwn(forms, name)) throw new Error(`no such form: ${name}; there are ${Object.keys(forms).join(', ')}`)
  measure(name)
}
