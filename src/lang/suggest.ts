// "Did you mean …?": the name out of a list that comes closest to a misspelt one.
// It compares letters only and knows nothing of what the names mean.

/** Names longer than this are not compared: nobody mistypes them, and the comparison is quadratic. */
const MAX_LENGTH = 64

/**
 * The closest of the names, or undefined if none is near: up to a third of the letters may differ, and three at most.
 * Of names equally near the first is taken. A name that differs in case only always is the nearest.
 */
export function suggest(name: string, names: Iterable<string>): string | undefined {
  if (name.length > MAX_LENGTH) return undefined
  let best: string | undefined
  let bestDistance = Math.min(3, Math.max(1, Math.floor(name.length / 3))) + 1
  for (const candidate of names) {
    if (candidate === name || candidate.length > MAX_LENGTH) continue
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue
    const sameLetters = candidate.toLowerCase() === name.toLowerCase()
    const distance = sameLetters ? 0 : editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** How many letters must be put in, left out, replaced or swapped with their neighbour to turn one text into the other. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}

/** ` Did you mean "window"?`-style help, or undefined when nothing is near. */
export function didYouMean(name: string, names: Iterable<string>): string | undefined {
  const nearest = suggest(name, names)
  return nearest === undefined ? undefined : `Did you mean "${nearest}"?`
}
