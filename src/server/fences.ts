// The [security] section at work: handlers and nodes that refuse what is outside as soon as a script or a topic handler
// names it, and the fences that whatever is opened or run later has to pass.
import type { HandlerDeclaration } from '../alert/handlers/define-handler.ts'
import { PathFence } from '../alert/io/path-fence.ts'
import { ProgramFence } from '../alert/io/program-fence.ts'
import { Fault } from '../base/fault.ts'
import type { NodeDeclaration } from '../flow/contract.ts'
import { alertNode } from '../nodes/alert.ts'
import type { ServerValues } from './config/sections/server-sections.ts'
import { sideFolder } from './sideload/sideload-service.ts'

type Options = Readonly<Record<string, unknown>>

export class Fences {
  readonly programs: ProgramFence
  readonly logs: PathFence
  readonly sideload: PathFence
  readonly templates: PathFence
  readonly #functions: PathFence

  constructor(security: ServerValues['security']) {
    this.programs = new ProgramFence({ isEnabled: security.execEnabled, commands: security.execCommands })
    this.logs = new PathFence('log-paths', security.logPaths)
    this.sideload = new PathFence('sideload-paths', security.sideloadPaths)
    this.templates = new PathFence('template-paths', security.templatePaths)
    this.#functions = new PathFence('udf-paths', security.udfPaths)
  }

  /** The handlers, some of which take less. */
  handlers(all: readonly HandlerDeclaration[]): readonly HandlerDeclaration[] {
    return all.map((d) => {
      if (d.kind === 'exec') return fenced(d, (o) => this.programs.refusal(String(o['prog'])))
      if (d.kind === 'log') return fenced(d, (o) => this.logs.refusal(String(o['path'])))
      return d
    })
  }

  /** The nodes, some of which take less; `handlers`: those of the alert node. */
  nodes(all: readonly NodeDeclaration[], handlers: readonly HandlerDeclaration[]): readonly NodeDeclaration[] {
    return all.map((d) => {
      if (d.name === 'alert') return alertNode(handlers)
      if (d.name !== 'sideload') return d
      const { check } = d
      return { ...d, check: (params, info) => check?.(params, info) ?? this.#sideRefusal(params) }
    })
  }

  /** Throws a Fault when a configured function is outside. */
  checkFunctions(functions: ServerValues['udf']['functions']): void {
    for (const [name, { prog, socket }] of Object.entries(functions)) {
      const reason = this.#functions.refusal(prog === '' ? socket : prog)
      if (reason !== undefined) throw new Fault('outside-fence', `[udf.functions.${name}] ${reason}`)
    }
  }

  #sideRefusal(params: Options): string | undefined {
    const folder = sideFolder(String(params['source']))
    return folder === undefined ? undefined : this.sideload.folderRefusal(folder)
  }
}

/** A handler that can't be defined with options for which there is a refusal. */
function fenced(d: HandlerDeclaration, refusal: (options: Options) => string | undefined): HandlerDeclaration {
  const { scriptCheck, check } = d
  return {
    ...d,
    scriptCheck: (options) => scriptCheck?.(options) ?? refusal(options),
    check: (options, config) => check?.(options, config) ?? refusal(options),
  }
}
