// The alert node at work: watches the level of each group, sends events to topics, and passes on the data that
// triggered one. Knows topics only through AlertSink, and nothing of scripts.
import type { Level } from '../../alert/level.ts'
import { OK } from '../../alert/level.ts'
import type { InlineHandler } from '../../alert/sink.ts'
import { Fault } from '../../base/fault.ts'
import type { Int } from '../../base/int64.ts'
import type { Point } from '../../base/point.ts'
import { PointRows } from '../../base/rows.ts'
import type { Time } from '../../base/time.ts'
import type { Tags } from '../../base/value.ts'
import type { Begin, Ctx, Group, Out, Receiver, Rows } from '../../flow/contract.ts'
import type { AlertParams } from './alert-fields.ts'
import {
  type AlertState,
  durationOf,
  type Flapping,
  isExpired,
  newAlertState,
  pushLevel,
  restoreLevel,
  trigger,
} from './alert-state.ts'
import { AlertTexts, type Occasion } from './alert-texts.ts'
import { Annotations, type AnnotationValues } from './annotations.ts'
import { LevelTests } from './level-tests.ts'

const STAT_OF_LEVEL = ['oks_triggered', 'infos_triggered', 'warns_triggered', 'crits_triggered'] as const

export class AlertReceiver implements Receiver<AlertState> {
  readonly keeps = 'group'
  readonly #p: AlertParams
  readonly #ctx: Ctx
  readonly #levels: LevelTests
  readonly #texts: AlertTexts
  readonly #annotations: Annotations
  readonly #flapping: Flapping | undefined
  readonly #historyLength: number
  readonly #stateChangesOnly: boolean
  readonly #interval: Int
  /** The inline topic; undefined without handlers. */
  readonly #inline: string | undefined
  readonly #topics: readonly string[]
  readonly #owner: string
  readonly #inhibits: boolean
  /** Nobody gets events and data passes as it is: only counts and the level matter. */
  readonly #isSilent: boolean

