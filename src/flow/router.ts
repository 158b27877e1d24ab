// Which tasks want which points: a Map from (db, rp) and measurement to tasks, never a loop over all tasks.
import { bothFields, type FieldNames, type FieldsRead } from '../base/line-protocol/fields-read.ts'
import type { Point } from '../base/point.ts'
import { type CompiledTask, type Wanted, wantedOf } from './compile.ts'
import type { Entry } from './entry.ts'
import { fieldsReadBy, NO_FIELDS } from './fields-read.ts'
import type { WholeBody } from './remote-tasks.ts'

/** A task that takes points, wherever it runs. */
export interface Taker {
  readonly id: string
  /** It takes bodies as a whole, whatever of them it wants. */
  readonly takesWhole?: boolean
  readonly compiled: CompiledTask
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
  enqueue(entry: Entry, points: readonly Point[], ownTimes: boolean, body: WholeBody | undefined): void
}

class Subscriber {
  readonly task: Taker
  readonly wanted: Wanted
  #reads: ReadonlyMap<string, FieldNames> | undefined

  constructor(task: Taker, wanted: Wanted) {
    this.task = task
    this.wanted = wanted
  }

  /** The fields it reads of a measurement, '' stands for every one; none where it reads the bytes itself. */
  reads(measurement: string): FieldNames {
    if (this.task.takesWhole) return NO_FIELDS
    this.#reads ??= fieldsReadBy(this.task.compiled)
    return this.#reads.has(measurement) ? this.#reads.get(measurement) : NO_FIELDS
  }
}

interface Place {
  readonly byMeasurement: Map<string, Subscriber[]>
  readonly all: Subscriber[]
  /** Made when somebody asks, until the tasks change. */
  reads: FieldsRead | undefined
}

/** Nobody takes any point. */
const READ_NOTHING: FieldsRead = { of: () => NO_FIELDS }

/** All that the tasks of a place read. */
class PlaceReads implements FieldsRead {
  readonly #place: Place
  readonly #known = new Map<string, FieldNames>()

  constructor(place: Place) {
    this.#place = place
  }

  of(measurement: string): FieldNames {
    const named = this.#place.byMeasurement.has(measurement) ? measurement : ''
    if (!this.#known.has(named)) this.#known.set(named, this.#readOf(named))
    return this.#known.get(named)
  }

  #readOf(named: string): FieldNames {
    const { all, byMeasurement } = this.#place
    const byAll = all.map((s) => s.reads('')).reduce(bothFields, NO_FIELDS)
    return (byMeasurement.get(named) ?? []).map((s) => s.reads(named)).reduce(bothFields, byAll)
  }
}

/** The points of a body that are of one measurement. */
interface Part {
  readonly points: readonly Point[]
  /** Their places in the body. */
  readonly places: readonly number[]
}

/** The points of one body by measurement, made at most once a body. Nothing is copied when all are of one. */
class Body {
  readonly points: readonly Point[]
  readonly names: readonly string[]
  readonly #parts = new Map<string, Part>()

  constructor(points: readonly Point[]) {
    this.points = points
    if (points.length > 0 && ofOneMeasurement(points)) this.#parts.set(points[0]!.series.name, { points, places: [] })
    else this.#split()
    this.names = [...this.#parts.keys()]
  }

  #split(): void {
    let name: string | undefined
    let part: { points: Point[]; places: number[] } | undefined
    const parts = this.#parts as Map<string, { points: Point[]; places: number[] }>
    for (let i = 0; i < this.points.length; i++) {
      const p = this.points[i]!
      if (p.series.name !== name) {
        name = p.series.name
        part = parts.get(name)
        if (!part) parts.set(name, (part = { points: [], places: [] }))
      }
      part!.points.push(p)
      part!.places.push(i)
    }
  }

  part(name: string): readonly Point[] {
    return this.#parts.get(name)!.points
  }

  /** The names of the body that are wanted. What a body holds of and what a task wants may both be many: the fewer are gone through. */
  #namesOf(wanted: ReadonlySet<string>): readonly string[] {
    if (wanted.size >= this.names.length) return this.names.filter((n) => wanted.has(n))
    const named: string[] = []
    for (const n of wanted) if (this.#parts.has(n)) named.push(n)
    return named
  }

