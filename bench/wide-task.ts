// The task that several benchmarks measure: what a collector sends of 100 hosts, grouped, filtered, in overlapping windows,
// averaged. Two of them are never the same, so that none can stand for another.
import { HOSTS } from './lines.ts'

/** The script with this number. */
export function wideScript(n: number): string {
  return `stream
    |from().measurement('cpu')
    |groupBy('host')
    |where(lambda: "cpu" != 'cpu7' AND "usage_idle" < 9${n % 10}.${Math.floor(n / 10)}5)
    |window().period(60s).every(10s)
    |mean('usage_user')
    |httpOut('out')`
}

interface Out {
  readonly series: readonly { readonly values: readonly (readonly [string, number])[] }[] | null
}

/** Throws when not every host has a mean that can be one. */
export function checkWide({ series }: Out): void {
  const means = (series ?? []).map((s) => s.values[0]![1])
  if (means.length !== HOSTS) throw new Error(`${means.length} of ${HOSTS} hosts have a mean`)
  if (!means.every((m) => m > 0 && m < 100)) throw new Error(`a mean is wrong: ${means.join(' ')}`)
}
