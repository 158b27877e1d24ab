// What differs between two texts, as `diff -u` shows it. Knows nothing of files and terminals.

/** Equal lines shown around what differs. */
const CONTEXT = 3
/** Larger comparisons are not made line by line: all of what differs is shown as one change. */
const MAX_CELLS = 4_000_000

interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** The difference, with these names for the texts; '' when there is none. Lines end in a line feed. */
export function unifiedDiff(
  before: string,
  after: string,
  names: { readonly before: string; readonly after: string },
): string {
  if (before === after) return ''
  const lines = comparison(linesOf(before), linesOf(after))
  let text = `--- ${names.before}\n+++ ${names.after}\n`
  let [a, b] = [0, 0]
  for (let i = 0; i < lines.length; ) {
    const end = hunkEnd(lines, i)
    const hunk = lines.slice(i, end)
    const [from, to] = [hunk.filter((l) => l.sign !== '+').length, hunk.filter((l) => l.sign !== '-').length]
    if (hunk.some((l) => l.sign !== ' ')) {
      text += `@@ -${range(a, from)} +${range(b, to)} @@\n`
      for (const { sign, text: line } of hunk)
        text += line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`
    }
    a += from
    b += to
    i = end
  }
  return text
}

/** Lines with their line feeds, so that one which lacks it at the end differs. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function range(start: number, count: number): string {
  const first = count === 0 ? start : start + 1
  return count === 1 ? String(first) : `${first},${count}`
}

/** Where the stretch that begins at `from` ends: a hunk with its context, or what lies between two hunks. */
function hunkEnd(lines: readonly Line[], from: number): number {
  const next = (i: number): number => {
    let at = i
    while (lines[at]?.sign === ' ') at++
    return at < lines.length ? at : Number.POSITIVE_INFINITY
  }
  const first = next(from)
  if (first - from > CONTEXT) return Math.min(first - CONTEXT, lines.length)
  let last = first
  for (let at = first; at - last <= 2 * CONTEXT + 1; at = next(at + 1)) last = at
  return Math.min(last + 1 + CONTEXT, lines.length)
}

function comparison(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head++
  let tail = 0
  const most = Math.min(before.length, after.length) - head
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  const same = (list: readonly string[]): Line[] => list.map((text) => ({ sign: ' ', text }))
  return [
    ...same(before.slice(0, head)),
    ...changes(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ]
}

/** By the longest common subsequence. */
function changes(before: readonly string[], after: readonly string[]): Line[] {
  const width = after.length + 1
  const lengths = new Uint32Array((before.length + 1) * width <= MAX_CELLS ? (before.length + 1) * width : 0)
  const lengthAt = (i: number, j: number): number => lengths[i * width + j] ?? 0
  if (lengths.length > 0)
    for (let i = before.length - 1; i >= 0; i--)
      for (let j = after.length - 1; j >= 0; j--)
        lengths[i * width + j] =
          before[i] === after[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1))
  const lines: Line[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    const both = i < before.length && j < after.length
    if (both && lengths.length > 0 && before[i] === after[j]) {
      lines.push({ sign: ' ', text: before[i++]! })
      j++
    } else if (i < before.length && (!both || lengthAt(i + 1, j) >= lengthAt(i, j + 1)))
      lines.push({ sign: '-', text: before[i++]! })
    else lines.push({ sign: '+', text: after[j++]! })
  }
  return lines
}