  /** In arrival order, each point once, however many froms want it. */
  wantedBy(w: Wanted): readonly Point[] {
    if (w.all) return this.points
    const named = this.#namesOf(w.measurements)
    if (named.length === 0) return []
    if (named.length === this.names.length) return this.points
    if (named.length === 1) return this.part(named[0]!)
    const places = Int32Array.from(named.flatMap((n) => this.#parts.get(n)!.places)).sort()
    return Array.from(places, (i) => this.points[i]!)
  }
}

function ofOneMeasurement(points: readonly Point[]): boolean {
  const name = points[0]!.series.name
  for (let i = 1; i < points.length; i++) if (points[i]!.series.name !== name) return false
  return true
}

export interface Delivery {
  readonly task: Taker
  readonly points: readonly Point[]
}

export interface Routed {
  readonly deliveries: readonly Delivery[]
  /** Points per measurement of the body. */
  readonly counts: readonly (readonly [string, number])[]
  /** Measurements that no task takes. */
  readonly unwanted: readonly (readonly [string, number])[]
}

export class Router {
  /** By database, then by retention policy. */
  readonly #places = new Map<string, Map<string, Place>>()

  add(task: Taker): void {
    const wanted = wantedOf(task.compiled)
    const subscriber = new Subscriber(task, wanted)
    for (const { db, rp } of task.dbrps) {
      let policies = this.#places.get(db)
      if (!policies) this.#places.set(db, (policies = new Map()))
      let place = policies.get(rp)
      if (!place) policies.set(rp, (place = { byMeasurement: new Map(), all: [], reads: undefined }))
      place.reads = undefined
      if (place.all.some((s) => s.task === task)) continue
      if (wanted.all) place.all.push(subscriber)
      for (const m of wanted.measurements) {
        const list = place.byMeasurement.get(m)
        if (!list) place.byMeasurement.set(m, [subscriber])
        else if (!list.some((s) => s.task === task)) list.push(subscriber)
      }
    }
  }

  remove(task: Taker): void {
    const keep = (list: Subscriber[]): Subscriber[] => list.filter((s) => s.task !== task)
    for (const [db, policies] of this.#places) {
      for (const [rp, place] of policies) {
        place.reads = undefined
        place.all.splice(0, place.all.length, ...keep(place.all))
        for (const [m, list] of place.byMeasurement) {
          const left = keep(list)
          if (left.length > 0) place.byMeasurement.set(m, left)
          else place.byMeasurement.delete(m)
        }
        if (place.all.length === 0 && place.byMeasurement.size === 0) policies.delete(rp)
      }
      if (policies.size === 0) this.#places.delete(db)
    }
  }

  route(db: string, rp: string, points: readonly Point[]): Routed {
    const body = new Body(points)
    const counts = body.names.map((n) => [n, body.part(n).length] as const)
    const place = this.#places.get(db)?.get(rp)
    if (!place) return { deliveries: [], counts, unwanted: counts }
    const subscribers = new Set<Subscriber>(place.all)
    const unwanted: (readonly [string, number])[] = []
    for (const c of counts) {
      const list = place.byMeasurement.get(c[0])
      if (list) for (const s of list) subscribers.add(s)
      else if (place.all.length === 0) unwanted.push(c)
    }
    const deliveries: Delivery[] = []
    for (const { task, wanted } of subscribers)
      deliveries.push({ task, points: task.takesWhole ? points : body.wantedBy(wanted) })
    return { deliveries, counts, unwanted }
  }

  /** What tasks read of the points of one (db, rp); the same object until another task comes or goes. */
  readsAt(db: string, rp: string): FieldsRead {
    const place = this.#places.get(db)?.get(rp)
    return place ? (place.reads ??= new PlaceReads(place)) : READ_NOTHING
  }

  /** What tasks want of one (db, rp); undefined when none does. */
  wantedAt(db: string, rp: string): Wanted | undefined {
    const place = this.#places.get(db)?.get(rp)
    return place && { all: place.all.length > 0, measurements: new Set(place.byMeasurement.keys()) }
  }

  /** The (db, rp) pairs that tasks want, for hints. */
  wanted(): { readonly db: string; readonly rp: string }[] {
    return [...this.#places].flatMap(([db, policies]) => [...policies.keys()].map((rp) => ({ db, rp })))
  }
}
