// For tests of the flow room: an engine with recorded surroundings, and tasks made of declarations without a script.
import type { AlertSink } from '../alert/sink.ts'
import type { LogFields, Logger } from '../base/logger.ts'
import type { Plain } from '../base/plain.ts'
import { Point } from '../base/point.ts'
import { makeSeries } from '../base/series.ts'
import { makeShape } from '../base/shape.ts'
import type { CompiledTask, PlanNode } from './compile.ts'
import type { Ctx, NodeDeclaration, Receiver } from './contract.ts'
import { Engine, type EngineOptions } from './engine.ts'
import { VirtualClock } from './virtual-clock.ts'

const SHAPE = makeShape(['v'], ['float'])

/** Points of one series, a second apart. */
export function points(measurement: string, values: readonly number[], host = 'a'): Point[] {
  const series = makeSeries('db', 'rp', measurement, ['host'], [host])
  return values.map((v, i) => new Point(series, SHAPE, [v], 1_000 + i, 0))
}

/** A declaration with nothing but what it does. */
export function declare<S extends Plain = null>(
  name: string,
  run: (params: Readonly<Record<string, unknown>>, ctx: Ctx) => Receiver<S>,
  more: Partial<NodeDeclaration> = {},
): NodeDeclaration {
  return {
    name,
    typeName: `${name}Node`,
    wants: 'parent',
    provides: 'parent',
    doc: '',
    fields: {},
    run: run as unknown as NodeDeclaration['run'],
    ...more,
  }
}

const pass = (): Receiver<null> => ({ keeps: 'none', point: (p, _s, g, out) => out.point(p, g) })
const SOURCE = declare('stream', pass, { wants: 'none', provides: 'stream' })
const FROM = declare(
  'from',
  (_p, ctx): Receiver<null> => ({
    keeps: 'none',
    point: (p, _s, _g, out) => out.point(p, ctx.groupOf(HOST, false, p.series)),
  }),
  { reads: (_, below) => below },
)
const HOST = ['host']

export type Row = readonly [NodeDeclaration, Readonly<Record<string, unknown>>?]

/** A chain: the stream, a from that groups by host, then the given nodes. */
export function chain(measurement: string, ...rows: readonly Row[]): CompiledTask {
  const nodes: PlanNode[] = []
  const all: readonly Row[] = [[SOURCE], [FROM, { measurement }], ...rows]
  for (const [i, [declaration, params]] of all.entries()) {
    const parent = nodes[i - 1]
    const node = {
      id: i,
      name: `${declaration.name}${i}`,
      declaration,
      params: params ?? {},
      parents: parent ? [parent] : [],
      children: [],
    }
    if (parent) (parent.children as PlanNode[]).push(node)
    nodes.push(node)
  }
  return { type: 'stream', nodes, script: undefined as never }
}

/** A logger that remembers the lines that get through its limits, of which there are none. */
export function memoryLogger(lines: [string, LogFields][]): Logger {
  const add = (msg: string, fields: LogFields = {}): void => void lines.push([msg, fields])
  const logger: Logger = {
    debug: add,
    info: add,
    warn: add,
    error: add,
    enabled: () => true,
    with: () => logger,
    limited: () => logger,
  }
  return logger
}

export function rig(o: Partial<EngineOptions> = {}): {
  readonly engine: Engine
  readonly clock: VirtualClock
  readonly lines: [string, LogFields][]
} {
  const lines: [string, LogFields][] = []
  const logger = memoryLogger(lines)
  const clock = new VirtualClock({ sec: 1_000_000, ns: 0 })
  const engine = new Engine({
    clock,
    logger,
    defer: (run) => setImmediate(run),
    outbox: { commit: async () => {} },
    world: {
      logger,
      server: { hostname: 'h', clusterId: '', serverId: '' },
      alerts: {} as AlertSink,
      http: async () => ({ status: 200, headers: {}, body: '' }),
      httpEndpoint: () => undefined,
    } as EngineOptions['world'],
    ...o,
  })
  return { engine, clock, lines }
}

export const DBRPS = [{ db: 'db', rp: 'rp' }]
