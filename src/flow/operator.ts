// One node at work: finds group and cell, counts, times, attributes what is thrown, and hands on to its receiver.
// Everything that nodes would otherwise each do for themselves stands here once.
import type { Plain } from '../base/plain.ts'
import type { Point } from '../base/point.ts'
import { PointRows } from '../base/rows.ts'
import type { Series } from '../base/series.ts'
import type { Time } from '../base/time.ts'
import type { BorderQueue } from './border.ts'
import type { Begin, Group, NodeDeclaration, Out, Receiver, Rows, Run } from './contract.ts'
import type { Groups, TaskGroup } from './groups.ts'
import { NodeFailure } from './node-failure.ts'

/** What an edge leads to. */
export interface Input {
  point(p: Point, g: Group): void
  points(run: Run, from: number, to: number, g: Group): void
  begin(b: Begin, g: Group): void
  row(p: Point, g: Group): void
  end(g: Group): void
  batch(b: Begin, rows: Rows, g: Group): void
  barrier(t: Time, g: Group): void
  deleteGroup(g: Group): void
}

/** What operators share with their task. */
export interface OperatorHost {
  readonly groups: Groups
  /** True on sampled turns: then operators read the clock. */
  timed: boolean
  /** Nanoseconds spent in children of the operator that runs, on sampled turns. */
  innerNs: number
  /** Groups whose last cell went this turn. */
  readonly emptied: TaskGroup[]
  /** Seconds of the entry that runs. */
  nowSec: number
  /** Counts points that are held; throws when there are too many. */
  held(delta: number): void
}

export class Operator implements Input {
  readonly name: string
  readonly index: number
  readonly declaration: NodeDeclaration
  readonly host: OperatorHost
  readonly cells: (Plain | undefined)[] = []
  readonly stats: Record<string, number> = {}
  readonly missing = new Map<string, number>()
  receiver: Receiver<Plain> = { keeps: 'none' }
  nodeState: Plain = null
  out: Out
  border: BorderQueue | undefined
  errors = 0
  /** Points that the node holds. */
  held = 0
  #cellCount = 0
  quiet = false
  execNs = 0
  execPoints = 0
  #perGroup = false
  /** The receiver's own methods, so that the hot path has one kind of load. */
  #takesPoint: Receiver<Plain>['point']
  #takesPoints: Receiver<Plain>['points']
  #takesBatch: Receiver<Plain>['batch']
  #head: Begin | undefined
  #rows: Point[] = []

  constructor(host: OperatorHost, name: string, index: number, declaration: NodeDeclaration, out: Out) {
    this.host = host
    this.name = name
    this.index = index
    this.declaration = declaration
    this.out = out
    for (const s of declaration.stats ?? []) this.stats[s] = 0
  }

  install(receiver: Receiver<Plain>): void {
    this.receiver = receiver
    this.#perGroup = receiver.keeps === 'group'
    this.#takesPoint = receiver.point
    this.#takesPoints = receiver.points
    this.#takesBatch = receiver.batch ?? receiver.whole
    if (receiver.keeps === 'node') this.nodeState = receiver.newState!(this.host.groups.ungrouped, undefined)
  }

  /** Groups that the node keeps something for. */
  get cardinality(): number {
    return this.#perGroup ? this.#cellCount : (this.receiver.groups?.(this.nodeState) ?? 0)
  }

  /** The state for a message of this group, made when there is none. */
  state(g: Group, first: Series | undefined): Plain {
    if (!this.#perGroup) return this.nodeState
    const s = this.cells[g.slot]
    // Not a constant that holds undefined: V8 takes it for one that has no value yet, and compares with whatever it is.
    return s !== undefined ? s : this.#make(g as TaskGroup, first)
  }

  /** The state of a group that the message under way is not of. */
  stateOf(g: Group): Plain {
    return this.state(this.live(g), undefined)
  }

  #make(g: TaskGroup, first: Series | undefined): Plain {
    const s = this.receiver.newState!(g, first)
    this.adopt(g, s)
    return s
  }

  /** Puts a state into a group's cell that had none. */
  adopt(g: TaskGroup, s: Plain): void {
    const cells = this.cells
    while (cells.length <= g.slot) cells.push(undefined)
    cells[g.slot] = s
    this.host.groups.keep(g)
    this.#cellCount++
  }

  /** Forgets the group's cell; false when there was none. */
  drop(g: Group): boolean {
    if (g.slot < 0) return false
    const s = this.cells[g.slot]
    if (s === undefined) return false
    this.receiver.dropped?.(s, g)
    this.cells[g.slot] = undefined
    this.#cellCount--
    const t = g as TaskGroup
    if (this.host.groups.unkeep(t)) this.host.emptied.push(t)
    return true
  }

  /** The group as it lives now; the entry that runs touches it. */
  live(g: Group): Group {
    const t = g as TaskGroup
    const live = t.slot < 0 ? this.host.groups.revive(t) : t
    live.seenSec = this.host.nowSec
    return live
  }

  // No closures here: V8 would allocate what they capture for every point, timed or not.
  point(p: Point, g: Group): void {
    if (this.host.timed) this.#timedPoint(p, g)
    else this.takePoint(p, g)
  }

