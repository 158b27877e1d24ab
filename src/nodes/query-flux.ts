// `batch|queryFlux('…')`: asks InfluxDB 2 in Flux at every tick. The text runs as it is; only its present is set.
import type { Time } from '../base/time.ts'
import { defineNode } from '../flow/contract.ts'
import type { InfluxQuery } from '../flow/world.ts'
import { arg, field } from '../lang/fields.ts'
import { QuerySchedule } from './query-schedule.ts'
import { checkCluster, type Questions, querySource, SOURCE_STATS, shifted } from './query-source.ts'

export interface FluxParams {
  readonly queryText: string
  readonly every: number | bigint
  readonly cron: string
  readonly align: boolean
  readonly offset: number | bigint
  readonly cluster: string
  readonly org: string
  readonly orgID: string
}

/** The questions of a queryFlux node and when they are asked. Throws a Fault that says what is wrong with them. */
export function fluxQuestions(p: FluxParams): Questions {
  const schedule = new QuerySchedule(p)
  return {
    schedule,
    at(tick: Time): InfluxQuery {
      return {
        cluster: p.cluster,
        language: 'flux',
        text: p.queryText,
        byName: false,
        stop: tick,
        rowTimes: true,
        org: p.org,
        orgId: p.orgID,
        now: shifted(tick, p.offset),
      }
    },
  }
}

export const queryFlux = defineNode({
  name: 'queryFlux',
  typeName: 'QueryFluxNode',
  needs: 'main',
  wants: 'batch',
  provides: 'batch',
  on: ['batch'],
  doc: 'Asks InfluxDB 2 in Flux at every interval, or by a cron line, and gives one batch for each table of the answer: the measurement is its name, the other texts of the group key are its tags. A value is the field that `_field` names; where there is no `_field`, columns keep their names.',
  args: { queryText: arg.string('The Flux script. Its `now()` is the time of asking, less the offset.') },
  fields: {
    period: field.duration('Has no effect: the script says which time it wants.'),
    every: field.duration('How often it is asked.'),
    cron: field.string('When it is asked, as a cron line in local time.'),
    align: field.flag('Asks at multiples of `every`.'),
    offset: field.duration("How far back the script's present lies."),
    cluster: field.string('The InfluxDB cluster; the default one when not given.'),
    org: field.string('The organisation by its name.'),
    orgID: field.string('The organisation by its id.'),
  },
  stats: SOURCE_STATS,
  stateParams: ['every', 'cron', 'align'],
  examples: [
    'batch\n    |queryFlux(\'from(bucket: "telegraf") |> range(start: -5m) |> filter(fn: (r) => r._measurement == "cpu")\')\n        .every(1m)\n        .org(\'ops\')\n    |log()',
  ],
  run(p, ctx) {
    const questions = fluxQuestions(p)
    checkCluster(ctx, p.cluster)
    return querySource(ctx, questions)
  },
})
