// `|log()`: writes what passes by to the server's log.
import type { LogLevel } from '../base/logger.ts'
import type { Point } from '../base/point.ts'
import { formatTime } from '../base/time.ts'
import { defineNode, type Group } from '../flow/contract.ts'
import { field } from '../lang/fields.ts'

const LEVELS: Readonly<Record<string, LogLevel>> = { ERROR: 'error', WARN: 'warn', INFO: 'info', DEBUG: 'debug' }

export const log = defineNode({
  name: 'log',
  typeName: 'LogNode',
  needs: 'main',
  wants: 'parent',
  provides: 'parent',
  doc: 'Logs each point or batch and passes it on.',
  fields: {
    level: field.string('DEBUG, INFO, WARN or ERROR, in any case; other words mean INFO.', 'INFO'),
    prefix: field.string('Stands with every line.'),
  },
  stateParams: [],
  examples: [
    "stream\n    |from()\n        .measurement('cpu')\n    |log()\n        .level('DEBUG')\n        .prefix('cpu')",
  ],
  run(p, ctx) {
    const level = LEVELS[p.level.toUpperCase()] ?? 'info'
    const logger = ctx.world.logger.with({ task: ctx.taskId, node: ctx.nodeName })
    const write = (message: string, fields: Readonly<Record<string, unknown>>): void => {
      logger[level](message, { prefix: p.prefix === '' ? undefined : p.prefix, ...fields })
    }
    return {
      keeps: 'none',
      point(pt, _s, g, out) {
        if (logger.enabled(level)) {
          const { db, rp, name } = pt.series
          write('point', { name, db, rp, ...groupFields(g), ...pointFields(pt) })
        }
        out.point(pt, g)
      },
      batch(b, rows, _s, g, out) {
        if (logger.enabled(level)) {
          write('begin batch', { name: b.name, ...groupFields(g), tags: g.tags, time: formatTime(b.tmax) })
          for (let i = 0; i < rows.length; i++) write('batch point', pointFields(rows.at(i)))
          write('end batch', {})
        }
        out.batch(b, rows, g)
      },
    }
  },
})

function groupFields(g: Group): Readonly<Record<string, unknown>> {
  return { group: g.key, dimensions: g.dims }
}

function pointFields(p: Point): Readonly<Record<string, unknown>> {
  const fields = Object.fromEntries(p.shape.names.map((name, i) => [name, text(p.values[i])]))
  return { tags: p.series.tags, fields, time: formatTime(p) }
}

/** Integers past 2^53 have no form in JSON libraries. */
function text(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
