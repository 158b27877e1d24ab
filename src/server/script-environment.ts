// What scripts of this server may use: its nodes, its handlers, its functions. And scripts as the task service sees them.
import { ALERT_HANDLERS } from '../alert/handlers/handler-list.ts'
import { type CompiledTask, compileTask } from '../flow/compile.ts'
import { format } from '../lang/formatter.ts'
import { evaluateConstant } from '../lang/lambda/evaluate-constant.ts'
import { validateRegex } from '../lang/lambda/regex.ts'
import { parseOrThrow } from '../lang/parser.ts'
import { deadman } from '../nodes/deadman.ts'
import { NODES } from '../nodes/registry.ts'
import type { ScriptEnvironment } from '../nodes/run-script.ts'
import type { TaskType } from './tasks/task-record.ts'
import type { Scripts } from './tasks/task-runtime.ts'
import type { TemplateGraph } from './templates/template-service.ts'

export const scriptEnvironment: ScriptEnvironment = {
  registry: { declarations: NODES, macros: [deadman()] },
  evaluateConstant,
  validateRegex,
  handlers: ALERT_HANDLERS,
}

export const scripts: Scripts<CompiledTask> = {
  parse: (source) => parseOrThrow(source, { validateRegex }),
  format: (source) => format(source),
  compile: (source, type, vars, taskDbrps) =>
    compileTask({
      source,
      type,
      mode: 'task',
      registry: scriptEnvironment.registry,
      evaluateConstant,
      validateRegex,
      vars: Object.entries(vars),
      taskDbrps,
    }),
  dot: (compiled, id) => compiled.script.pipeline.dot(id),
}

/** A template's script: what is required may be missing, and it may do nothing yet. */
export function compileTemplate(source: string, type: TaskType, id: string): Omit<TemplateGraph, 'error'> {
  const { script } = compileTask({
    source,
    type,
    mode: 'template',
    registry: scriptEnvironment.registry,
    evaluateConstant,
    validateRegex,
  })
  return { dot: script.pipeline.dot(id), vars: script.vars }
}
