// Checks a script as the server does, without a server, and shows what is wrong with it. The language and the nodes are
// loaded when they are needed: most commands do without.
import type { NodeDeclaration } from '../flow/contract.ts'
import type { Diagnostic } from '../lang/diagnostic.ts'
import type { EvaluatedScript } from '../lang/evaluate/evaluate-script.ts'
import type { Vars } from './client.ts'
import type { Dbrp } from './parse-dbrp.ts'

export interface CheckOptions {
  readonly vars?: Vars | undefined
  /** Of the task; those of the script when not given. */
  readonly dbrps?: readonly Dbrp[] | undefined
  /** Required vars may be without a value, and the script may do nothing. */
  readonly template?: boolean | undefined
  /** The script's own when not given. */
  readonly type?: 'stream' | 'batch' | undefined
}

/** Everything that is wrong or perhaps not meant, in the order of the script. */
export async function checkScript(source: string, o: CheckOptions = {}): Promise<readonly Diagnostic[]> {
  const { ScriptError } = await import('../lang/diagnostic.ts')
  try {
    return (await compileScript(source, o)).warnings
  } catch (e) {
    if (e instanceof ScriptError) return e.diagnostics
    throw e
  }
}

/** The script as the server would evaluate it. Rejects with ScriptError. */
export async function compileScript(source: string, o: CheckOptions = {}): Promise<EvaluatedScript<NodeDeclaration>> {
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
  const program = parseOrThrow(source, { validateRegex })
  const type = o.type ?? taskTypeOf(program)
  if (!type) throw new ScriptError([NO_TYPE])
  const open = program.statements.some((s) => s.type === 'typeDeclaration' && !(s.node.name in (o.vars ?? {})))
  const own = dbrpsOf(program)
  try {
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
    return script
  } catch (e) {
    if (!(e instanceof VarsError)) throw e
    throw new ScriptError([{ code: 'bad-vars', severity: 'error', message: e.message, span: START }])
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