  constructor(p: AlertParams, named: readonly InlineHandler[], ctx: Ctx) {
    this.#p = p
    this.#ctx = ctx
    if (p.flapping && (p.flapping.low > 1 || p.flapping.high > 1))
      throw badAlert('alert flap thresholds are percentages and should be between 0 and 1')
    this.#flapping = p.flapping
    this.#historyLength = p.flapping ? Math.max(2, p.history) : 0
    this.#levels = new LevelTests(p, ctx)
    this.#annotations = new Annotations(p)
    this.#texts = new AlertTexts({
      id: p.id,
      message: p.message,
      details: p.details,
      taskName: ctx.taskId,
      server: ctx.world.server,
      category: p.category,
      recoverable: !p.noRecoveries,
    })
    const sink = ctx.world.alerts
    const global = sink.global(named)
    this.#stateChangesOnly = p.stateChangesOnly.on || global.stateChangesOnly
    this.#interval = p.stateChangesOnly.interval
    const name = `${ctx.runId}:${ctx.taskId}:${ctx.nodeName}`
    this.#owner = `${name}/`
    const handlers = [...named, ...global.handlers]
    this.#inline = handlers.length > 0 ? name : undefined
    if (this.#inline) sink.open(name, ctx.taskId, handlers)
    this.#inhibits = p.inhibit.length > 0
    this.#topics = [...(this.#inline ? [this.#inline] : []), ...(p.topic === '' ? [] : [p.topic])]
    this.#isSilent = this.#topics.length === 0 && !this.#annotations.any && p.category === ''
  }

  newState(): AlertState {
    return newAlertState(this.#historyLength, this.#levels.newState())
  }

  start(): void {
    for (const [group, state] of this.#ctx.states()) this.#inhibit(state as unknown as AlertState, group)
  }

  point(p: Point, s: AlertState, g: Group, out: Out): void {
    if (!s.restored) this.#restore(s, p.series, p.series.name, p.series.tags, g)
    const before = s.level
    const level = this.#levels.levelOf(p, before, s.lambdas)
    const changed = pushLevel(s, level, this.#flapping)
    if (level === OK && !changed) return
    if (s.flapping || this.#isRepeat(s, changed, p)) return
    trigger(s, before, p)
    if (this.#inhibits) this.#setInhibits(s, g)
    if (level === OK && this.#p.noRecoveries) return
    if (this.#isSilent) {
      this.#count(level)
      out.point(p, g)
      return
    }
    const { series } = p
    const id = this.#texts.id(series, series.name, series.tags, g)
    const o: Occasion = { name: series.name, tags: series.tags, group: g, point: p, level, ...lastOf(s) }
    const v = this.#send(id, o, p, undefined)
    const annotated = this.#annotations.any ? this.#annotations.apply(p, v) : p
    out.point(annotated, this.#groupOf(annotated, v, g))
  }

  batch(b: Begin, rows: Rows, s: AlertState, g: Group, out: Out): void {
    if (rows.length === 0) return
    if (!s.restored) this.#restore(s, g, b.name, g.tags, g)
    const before = s.level
    let highest: Level = OK
    let lowest: Level = 3
    let at = 0
    for (let i = 0; i < rows.length; i++) {
      const level = this.#levels.levelOf(rows.at(i), before, s.lambdas)
      if (level > highest) {
        highest = level
        at = i
      }
      if (level < lowest) lowest = level
    }
    const level = this.#p.all ? lowest : highest
    const shown = rows.at(at)
    const time: Time = this.#p.all || level === OK ? b.tmax : shown
    const changed = pushLevel(s, level, this.#flapping)
    // Unlike on a stream, a recovery is sent even while the group flaps.
    if (level === OK ? !changed : s.flapping || this.#isRepeat(s, changed, time)) return
    trigger(s, before, time)
    if (this.#inhibits) this.#setInhibits(s, g)
    if (level === OK && this.#p.noRecoveries) return
    const id = this.#texts.id(g, b.name, g.tags, g)
    const o: Occasion = { name: b.name, tags: g.tags, group: g, point: shown, level, ...lastOf(s) }
    const v = this.#send(id, o, undefined, rows)
    if (!this.#annotations.any) out.batch(b, rows, g)
    else this.#passAnnotated(b, rows, v, g, out)
  }

  pinned(s: AlertState): boolean {
    return s.level !== OK
  }

  finish(): void {
    const sink = this.#ctx.world.alerts
    if (this.#inline) sink.close(this.#inline)
    sink.releaseInhibitors(this.#owner)
  }

  /** Whether only state changes are sent, this is none, and it is too early to remind. */
  #isRepeat(s: AlertState, changed: boolean, t: Time): boolean {
    if (!this.#stateChangesOnly || changed) return false
    return this.#interval === 0 || !isExpired(s, t, this.#interval)
  }

  /** Counts the event, sends it unless it is inhibited, and gives what annotations may need of it. */
  #send(id: string, o: Occasion, point: Point | undefined, rows: Rows | undefined): AnnotationValues {
    const ctx = this.#ctx
    const sink = ctx.world.alerts
    const inhibited = this.#p.category !== '' && sink.inhibited(this.#p.category, o.tags)
    if (inhibited) ctx.count('alerts_inhibited')
    else this.#count(o.level)
    const sends = !inhibited && this.#topics.length > 0
    let message = ''
    if (sends || this.#annotations.needsMessage) {
      const copy = this.#texts.copy(id, o)
      message = this.#texts.message(copy)
      copy.message = message
      if (sends) {
        const points = point ? [point] : rows!.toArray()
        const data = { name: o.name, tags: o.tags, points, isBatch: !point }
        sink.collect(this.#topics, this.#texts.event(copy, o.group, data), ctx)
      }
    }
    return { level: o.level, id, message, duration: o.duration }
  }

  #count(level: Level): void {
    this.#ctx.count('alerts_triggered')
    this.#ctx.count(STAT_OF_LEVEL[level])
  }

  #passAnnotated(b: Begin, rows: Rows, v: AnnotationValues, g: Group, out: Out): void {
    const points = rows.toArray().map((p) => this.#annotations.apply(p, v))
    let group = g
    for (const [tag, value] of this.#annotations.tags(v)) group = this.#ctx.groupWith(group, tag, value)
    out.batch(b, new PointRows(points), group)
  }

  /** A tag that a stream's point gets is no dimension, but one that was a dimension has a new value. */
  #groupOf(p: Point, v: AnnotationValues, g: Group): Group {
    if (!this.#annotations.changesTags || g.dims.length === 0) return g
    const isDim = this.#annotations.tags(v).some(([tag]) => g.dims.includes(tag))
    return isDim ? this.#ctx.regroup(g, p.series) : g
  }

  /** Asks the topics for a level from before. The inline topic knows best; what one knows the other gets. */
  #restore(s: AlertState, owner: object, name: string, tags: Tags, g: Group): void {
    s.restored = true
    const id = this.#texts.id(owner, name, tags, g)
    const sink = this.#ctx.world.alerts
    const { topic } = this.#p
    const inline = this.#inline === undefined ? undefined : sink.state(this.#inline, id)
    const named = topic === '' ? undefined : sink.state(topic, id)
    if (inline && named && inline.level !== named.level) sink.restore(topic, id, inline, this.#ctx)
    else if (!inline && named && this.#inline !== undefined) sink.restore(this.#inline, id, named, this.#ctx)
    const state = inline ?? named
    if (state) restoreLevel(s, state.level, state.time, this.#flapping)
  }

  #setInhibits(s: AlertState, g: Group): void {
    s.inhibits = s.level !== OK
    this.#inhibit(s, g)
  }

  #inhibit(s: AlertState, g: Group): void {
    for (const [i, { category, tags }] of this.#p.inhibit.entries()) {
      const values = Object.fromEntries(tags.map((t) => [t, g.tags[t] ?? '']))
      this.#ctx.world.alerts.inhibit(`${this.#owner}${i}/${g.key}`, category, values, s.inhibits)
    }
  }
}

function lastOf(s: AlertState): Pick<Occasion, 'time' | 'duration'> {
  return { time: { sec: s.lastSec, ns: s.lastNs }, duration: durationOf(s) }
}

function badAlert(reason: string): Fault {
  return new Fault('bad-alert', reason, { status: 400 })
}
