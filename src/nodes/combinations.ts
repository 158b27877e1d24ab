// Combinations of points and their assignment to tests. Knows numbers only.

/** n over k, as Infinity when it is beyond exact numbers. */
export function combinationCount(n: number, k: number): number {
  if (k > n) return 0
  let count = 1
  for (let i = 1; i <= k; i++) {
    count = (count * (n - k + i)) / i
    if (count > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY
  }
  return Math.round(count)
}

/**
 * For every choice of k out of n, in the order of indices: the first order of its members in which member i passes test
 * i, if there is one. Each test is made once for each member, when it is first needed.
 */
export function* assignments(
  n: number,
  k: number,
  passes: (test: number, member: number) => boolean,
): Generator<readonly number[]> {
  const known: (boolean | undefined)[] = new Array(n * k)
  const holds = (test: number, member: number): boolean => {
    const at = test * n + member
    const before = known[at]
    if (before !== undefined) return before
    const now = passes(test, member)
    known[at] = now
    return now
  }
  const choice = Array.from({ length: k }, (_, i) => i)
  while (k > 0 && k <= n) {
    const found = assign(choice, holds)
    if (found) yield found
    // The next choice: raise the last index that can be raised, and let the rest follow it.
    let i = k - 1
    while (i >= 0 && choice[i] === n - k + i) i--
    if (i < 0) return
    choice[i]!++
    for (let j = i + 1; j < k; j++) choice[j] = choice[j - 1]! + 1
  }
}

/** The first assignment, trying members in order for each test in turn. */
function assign(
  choice: readonly number[],
  holds: (test: number, member: number) => boolean,
): readonly number[] | undefined {
  const taken: number[] = []
  const used = new Set<number>()
  const place = (test: number): boolean => {
    if (test === choice.length) return true
    for (const member of choice) {
      if (used.has(member) || !holds(test, member)) continue
      used.add(member)
      taken.push(member)
      if (place(test + 1)) return true
      taken.pop()
      used.delete(member)
    }
    return false
  }
  return place(0) ? taken : undefined
}
