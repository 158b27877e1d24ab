// Writes the reference pages from the declarations: docs/nodes.md, functions.md, handlers.md, diagnostics.md, cli.md.
// Run: node docs/generate.ts [--check]. With --check nothing is written; it fails when a page is not up to date.
import fs from 'node:fs'
import path from 'node:path'
import { ALERT_HANDLERS } from '../src/alert/handlers/handler-list.ts'
import { MATCH_FUNCTIONS } from '../src/alert/match.ts'
import { COMMANDS } from '../src/cli/command-list.ts'
import { flagsOf } from '../src/cli/main-flags.ts'
import { SERVER_COMMANDS } from '../src/cli/server-commands.ts'
import { FAULT_CODES, WARNING_CODES } from '../src/lang/evaluate/fault-codes.ts'
import { FUNCTION_FAMILIES } from '../src/lang/lambda/builtins.ts'
import { SYNTAX_CODES } from '../src/lang/syntax-codes.ts'
import { NODES } from '../src/nodes/registry.ts'
import { routes } from '../src/server/api/routes.ts'
import { handlerSections } from '../src/server/config/sections/handlers.ts'
import { knownSections } from '../src/server/config/sections/server-sections.ts'
import { scriptEnvironment } from '../src/server/script-environment.ts'
import { caseFiles, readCases } from '../test/cases/case-file.ts'
import { EXAMPLES } from './generator/api-examples.ts'
import { apiPage } from './generator/api-page.ts'
import { cliPage } from './generator/cli-page.ts'
import { configurationPage } from './generator/configuration-page.ts'
import { type CodeGroup, type DefinedTask, diagnosticsPage } from './generator/diagnostics-page.ts'
import { decidedTables, unservedNodes, unservedSections } from './generator/differences.ts'
import { functionsPage } from './generator/functions-page.ts'
import { handlersPage } from './generator/handlers-page.ts'
import { nodesPage } from './generator/nodes-page.ts'
import { fillParts } from './generator/page-parts.ts'

const here = import.meta.dirname

export const CODE_GROUPS: readonly CodeGroup[] = [
  { title: 'Syntax', codes: SYNTAX_CODES },
  { title: 'Evaluation', codes: FAULT_CODES },
  { title: 'Warnings', codes: WARNING_CODES },
]

/** The tasks of the cases `diagnostics/CODE`, by code. */
export function diagnosticTasks(): ReadonlyMap<string, DefinedTask> {
  const cases = readCases(path.join(here, '../test/cases/own/diagnostics.case'))
  return new Map(
    cases.map((c) => {
      const { script, vars } = JSON.parse(c.steps[0]!.body) as { readonly script: string; readonly vars?: unknown }
      return [c.name.replace('diagnostics/', ''), { script, vars }]
    }),
  )
}

const MOVING = 'moving-from-kapacitor.md'

/** Written by hand but for what the code and the cases know better. */
function movingPage(): string {
  const cases = caseFiles(path.join(here, '../test/conformance/cases')).flatMap(readCases)
  const nodes = new Set(NODES.map((n) => n.name))
  if (!knownSections.some((d) => d.section === 'udf' && d.unserved)) nodes.add('@')
  return fillParts(fs.readFileSync(path.join(here, MOVING), 'utf8'), {
    'unserved sections': unservedSections(knownSections),
    'unserved nodes': unservedNodes(nodes),
    'decided cases': decidedTables(cases),
  })
}

/** The text of each page, by file name. */
export function pages(): Readonly<Record<string, string>> {
  const all = {
    'nodes.md': nodesPage(NODES, scriptEnvironment.registry.macros ?? []),
    'functions.md': functionsPage(FUNCTION_FAMILIES, MATCH_FUNCTIONS),
    'handlers.md': handlersPage(ALERT_HANDLERS),
    'diagnostics.md': diagnosticsPage(CODE_GROUPS, diagnosticTasks()),
    'configuration.md': configurationPage(knownSections, handlerSections),
    'api.md': apiPage(routes, EXAMPLES),
    'cli.md': cliPage(COMMANDS, flagsOf(undefined), SERVER_COMMANDS),
  }
  return {
    ...Object.fromEntries(Object.entries(all).map(([name, text]) => [name, `${text}\n`])),
    [MOVING]: movingPage(),
  }
}

/** Names of pages whose file differs. */
export function stalePages(): string[] {
  return Object.entries(pages())
    .filter(([name, text]) => {
      const file = path.join(here, name)
      return !fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text
    })
    .map(([name]) => name)
}

function main(args: readonly string[]): void {
  if (args.includes('--check')) {
    const stale = stalePages()
    if (stale.length === 0) return
    console.error(`not up to date: ${stale.join(', ')}; run: node docs/generate.ts`)
    process.exitCode = 1
    return
  }
  for (const [name, text] of Object.entries(pages())) fs.writeFileSync(path.join(here, name), text)
}

if (import.meta.main) main(process.argv.slice(2))
