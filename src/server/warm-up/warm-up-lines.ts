// The lines of the warm-up: of all the kinds that servers are sent, in turn, so that V8 has seen all of them before it
// compiles anything. What it compiles for lines of one kind is thrown away at the first line of another.

const T0 = 1_500_000_000
const FIELDS = ['guest', 'guest_nice', 'idle', 'iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user']

/** What a line with this number has before its time. */
type Line = (n: number) => string

const spread = (n: number): number => (n * 7_919) % 10_007

const tiny: Line = (n) => `m v=${n % 10}`

const int: Line = (n) => `i value=${spread(n) % 1_000}i`

/** Three tags, ten numbers of up to 18 digits; all series are new, but not all hosts. */
const wide: Line = (n) => {
  const x = spread(n)
  const fields = FIELDS.map((f, i) => {
    const value = (x * (i + 3)) % 99.7
    return `${f}=${i === 0 ? value / 5_000 : (x + i) % 2 === 0 ? value.toFixed(2) : value}`
  })
  return `cpu,cpu=cpu${n},host=server-${n % 8 === 0 ? n % 256 : n % 6}.example.net,region=r${n % 5} ${fields.join(',')}`
}

/** A value of each kind. */
const every: Line = (n) => {
  const x = spread(n)
  const sign = n % 4 === 0 ? '-' : ''
  return `n,host=h${x % 7},id=${n % 50} count=${x * 13}i,level=${sign}${x / 8},ok=${n % 2 === 0},state="run${n % 3}"`
}

const MIXED = [tiny, wide, every, int]
const BODIES: readonly (readonly Line[])[] = [MIXED, [wide], [tiny], MIXED, [every], [int]]
/** The number of bodies with wide lines alone. */
export const WIDE = 1

/** A body of so many lines, a second apart, of which the first has the number `from`; the body's number says which kinds. */
export function warmUpBody(body: number, from: number, lines: number): string {
  const kinds = BODIES[body % BODIES.length]!
  let text = ''
  for (let n = from; n < from + lines; n++) {
    const ns = body % 2 === 0 ? '000000000' : String(123_456_789 + n)
    text += `${kinds[n % kinds.length]!(n)} ${T0 + n}${ns}\n`
  }
  return text
}
