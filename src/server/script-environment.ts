// What scripts of a server may use: its nodes, its handlers, its functions, and what the configuration says of deadmen. And
// scripts as the task service sees them.
import { ALERT_HANDLERS } from '../alert/handlers/handler-list.ts'
import { type CompiledTask, compileTask } from '../flow/compile.ts'
import { format } from '../lang/formatter.ts'
import { evaluateConstant } from '../lang/lambda/evaluate-constant.ts'
import { validateRegex } from '../lang/lambda/regex.ts'
import { parseOrThrow } from '../lang/parser.ts'
import { DEADMAN_DEFAULTS, type DeadmanOptions, deadman, globalDeadman } from '../nodes/deadman.ts'
import { NODES } from '../nodes/registry.ts'
import type { ScriptEnvironment } from '../nodes/run-script.ts'
import type { Fences } from './fences.ts'
import type { TaskType } from './tasks/task-record.ts'
import type { Scripts } from './tasks/task-runtime.ts'
import type { TemplateGraph } from './templates/template-service.ts'

export interface ServerScripts extends Scripts<CompiledTask> {
  readonly environment: ScriptEnvironment
  /** A template's script: what is required may be missing, and it may do nothing yet. Throws ScriptError. */
  compileTemplate(source: string, type: TaskType, id: string): Omit<TemplateGraph, 'error'>
}

/** Scripts of a server with this `[deadman]` section; tasks that name what is outside of `fences` can't be defined. */
export function serverScripts(options: DeadmanOptions, fences?: Fences): ServerScripts {
  const handlers = fences?.handlers(ALERT_HANDLERS) ?? ALERT_HANDLERS
  const environment: ScriptEnvironment = {
    registry: { declarations: fences?.nodes(NODES, handlers) ?? NODES, macros: [deadman(options)] },
    extend: globalDeadman(options),
    evaluateConstant,
    validateRegex,
    handlers,
  }
  const { handlers: _, ...common } = environment
  // What a template's paths will be is known when a task is made from it.
  const openRegistry = { ...environment.registry, declarations: NODES }
  return {
    environment,
    parse: (source) => parseOrThrow(source, { validateRegex }),
    format: (source) => format(source),
    compile: (source, type, vars, taskDbrps) =>
      compileTask({ ...common, source, type, mode: 'task', vars: Object.entries(vars), taskDbrps }),
    dot: (compiled, id) => compiled.script.pipeline.dot(id),
    compileTemplate(source, type, id) {
      const { script } = compileTask({ ...common, registry: openRegistry, source, type, mode: 'template' })
      return { dot: script.pipeline.dot(id), vars: script.vars }
    },
  }
}

/** What a server without a configuration has. */
export const { environment: scriptEnvironment, compileTemplate } = serverScripts(DEADMAN_DEFAULTS)
