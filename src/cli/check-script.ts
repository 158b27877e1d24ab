// Checks a script as the server does, without a server, and shows what is wrong with it. The language and the nodes are
// loaded when they are needed: most commands do without.
import type { Diagnostic } from '../lang/diagnostic.ts'
import type { Vars } from './client.ts'
import type { Dbrp } from './parse-dbrp.ts'

export interface CheckOptions {
  readonly vars?: Vars | undefined
  /** Of the task; those of the script when not given. */
  readonly dbrps?: readonly Dbrp[] | undefined
  /** Required vars may be without a value. */
  readonly template?: boolean | undefined
}

/** Everything that is wrong or perhaps not meant, in the order of the script. */
export async function checkScript(source: string, o: CheckOptions = {}): Promise<readonly Diagnostic[]> {
  const [
    { compileTask },
    { ScriptError },
    { dbrpsOf, taskTypeOf },
    { parseOrThrow },
    { readVars, VarsError },
    { scriptEnvironment },
  ] = await Promise.all([
    import('../flow/compile.ts'),
    import('../lang/diagnostic.ts'),
    import('../lang/dbrps.ts'),
    import('../lang/parser.ts'),
    import('../lang/vars.ts'),
    import('../server/script-environment.ts'),
  ])
  const { registry, evaluateConstant, validateRegex } = scriptEnvironment
  try {
    const program = parseOrThrow(source, { validateRegex })
    const type = taskTypeOf(program)
    if (!type) return [NO_TYPE]
    const open = program.statements.some((s) => s.type === 'typeDeclaration' && !(s.node.name in (o.vars ?? {})))
    const own = dbrpsOf(program)
    const { script } = compileTask({
      source,
      program,
      type,
      mode: o.template || (open && !o.vars) ? 'template' : 'task',
      registry,
      evaluateConstant,
      validateRegex,
      vars: Object.entries(readVars(o.vars)),
      taskDbrps: own.length > 0 ? own : (o.dbrps ?? []),
    })
    return script.warnings
  } catch (e) {
    if (e instanceof ScriptError) return e.diagnostics
    if (e instanceof VarsError) return [{ code: 'bad-vars', severity: 'error', message: e.message, span: START }]
    throw e
  }
}

const START = { start: 0, end: 0 }

const NO_TYPE: Diagnostic = {
  code: 'no-task-type',
  severity: 'error',
  message: 'invalid task type: invalid',
  span: START,
  help: 'A task begins with stream or with batch, in all its statements with the same one.',
}

/** What is wrong with a script, as blocks with the lines and carets; '' when nothing is found. */
export async function faultBlocks(source: string, name: string, o: CheckOptions = {}): Promise<string> {
  const { renderBlock } = await import('../lang/diagnostic.ts')
  const faults = (await checkScript(source, o)).filter((d) => d.severity === 'error')
  return faults.map((d) => renderBlock(source, d, name)).join('\n\n')
}
