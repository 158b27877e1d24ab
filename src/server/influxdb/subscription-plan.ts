// Which subscriptions there should be, which there are, and what has to be done: pure, so that it can be tested alone.

export interface DbRp {
  readonly db: string
  readonly rp: string
}

/** One of SHOW SUBSCRIPTIONS. */
export interface Subscription extends DbRp {
  readonly name: string
  readonly mode: string
  readonly destinations: readonly string[]
}

type PolicyMap = Readonly<Record<string, readonly string[]>>

/** The databases and retention policies to subscribe to: those named, or all, less the excluded. */
export function wantedOf(existing: readonly DbRp[], named: PolicyMap, excluded: PolicyMap): readonly DbRp[] {
  const has = (map: PolicyMap, { db, rp }: DbRp): boolean =>
    Object.hasOwn(map, db) && (map[db]!.length === 0 || map[db]!.includes(rp))
  const some = Object.keys(named).length > 0
  return existing.filter((x) => (!some || has(named, x)) && !has(excluded, x))
}

export interface PlanOptions {
  /** The name of this server's subscriptions. */
  readonly name: string
  /** Names that earlier versions gave. */
  readonly oldNames: readonly string[]
  readonly wanted: readonly DbRp[]
  readonly existing: readonly Subscription[]
  /** Where writes to the database are to be sent. */
  readonly destination: (x: DbRp) => string
}

export interface Plan {
  readonly drop: readonly Subscription[]
  readonly create: readonly (DbRp & { readonly destination: string })[]
}

/**
 * Subscriptions of this server's name that lead elsewhere or are not wanted go, and so do those of old names. Those of
 * other servers go only when they lead to where this one listens: that server is gone, and points would come twice.
 */
export function planOf(o: PlanOptions): Plan {
  const wanted = new Map(o.wanted.map((x) => [keyOf(x), o.destination(x)]))
  const drop: Subscription[] = []
  const kept = new Set<string>()
  for (const s of o.existing) {
    const key = keyOf(s)
    const destination = wanted.get(key)
    if (s.name === o.name) {
      const right = destination !== undefined && s.destinations.length === 1 && s.destinations[0] === destination
      if (right && !kept.has(key)) kept.add(key)
      else drop.push(s)
    } else if (o.oldNames.includes(s.name)) drop.push(s)
    else if (s.name.startsWith('kapacitor-') && s.destinations.some((d) => samePlace(d, o.destination(s)))) drop.push(s)
  }
  const create = o.wanted.filter((x) => !kept.has(keyOf(x))).map((x) => ({ ...x, destination: wanted.get(keyOf(x))! }))
  return { drop, create }
}

function keyOf({ db, rp }: DbRp): string {
  return JSON.stringify([db, rp])
}

/** Whether both lead to the same scheme, host and port. */
function samePlace(a: string, b: string): boolean {
  const x = URL.parse(a)
  const y = URL.parse(b)
  return x !== null && y !== null && x.protocol === y.protocol && x.host === y.host && x.host !== ''
}
