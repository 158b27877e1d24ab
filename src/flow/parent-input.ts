// What an edge to a node with several parents leads to: it passes on with the parent's position, and collects batches.
import type { Point } from '../base/point.ts'
import { PointRows } from '../base/rows.ts'
import type { Time } from '../base/time.ts'
import type { Begin, Group, Rows, Run } from './contract.ts'
import { NodeFailure } from './node-failure.ts'
import type { Input, Operator } from './operator.ts'

/** One of several parents of a node: passes on with its position. */
export class ParentInput implements Input {
  readonly #op: Operator
  readonly #parent: number
  #head: Begin | undefined
  #rows: Point[] = []

  constructor(op: Operator, parent: number) {
    this.#op = op
    this.#parent = parent
  }

  point(p: Point, g: Group): void {
    const op = this.#op
    const live = op.live(g)
    try {
      op.receiver.pointFrom!(this.#parent, p, op.state(live, p.series), live, op.out)
    } catch (e) {
      throw NodeFailure.of(op.name, e)
    }
  }

  points(run: Run, from: number, to: number, g: Group): void {
    for (let i = from; i < to; i++) {
      run.at = i
      this.point(run.points[i]!, g)
    }
  }

  begin(b: Begin): void {
    this.#head = b
    this.#rows = []
  }

  row(p: Point): void {
    this.#rows.push(p)
    try {
      this.#op.host.held(1)
    } catch (e) {
      throw NodeFailure.of(this.#op.name, e)
    }
  }

  end(g: Group): void {
    const head = this.#head!
    const rows = this.#rows
    this.#head = undefined
    this.#rows = []
    this.#op.host.held(-rows.length)
    this.batch(head, new PointRows(rows), g)
  }

  batch(b: Begin, rows: Rows, g: Group): void {
    const op = this.#op
    const live = op.live(g)
    try {
      const state = op.state(live, rows.length > 0 ? rows.at(0).series : undefined)
      op.receiver.batchFrom!(this.#parent, b, rows, state, live, op.out)
    } catch (e) {
      throw NodeFailure.of(op.name, e)
    }
  }

  barrier(t: Time, g: Group): void {
    const op = this.#op
    const live = op.live(g)
    try {
      const state = op.state(live, undefined)
      if (op.receiver.barrierFrom) op.receiver.barrierFrom(this.#parent, t, state, live, op.out)
      else op.out.barrier(t, live)
    } catch (e) {
      throw NodeFailure.of(op.name, e)
    }
  }

  deleteGroup(g: Group): void {
    const op = this.#op
    const live = op.live(g)
    try {
      const state = op.state(live, undefined)
      if (op.receiver.deleteGroupFrom) op.receiver.deleteGroupFrom(this.#parent, state, live, op.out)
      else op.out.deleteGroup(live)
    } catch (e) {
      throw NodeFailure.of(op.name, e)
    }
  }
}