  takePoint(p: Point, given: Group): void {
    const g = this.live(given)
    try {
      this.#takesPoint!.call(this.receiver, p, this.state(g, p.series), g, this.out)
    } catch (e) {
      throw NodeFailure.of(this.name, e)
    }
  }

  points(run: Run, from: number, to: number, given: Group): void {
    const takes = this.#takesPoints
    if (takes === undefined) {
      const { points } = run
      for (let i = from; i < to; i++) {
        run.at = i
        this.takePoint(points[i]!, given)
      }
      return
    }
    run.at = from
    const g = this.live(given)
    try {
      takes.call(this.receiver, run, from, to, this.state(g, run.points[from]!.series), g, this.out)
    } catch (e) {
      throw NodeFailure.of(this.name, e)
    }
  }

  begin(b: Begin, given: Group): void {
    const r = this.receiver
    if (r.batch) {
      this.#head = b
      this.#rows = []
      return
    }
    const g = this.live(given)
    try {
      r.begin?.(b, this.state(g, undefined), g, this.out)
    } catch (e) {
      throw NodeFailure.of(this.name, e)
    }
  }

  row(p: Point, given: Group): void {
    const r = this.receiver
    if (r.batch) {
      this.#rows.push(p)
      try {
        this.host.held(1)
      } catch (e) {
        throw NodeFailure.of(this.name, e)
      }
      return
    }
    const g = given.slot < 0 ? this.live(given) : given
    try {
      r.row?.(p, this.state(g, p.series), g, this.out)
    } catch (e) {
      throw NodeFailure.of(this.name, e)
    }
  }

  end(given: Group): void {
    const r = this.receiver
    if (r.batch) {
      const head = this.#head!
      const rows = this.#rows
      this.#head = undefined
      this.#rows = []
      this.host.held(-rows.length)
      this.batch(head, new PointRows(rows), given)
      return
    }
    const g = given.slot < 0 ? this.live(given) : given
    try {
      r.end?.(this.state(g, undefined), g, this.out)
    } catch (e) {
      throw NodeFailure.of(this.name, e)
    }
  }

  batch(b: Begin, rows: Rows, g: Group): void {
    if (this.host.timed) this.#timedBatch(b, rows, g)
    else this.takeBatch(b, rows, g)
  }

  takeBatch(b: Begin, rows: Rows, given: Group): void {
    const r = this.receiver
    const takes = this.#takesBatch
    const g = this.live(given)
    try {
      const s = this.state(g, rows.length > 0 ? rows.at(0).series : undefined)
      if (takes !== undefined) {
        takes.call(r, b, rows, s, g, this.out)
        return
      }
      r.begin?.(b, s, g, this.out)
      if (r.row) for (let i = 0, n = rows.length; i < n; i++) r.row(rows.at(i), s, g, this.out)
      r.end?.(s, g, this.out)
    } catch (e) {
      throw NodeFailure.of(this.name, e)
    }
  }

  barrier(t: Time, given: Group): void {
    if (this.border?.busy) this.border.behind(() => this.#takeBarrier(t, given))
    else this.#takeBarrier(t, given)
  }

  #takeBarrier(t: Time, given: Group): void {
    const r = this.receiver
    const g = this.live(given)
    try {
      const s = this.state(g, undefined)
      if (r.barrier && r.barrier(t, s, g, this.out) === 'consume') return
    } catch (e) {
      throw NodeFailure.of(this.name, e)
    }
    this.out.barrier(t, g)
  }

  deleteGroup(given: Group): void {
    if (this.border?.busy) this.border.behind(() => this.#takeDeleteGroup(given))
    else this.#takeDeleteGroup(given)
  }

  #takeDeleteGroup(given: Group): void {
    const r = this.receiver
    const g = this.live(given)
    try {
      if (this.#perGroup) {
        const s = this.cells[g.slot]
        if (s === undefined) return
        const verdict = r.deleteGroup?.(s, g, this.out)
        this.drop(g)
        if (verdict === 'consume') return
      } else if (r.deleteGroup?.(this.nodeState, g, this.out) === 'consume') return
    } catch (e) {
      throw NodeFailure.of(this.name, e)
    }
    this.out.deleteGroup(g)
  }

  timer(name: string, due: Time, g: TaskGroup | undefined): void {
    try {
      if (!g || !this.#perGroup) {
        this.receiver.timer?.(name, due, this.nodeState, g, this.out)
        return
      }
      if (g.slot < 0) return
      const s = this.cells[g.slot]
      if (s !== undefined) this.receiver.timer?.(name, due, s, g, this.out)
    } catch (e) {
      throw NodeFailure.of(this.name, e)
    }
  }

  #timedPoint(p: Point, g: Group): void {
    const outer = this.host.innerNs
    this.host.innerNs = 0
    const began = performance.now()
    this.takePoint(p, g)
    this.#took(began, outer)
  }

  #timedBatch(b: Begin, rows: Rows, g: Group): void {
    const outer = this.host.innerNs
    this.host.innerNs = 0
    const began = performance.now()
    this.takeBatch(b, rows, g)
    this.#took(began, outer)
  }

  /** Counts the time since `began`, without what children of this node took; `outer` is what was theirs before. */
  #took(began: number, outer: number): void {
    const host = this.host
    const total = (performance.now() - began) * 1e6
    this.execNs += Math.max(0, total - host.innerNs)
    this.execPoints++
    host.innerNs = outer + total
  }
}
