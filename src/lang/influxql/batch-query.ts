// The query of a batch node: checked, given its own dimensions and fill, and written out for each span of time.
import { Fault } from '../../base/fault.ts'
import { formatFloatPlain } from '../../base/go-number.ts'
import { type Int, remInt } from '../../base/int64.ts'
import { formatTime, type Time, unixNano } from '../../base/time.ts'
import type { Dbrp } from '../evaluate/declaration.ts'
import { goTypeOf, type TaggedArg } from '../fields.ts'
import type { Expression, Fill, Select, Source } from './ast.ts'
import { parseQuery } from './parser.ts'
import { printNumber, printSelect } from './print.ts'
import { QueryError } from './query-error.ts'

export interface BatchQueryOptions {
  readonly text: string
  /** Tags, `*`, and at most one length of time; they replace what the text groups by. */
  readonly groupBy: readonly TaggedArg[]
  /** Lets intervals of time begin where the span does. */
  readonly alignGroup: boolean
  /** Replaces what the text fills with; undefined leaves it. */
  readonly fill: TaggedArg | undefined
}

interface TimeDimension {
  readonly length: Int
  readonly offset: Int
}

function fault(message: string): Fault {
  return new Fault('query-invalid', message, { status: 400 })
}

export class BatchQuery {
  readonly #select: Select
  readonly #dimensions: readonly TaggedArg[]
  readonly #alignGroup: boolean
  /** Whether rows stand for lengths of time. */
  readonly groupedByTime: boolean

  /** Throws a Fault that says what is wrong with the query. */
  constructor(o: BatchQueryOptions) {
    const select = onlySelect(o.text)
    checkDimensions(o.groupBy)
    this.#select = o.fill ? { ...select, fill: fillOf(o.fill) } : select
    this.#dimensions = o.groupBy
    this.#alignGroup = o.alignGroup
    this.groupedByTime = o.groupBy.some((d) => d.type === 'duration' || d.type === 'time')
  }

  /** The databases and retention policies that are read; empty where the text names none. */
  get dbrps(): readonly Dbrp[] {
    return dbrpsOf(this.#select.sources)
  }

  /** The query for start ≤ time < stop. */
  textFor(start: Time, stop: Time): string {
    const from: Expression = { is: 'binary', op: '>=', left: TIME, right: timeText(start) }
    const to: Expression = { is: 'binary', op: '<', left: TIME, right: timeText(stop) }
    const span: Expression = { is: 'binary', op: 'AND', left: from, right: to }
    const own = this.#select.condition
    const condition: Expression = own ? { is: 'binary', op: 'AND', left: own, right: span } : span
    return printSelect({
      ...this.#select,
      condition,
      dimensions: this.#dimensions.map((d) => this.#dimension(d, start)),
    })
  }

  #dimension(d: TaggedArg, start: Time): Expression {
    switch (d.type) {
      case 'string':
        return { is: 'name', name: d.value, type: '' }
      case 'duration':
        return this.#interval({ length: d.value, offset: 0 }, start)
      case 'time':
        return this.#interval(d.value, start)
      default:
        return { is: 'star', type: '' }
    }
  }

  #interval({ length, offset }: TimeDimension, start: Time): Expression {
    const shift = this.#alignGroup && length !== 0 ? remInt(unixNano(start), length) : offset
    return {
      is: 'call',
      name: 'time',
      args: [
        { is: 'duration', value: length },
        { is: 'duration', value: shift },
      ],
    }
  }
}

const TIME: Expression = { is: 'name', name: 'time', type: '' }

function timeText(t: Time): Expression {
  return { is: 'string', value: formatTime(t) }
}

function onlySelect(text: string): Select {
  let statements: ReturnType<typeof parseQuery>
  try {
    statements = parseQuery(text)
  } catch (e) {
    if (e instanceof QueryError) throw fault(`failed to parse InfluxQL query: ${e.message}`)
    throw e
  }
  const [first] = statements
  if (statements.length !== 1 || !first)
    throw fault(`query must be a single select statement, got ${statements.length} statements`)
  if (first.is === 'other') throw fault(`query is not a select statement ${JSON.stringify(first.text)}`)
  return first.select
}

function checkDimensions(dims: readonly TaggedArg[]): void {
  let times = 0
  for (const d of dims) {
    if (d.type === 'duration' || d.type === 'time') times++
    else if (d.type !== 'string' && d.type !== 'star')
      throw fault(`invalid dimension type:${goTypeOf(d)}, must be string or time.Duration`)
    if (times > 1) throw fault('groupBy cannot have more than one time dimension')
  }
}

function fillOf(a: TaggedArg): Fill {
  switch (a.type) {
    case 'int':
      return { is: 'number', text: String(a.value) }
    case 'float':
      return { is: 'number', text: Number.isFinite(a.value) ? printNumber(a.value) : formatFloatPlain(a.value) }
    case 'string':
      if (a.value === 'null' || a.value === 'none' || a.value === 'previous' || a.value === 'linear')
        return { is: a.value }
      throw fault(`unexpected fill option ${a.value}`)
    default:
      throw fault(`unexpected fill option of type ${goTypeOf(a)}`)
  }
}

function dbrpsOf(sources: readonly Source[]): Dbrp[] {
  return sources.flatMap((s) => (s.is === 'subquery' ? dbrpsOf(s.select.sources) : [{ db: s.db, rp: s.rp }]))
}
