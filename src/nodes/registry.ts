// The list of all nodes. Whoever adds a node adds its line here; everything else reads the list.
import { ALERT_HANDLERS } from '../alert/handlers/handler-list.ts'
import type { NodeDeclaration } from '../flow/contract.ts'
import { alertNode } from './alert.ts'
import { barrier } from './barrier.ts'
import { batch } from './batch.ts'
import { changeDetect } from './change-detect.ts'
import { combine } from './combine.ts'
import { defaultNode } from './default.ts'
import { deleteNode } from './delete.ts'
import { derivative } from './derivative.ts'
import { evalNode } from './eval.ts'
import { flatten } from './flatten.ts'
import { from } from './from.ts'
import { groupBy } from './group-by.ts'
import { httpOut } from './http-out.ts'
import { httpPost } from './http-post.ts'
import { influxDBOut } from './influxdb-out.ts'
import { INFLUXQL_NODES } from './influxql/functions.ts'
import { join } from './join.ts'
import { kapacitorLoopback } from './kapacitor-loopback.ts'
import { log } from './log.ts'
import { noOp } from './noop.ts'
import { query } from './query.ts'
import { queryFlux } from './query-flux.ts'
import { sample } from './sample.ts'
import { shift } from './shift.ts'
import { sideload } from './sideload.ts'
import { stateCount } from './state-count.ts'
import { stateDuration } from './state-duration.ts'
import { stats } from './stats.ts'
import { stream } from './stream.ts'
import { trickle } from './trickle.ts'
import { union } from './union.ts'
import { where } from './where.ts'
import { window } from './window.ts'

/** In the order of documentation. */
export const NODES: readonly NodeDeclaration[] = [
  stream,
  from,
  batch,
  query,
  queryFlux,
  where,
  evalNode,
  groupBy,
  defaultNode,
  deleteNode,
  shift,
  sample,
  derivative,
  changeDetect,
  stateDuration,
  stateCount,
  combine,
  join,
  union,
  flatten,
  window,
  trickle,
  ...INFLUXQL_NODES,
  sideload,
  barrier,
  stats,
  log,
  alertNode(ALERT_HANDLERS),
  httpOut,
  httpPost,
  influxDBOut,
  kapacitorLoopback,
  noOp,
]
