// The page about nodes: one section for each declaration, in the order of the registry.
import type { NodeDeclaration } from '../../src/flow/contract.ts'
import type { Macro, Wants } from '../../src/lang/evaluate/declaration.ts'
import type { ArgBase, FieldSpec } from '../../src/lang/fields.ts'
import { argsText, callText, defaultText, type NamedArg } from './field-text.ts'
import { code, fenced, link, pageHead, paragraphs, table } from './markdown.ts'

const INTRO = `A task is a graph of nodes; each takes what the node before it gives. \`|name()\` adds a node, \`.name()\` sets a
property of the node before it. A **stream** is points one by one, a **batch** is the rows of a group with a time of
their own. What is said of a group holds for each group alone.

With \`[task] workers\` tasks run on threads of their own, but for those with a deadman or with a node of which
it says that its task runs on the main thread.

Every node has \`.quiet()\`, which keeps its errors out of the log; they are counted all the same. Every node counts
\`collected\` (points or batches that came), \`emitted\` (that it gave), \`errors\`, \`working_cardinality\` (groups it keeps
state for), \`avg_exec_time_ns\`, and, by field, \`missing\`; further statistics stand with the node.`

type Args = Readonly<Record<string, ArgBase>>

function namedArgs(args: unknown): NamedArg[] {
  return Object.entries((args ?? {}) as Args).map(([name, arg]) => ({ name, arg }))
}

function restOf(d: Pick<Macro, 'rest'>): NamedArg | undefined {
  return d.rest ? { name: d.rest.name, arg: d.rest.arg as ArgBase } : undefined
}

function callOf(d: Pick<Macro, 'name' | 'args' | 'rest' | 'minArgs'>): string {
  const args = namedArgs(d.args)
  return `|${d.name}(${argsText(args, d.minArgs ?? args.length, restOf(d))})`
}

function argumentList(d: Pick<Macro, 'args' | 'rest'>): string {
  const rest = restOf(d)
  const all = [...namedArgs(d.args), ...(rest ? [rest] : [])]
  return all.map(({ name, arg }) => `- ${code(name)}: ${arg.doc}\n`).join('')
}

function edges(d: NodeDeclaration): string {
  const nouns: Readonly<Record<Wants, string>> = { stream: 'a stream', batch: 'batches', parent: '', none: 'nothing' }
  if (d.watches) return `Called on any node, of which it looks at the counts only; gives ${nouns[d.provides]}.`
  if (d.wants === 'none') return `Gives ${nouns[d.provides]}.`
  const on = d.on ? `Called on ${d.on.map(code).join(' or ')}. ` : ''
  if (d.wants === 'parent' && d.provides === 'parent') return `${on}Takes a stream or batches and gives the same.`
  const takes = d.wants === 'parent' ? 'a stream or batches' : nouns[d.wants]
  const gives = d.provides === 'parent' ? 'the same' : nouns[d.provides]
  return d.provides === 'none'
    ? `${on}Takes ${takes}; nothing may follow it.`
    : `${on}Takes ${takes} and gives ${gives}.`
}

function propertyRows(d: NodeDeclaration): string[][] {
  return (Object.entries(d.fields) as [string, FieldSpec][])
    .filter(([, f]) => f.is !== 'object')
    .map(([name, f]) => [code(callText(name, f)), defaultText(f), f.doc])
}

function handlerLine(d: NodeDeclaration): string {
  const names = (Object.entries(d.fields) as [string, FieldSpec][]).filter(([, f]) => f.is === 'object')
  if (names.length === 0) return ''
  const links = names.map(([name]) => link(code(`.${name}()`), 'handlers.md', name))
  return `Handlers, each of which may stand several times and has properties of its own: ${links.join(', ')}.`
}

function examples(list: readonly string[] | undefined): string {
  return (list ?? []).map((text) => fenced('js', text)).join('\n')
}

function nodeSection(d: NodeDeclaration): string {
  const call = d.internal ? (d.wants === 'none' ? d.name : '') : callOf(d)
  const stats = d.stats && d.stats.length > 0 ? `Statistics: ${d.stats.map(code).join(', ')}.` : ''
  return paragraphs(
    `## ${d.name}`,
    call === '' ? '' : code(call),
    `${d.doc} ${edges(d)}${d.needs === 'main' && !d.internal ? ' Its task runs on the main thread.' : ''}`,
    argumentList(d),
    table(['property', 'default', ''], propertyRows(d)),
    handlerLine(d),
    stats,
    examples(d.examples),
  )
}

function macroSection(m: Macro): string {
  return paragraphs(`## ${m.name}`, code(callOf(m)), m.doc, argumentList(m), examples(m.examples))
}

export function nodesPage(nodes: readonly NodeDeclaration[], macros: readonly Macro[]): string {
  const names = [...nodes, ...macros].map((d) => link(d.name))
  return paragraphs(
    pageHead('Nodes', INTRO),
    names.join(' · '),
    ...nodes.map(nodeSection),
    ...macros.map(macroSection),
  ).trimEnd()
}
