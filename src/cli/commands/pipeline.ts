// pipeline: what a script describes as JSON, its nodes and edges, and a script that describes the same.
import { compactJson, type Writable } from '../../base/json-writer.ts'
import { compileScript } from '../check-script.ts'
import { CommandFailed, type Context, defineCommand, flag } from '../command.ts'
import { parseDbrp } from '../parse-dbrp.ts'
import { readVarsFile } from '../read-definition.ts'
import { readJsonSource } from '../read-json-source.ts'
import { filesArgument, readSources, type Source } from '../read-sources.ts'

const TYPES = ['stream', 'batch'] as const

export const pipeline = defineCommand({
  name: 'pipeline',
  summary: 'Prints the pipeline of a TICKscript as JSON, on one line, or makes a script of such JSON.',
  details: [
    'Nodes have all their properties, defaults too; vars are written out. With -json the pipeline is indented; with -reverse the scripts come in a list.',
  ],
  examples: [
    'supercap pipeline cpu_alert.tick',
    'supercap pipeline -vars cpu.json generic_alert.tick > cpu.pipeline.json',
    'supercap pipeline -reverse cpu.pipeline.json',
  ],
  args: [filesArgument('TICKscripts, or JSON with -reverse')],
  flags: {
    type: flag.text('TYPE', 'stream or batch; the script tells when not given.', TYPES),
    vars: flag.text('FILE', 'Values of the vars, as JSON; without it required vars may be open.', 'files'),
    dbrp: flag.list('DB.RP', 'A database and retention policy that the task may use.'),
    reverse: flag.switch('Prints the script of a pipeline.'),
  },
  async run(context, files, { type, vars, dbrp, reverse }) {
    const { out, json } = context
    const sources = await readSources(context, files)
    if (reverse) return printScripts(context, sources)
    const taskType = TYPES.find((t) => t === type)
    if (type !== undefined && !taskType) throw new CommandFailed(`${JSON.stringify(type)} is neither stream nor batch`)
    const options = {
      type: taskType,
      vars: vars === undefined ? undefined : readVarsFile(vars),
      dbrps: dbrp.map(parseDbrp),
      template: vars === undefined,
    }
    const [{ pipelineJson }, { renderBlock, ScriptError }] = await Promise.all([
      import('../../lang/pipeline-json/pipeline-json.ts'),
      import('../../lang/diagnostic.ts'),
    ])
    for (const { name, text } of sources) {
      try {
        const described = pipelineJson((await compileScript(text, options)).pipeline)
        if (json) out.json(described)
        else out.line(compactJson(described as Writable))
      } catch (e) {
        if (!(e instanceof ScriptError)) throw e
        throw new CommandFailed(e.message, e.diagnostics.map((d) => renderBlock(text, d, name)).join('\n\n'))
      }
    }
  },
})

async function printScripts({ out, json }: Context, sources: readonly Source[]): Promise<void> {
  const [{ PipelineJsonError, scriptOfPipelineJson }, { scriptEnvironment }] = await Promise.all([
    import('../../lang/pipeline-json/read-pipeline-json.ts'),
    import('../../server/script-environment.ts'),
  ])
  const scripts = sources.map((source) => ({
    file: source.name,
    script: readJsonSource(source, (j) => scriptOfPipelineJson(j, scriptEnvironment.registry), PipelineJsonError),
  }))
  if (json) out.json(scripts)
  else for (const { script } of scripts) out.text(script)
}
