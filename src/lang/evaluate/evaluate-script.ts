// From a script to the pipeline it describes and the vars it declares: the whole of evaluation in one call.
import type { Program } from '../ast.ts'
import { type Diagnostic, ScriptError } from '../diagnostic.ts'
import { evaluateConstant as computeConstant } from '../lambda/evaluate-constant.ts'
import { validateRegex as checkRegex } from '../lambda/regex.ts'
import { type ParseOptions, parseOrThrow } from '../parser.ts'
import { didYouMean } from '../suggest.ts'
import type { GivenVar } from '../vars.ts'
import { Catalog, type Registry } from './catalog.ts'
import { checkPipeline } from './check-pipeline.ts'
import type { Builder, Dbrp, Declaration, EdgeType } from './declaration.ts'
import { type DeclaredVar, type EvaluateConstant, Evaluator } from './evaluator.ts'
import { NodeCalls } from './node-calls.ts'
import { Pipeline, type PipelineNode } from './pipeline.ts'
import { presetVars, zeroValue } from './preset-vars.ts'
import { Problems } from './problems.ts'
import { FAILED, type ScriptValue } from './script-value.ts'

export interface EvaluateOptions<D extends Declaration> {
  readonly source: string
  /** The source's tree, when it is at hand. */
  readonly program?: Program | undefined
  readonly type: EdgeType
  readonly registry: Registry<D>
  /** `template`: required vars without a value are zero, and a script that does nothing is allowed. */
  readonly mode: 'task' | 'template'
  /** Values for the script's vars. Those that the script does not declare are passed over. */
  readonly vars?: Iterable<readonly [name: string, v: GivenVar]> | undefined
  readonly taskDbrps?: readonly Dbrp[] | undefined
  /** What is added to the task's source after the script: a global deadman. */
  readonly extend?: ((build: Builder, source: PipelineNode<D>) => void) | undefined
  /** RE2's when not given. */
  readonly validateRegex?: ParseOptions['validateRegex']
  /** With all functions of lambdas when not given. */
  readonly evaluateConstant?: EvaluateConstant | undefined
}

export interface EvaluatedScript<D extends Declaration> {
  readonly program: Program
  readonly pipeline: Pipeline<D>
  /** In the order of the script. */
  readonly vars: ReadonlyMap<string, DeclaredVar>
  /** What is not wrong, but perhaps not meant. */
  readonly warnings: readonly Diagnostic[]
}

/** Throws ScriptError with all faults that were found; its message is that of the first. */
export function evaluateScript<D extends Declaration>(options: EvaluateOptions<D>): EvaluatedScript<D> {
  const { source, type, mode, registry, taskDbrps = [], vars = [] } = options
  const { validateRegex = checkRegex, evaluateConstant = computeConstant } = options
  const program = options.program ?? parseOrThrow(source, { validateRegex })
  const problems = new Problems(source)
  const pipeline = new Pipeline<D>(type)
  const calls = new NodeCalls(pipeline, new Catalog(registry), problems, taskDbrps)
  const taskSource = calls.addSource()
  const evaluator = new Evaluator({
    problems,
    calls,
    names: new Map<string, ScriptValue>([
      ['time', TIME_FUNCTION],
      [type, { type: 'node', value: taskSource }],
    ]),
    preset: presetVars(vars, { validateRegex }),
    placeholder: mode === 'template' ? zeroValue : undefined,
    evaluateConstant,
  })
  evaluator.run(program)
  problems.throwIfAny()
  options.extend?.(calls.builder(undefined), taskSource)
  checkPipeline(pipeline, problems)
  problems.throwIfAny()
  if (mode === 'task' && pipeline.nodes.length === 1) {
    problems.report({
      code: 'empty-task',
      message: 'task does nothing',
      span: { start: 0, end: source.length },
      help: `Let something follow the source: ${type}|${type === 'stream' ? 'from()' : "query('…')"}.`,
    })
    problems.throwIfAny()
  }
  for (const node of pipeline.nodes) Object.freeze(node.params)
  for (const [name] of vars) {
    if (evaluator.vars.has(name)) continue
    const near = didYouMean(name, evaluator.vars.keys())
    problems.warn('undeclared-var', `the script has no var ${name}`, { start: 0, end: 0 }, near)
  }
  return { program, pipeline, vars: evaluator.vars, warnings: problems.warnings }
}

/** What a script's tree alone tells of its vars: nodes and what depends on them are passed over, and so are faults. */
export function varsOf(program: Program): ReadonlyMap<string, DeclaredVar> {
  const unknown: ScriptValue = { type: 'other', value: '*pipeline.Node' }
  const evaluator = new Evaluator({
    problems: new Problems(''),
    calls: { apply: () => FAILED, read: () => FAILED },
    names: new Map([
      ['time', TIME_FUNCTION],
      ['stream', unknown],
      ['batch', unknown],
    ]),
    preset: new Map(),
    placeholder: zeroValue,
    evaluateConstant: computeConstant,
  })
  try {
    evaluator.run(program)
  } catch (e) {
    // Too many faults: what was found before stands.
    if (!(e instanceof ScriptError)) throw e
  }
  return evaluator.vars
}

const TIME_FUNCTION: ScriptValue = { type: 'other', value: 'func(time.Duration, ...time.Duration) interface {}' }
