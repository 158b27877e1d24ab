// `batch|query('SELECT …')`: asks InfluxDB for a span of time at every tick. The text is read, given the span, the
// dimensions and the fill, and written anew.
import { Fault } from '../base/fault.ts'
import type { Time } from '../base/time.ts'
import { defineNode } from '../flow/contract.ts'
import type { InfluxQuery } from '../flow/world.ts'
import type { Dbrp } from '../lang/evaluate/declaration.ts'
import { arg, field, type TaggedArg } from '../lang/fields.ts'
import { BatchQuery } from '../lang/influxql/batch-query.ts'
import { asDimensions, DIMENSION } from './dimensions.ts'
import { QuerySchedule } from './query-schedule.ts'
import { checkCluster, type Questions, querySource, SOURCE_STATS, shifted } from './query-source.ts'

export interface QueryParams {
  readonly queryText: string
  readonly period: number | bigint
  readonly every: number | bigint
  readonly cron: string
  readonly align: boolean
  readonly offset: number | bigint
  readonly groupBy: readonly TaggedArg[]
  readonly groupByMeasurement: boolean
  readonly alignGroup: boolean
  readonly fill: TaggedArg | undefined
  readonly cluster: string
}

/** The questions of a query node and when they are asked. Throws a Fault that says what is wrong with them. */
export function queryQuestions(p: QueryParams): Questions & { readonly dbrps: readonly Dbrp[] } {
  const { groupBy, alignGroup, fill, cluster } = p
  const query = new BatchQuery({ text: p.queryText, groupBy, alignGroup, fill })
  const schedule = new QuerySchedule(p)
  return {
    schedule,
    dbrps: query.dbrps,
    at(tick: Time): InfluxQuery {
      const stop = shifted(tick, p.offset)
      return {
        cluster,
        language: 'influxql',
        text: query.textFor(shifted(stop, p.period), stop),
        byName: p.groupByMeasurement,
        stop,
        rowTimes: query.groupedByTime,
      }
    },
  }
}

/** Throws a Fault when a query reads what its task may not. */
export function checkDbrps(asked: readonly Dbrp[], allowed: readonly Dbrp[]): void {
  for (const { db, rp } of asked) {
    if (allowed.some((own) => own.db === db && own.rp === rp)) continue
    const name = `${JSON.stringify(db)}.${JSON.stringify(rp)}`
    throw new Fault('query-not-allowed', `batch query is not allowed to request data from ${name}`, { status: 400 })
  }
}

export const query = defineNode({
  name: 'query',
  typeName: 'QueryNode',
  needs: 'main',
  wants: 'batch',
  provides: 'batch',
  on: ['batch'],
  doc: 'Asks InfluxDB at every interval, or by a cron line, for a period of time, and gives one batch for each series of the answer. Numbers are floats, whatever they are in InfluxDB. Database and retention policy must be written in the query and be among those of the task.',
  args: {
    queryText: arg.string('A single SELECT statement. The condition on the time is added, a GROUP BY replaced.'),
  },
  fields: {
    period: field.duration('The length of time that is asked for.'),
    every: field.duration('How often it is asked.'),
    cron: field.string(
      'When it is asked, as a cron line in local time: five fields, a year as the sixth, or seconds before and a year behind.',
    ),
    align: field.flag('Asks at multiples of `every`.'),
    offset: field.duration('How far back the end of the period lies.'),
    groupBy: field.method<readonly TaggedArg[]>(
      'Groups by tags, `*` for all, and one length of time; replaces what was said before.',
      {
        rest: DIMENSION,
        initial: [],
        apply: (_, dims) => asDimensions(dims),
      },
    ),
    groupByMeasurement: field.flag('Makes the measurement part of the group.'),
    alignGroup: field.flag('Lets the intervals of a grouping by time begin where the period does.'),
    fill: field.any("What stands in empty intervals: 'null', 'none', 'previous', 'linear' or a number.", [
      'string',
      'int',
      'float',
    ]),
    cluster: field.string('The InfluxDB cluster; the default one when not given.'),
  },
  stats: SOURCE_STATS,
  stateParams: ['every', 'cron', 'align'],
  examples: [
    "batch\n    |query('SELECT mean(usage_idle) FROM telegraf.autogen.cpu')\n        .period(5m)\n        .every(1m)\n        .align()\n        .groupBy(time(10s), 'host')\n        .fill('none')\n    |log()",
    "batch\n    |query('SELECT max(used_percent) FROM telegraf.autogen.disk')\n        .period(1d)\n        .cron('0 6 * * *')\n        .groupBy(*)\n    |log()",
  ],
  run(p, ctx) {
    const questions = queryQuestions(p)
    if (!ctx.fed) checkDbrps(questions.dbrps, ctx.dbrps)
    checkCluster(ctx, p.cluster)
    return querySource(ctx, questions)
  },
})
