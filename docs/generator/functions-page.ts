// The page about the functions of lambdas and of match expressions, from their declarations.
import type { LambdaFunction, Signature } from '../../src/lang/lambda/function.ts'
import { code, link, pageHead, paragraphs, table } from './markdown.ts'

const INTRO = `What a lambda may call. Arguments are never converted: \`int\` and \`float\` are different types, and a call must fit
one of the signatures. A call that fails at run time costs its point, which is counted and logged; with arguments that
are constants it is refused when the task is defined.

Texts are UTF-8, and lengths and positions count bytes. Times are taken apart in the server's local zone.`

const MATCH_INTRO = `Only in the match expressions of topic handlers, beside all functions above. Names in double quotes are tags of the
event there.`

export interface FunctionFamily {
  readonly title: string
  readonly functions: readonly LambdaFunction[]
}

function signatureLine(name: string, s: Signature): string {
  return code(`${name}(${s.args.join(', ')}) → ${s.gives}`)
}

function section(f: LambdaFunction): string {
  const notes = [f.needs === 'cell' ? 'Remembers for each group what it has seen.' : '']
  return paragraphs(
    `### ${f.name}`,
    [f.doc, ...notes].filter((t) => t !== '').join(' '),
    f.signatures.map((s) => signatureLine(f.name, s)).join('<br>\n'),
    table(
      ['expression', 'result'],
      f.examples.map(([expression, result]) => [code(expression), code(result)]),
    ),
  )
}

export function functionsPage(families: readonly FunctionFamily[], match: readonly LambdaFunction[]): string {
  const list = families.map((x) => `${x.title}: ${x.functions.map((f) => link(f.name)).join(', ')}`)
  return paragraphs(
    pageHead('Functions', INTRO),
    list.map((line) => `- ${line}\n`).join(''),
    ...families.flatMap((x) => [`## ${x.title}`, ...x.functions.map(section)]),
    '## Match expressions',
    MATCH_INTRO,
    ...match.map(section),
  ).trimEnd()
}
