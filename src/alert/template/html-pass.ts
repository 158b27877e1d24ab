/**
 * The pass that makes a set of templates safe HTML: it follows the context through every path of a template and adds
 * the escapers each place needs to its pipeline. Owns contexts over nodes; must not know what escapers do.
 */

import { quoteText } from './go-quote.ts'
import {
  type Context,
  contextText,
  deadContext,
  errorContext,
  type HtmlError,
  isComment,
  joined,
  nameInContext,
  nudged,
  sameContext,
  textContext,
} from './html-context.ts'
import { pipeWithEscapers, predefinedEscapers } from './html-pipe.ts'
import { escapeText } from './html-text.ts'
import {
  type ActionNode,
  type BranchNode,
  type BreakNode,
  type ListNode,
  nodeText,
  type Statement,
  type TemplateNode,
  type TemplateTree,
  type TextNode,
} from './template-nodes.ts'

type Trees = ReadonlyMap<string, TemplateTree>

/** The contexts at the breaks and continues of a range. */
interface RangeExits {
  readonly breaks: (readonly [Context, BreakNode])[]
  readonly continues: (readonly [Context, BreakNode])[]
}

const copyList = (list: ListNode): ListNode => ({ ...list, nodes: list.nodes.map(copyNode) })

/** A copy of a statement, so that a template called in several contexts is changed for each on its own. */
const copyNode = (node: Statement): Statement => {
  if (node.type !== 'if' && node.type !== 'range' && node.type !== 'with') return { ...node }
  return {
    ...node,
    list: copyList(node.list),
    otherwise: node.otherwise === undefined ? undefined : copyList(node.otherwise),
  }
}

/** What was found about the templates of a set, to be applied when all is well. */
class Escaper {
  readonly #trees: Trees
  readonly outputs = new Map<string, Context>()
  readonly derived = new Map<string, TemplateTree>()
  readonly called = new Set<string>()
  readonly actions = new Map<ActionNode, readonly string[]>()
  readonly templates = new Map<TemplateNode, string>()
  readonly texts = new Map<TextNode, string>()
  #range: RangeExits | undefined

  constructor(trees: Trees) {
    this.#trees = trees
  }

  #tree(name: string): TemplateTree | undefined {
    return this.#trees.get(name) ?? this.derived.get(name)
  }

  #statement(c: Context, node: Statement): Context {
    switch (node.type) {
      case 'text': {
        const { context, text } = escapeText(c, node.text)
        if (text !== undefined) this.texts.set(node, text)
        return context
      }
      case 'action':
        return this.#action(c, node)
      case 'break':
        this.#range?.breaks.push([c, node])
        return deadContext
      case 'continue':
        this.#range?.continues.push([c, node])
        return deadContext
      case 'template': {
        const [context, name] = this.tree(c, node.name, node)
        if (name !== node.name) this.templates.set(node, name)
        return context
      }
      default:
        return this.#branch(c, node)
    }
  }

  #list(c: Context, list: ListNode): Context {
    let context = c
    for (const node of list.nodes) {
      context = this.#statement(context, node)
      if (context.state === 'Dead') break
    }
    return context
  }

  #action(before: Context, node: ActionNode): Context {
    if (node.pipe.declared.length > 0) return before
    const c = nudged(before)
    const { commands } = node.pipe
    for (const [i, command] of commands.entries()) {
      const first = command.args[0]!
      if (first.type !== 'identifier' || !predefinedEscapers.has(first.ident)) continue
      const bare = c.state === 'Attr' && c.delim === 'SpaceOrTagEnd' && first.ident === 'html'
      if (i < commands.length - 1 || bare) {
        const what = `predefined escaper ${quoteText(first.ident)} disallowed in template`
        return errorContext(what, { pos: node.pos })
      }
    }
    if (c.state === 'Error') return c
    if (c.urlPart === 'Unknown' && urlStates.has(c.state)) {
      return errorContext(`${nodeText(node)} appears in an ambiguous context within a URL`, { pos: node.pos })
    }
    const escapers = escapersIn(c)
    if (c.delim === 'SpaceOrTagEnd') escapers.push('_html_template_nospaceescaper')
    else if (c.delim !== 'None') escapers.push('_html_template_attrescaper')
    this.actions.set(node, escapers)
    if (c.state === 'JS') return { ...c, js: 'DivOp' }
    return c.state === 'Tag' ? { ...c, state: 'AttrName' } : c
  }

  #branch(c: Context, node: BranchNode): Context {
    const taken = node.type === 'range' ? this.#rounds(c, node) : this.#list(c, node.list)
    if (node.type === 'range' && taken.state === 'Error') return taken
    const otherwise = node.otherwise === undefined ? c : this.#list(c, node.otherwise)
    return joined(taken, otherwise, node.type, node.pos)
  }

  /** A range's body, which must end where it can begin again. */
  #rounds(c: Context, node: BranchNode): Context {
    const outer = this.#range
    const first = this.#round(() => this.#list(c, node.list))
    let result = first.context.state === 'Error' ? first.context : withExits(first.context, first.exits)
    if (result.state !== 'Error') {
      const again = this.#round(() => this.#trial().#list(result, node.list))
      const both = joined(result, again.context, 'range', node.pos)
      result =
        both.state === 'Error' ? amended(both, 'on range loop re-entry: ', node.line) : withExits(both, again.exits)
    }
    this.#range = outer
    return result
  }

  #round(run: () => Context): { readonly context: Context; readonly exits: RangeExits } {
    const exits: RangeExits = { breaks: [], continues: [] }
    this.#range = exits
    return { context: run(), exits }
  }

  /** A second escaper with the same knowledge, whose findings can be dropped. */
  #trial(): Escaper {
    const trial = new Escaper(this.#trees)
    trial.#range = this.#range
    for (const [name, context] of this.outputs) trial.outputs.set(name, context)
    return trial
  }

  #adopt(trial: Escaper): void {
    for (const [name, context] of trial.outputs) this.outputs.set(name, context)
    for (const [name, tree] of trial.derived) this.derived.set(name, tree)
    for (const name of trial.called) this.called.add(name)
    for (const [node, escapers] of trial.actions) this.actions.set(node, escapers)
    for (const [node, name] of trial.templates) this.templates.set(node, name)
    for (const [node, text] of trial.texts) this.texts.set(node, text)
  }

  /** A template called in a context: the context behind it, and the name it has there. */
  tree(c: Context, name: string, at: { readonly pos: number; readonly line: number }): readonly [Context, string] {
    const derivedName = nameInContext(name, c)
    this.called.add(derivedName)
    const known = this.outputs.get(derivedName)
    if (known !== undefined) return [known, derivedName]
    const original = this.#tree(name)
    if (original === undefined) {
      return [errorContext(`no such template ${quoteText(name)}`, { pos: at.pos, line: at.line }), derivedName]
    }
    let tree = original
    if (derivedName !== name) {
      tree = this.#tree(derivedName) ?? { name: derivedName, root: copyList(original.root) }
      this.derived.set(derivedName, tree)
    }
    return [this.#output(c, tree), derivedName]
  }

  /** The context behind a template's body, found by assuming one where it calls itself. */
  #output(c: Context, tree: TemplateTree): Context {
    const [first, settled] = this.#body(c, c, tree)
    if (settled) return first
    const [second, fixed] = this.#body(c, first, tree)
    if (fixed) return second
    if (first.state === 'Error') return first
    return errorContext(`cannot compute output context for template ${tree.name}`, { pos: tree.root.pos })
  }

  #body(c: Context, assumed: Context, tree: TemplateTree): readonly [Context, boolean] {
    this.outputs.set(tree.name, assumed)
    const trial = this.#trial()
    const end = trial.#list(c, tree.root)
    const accurate = end.state !== 'Error' && (!trial.called.has(tree.name) || sameContext(assumed, end))
    if (accurate) this.#adopt(trial)
    return [end, accurate]
  }

  /** The set with all findings applied. */
  applied(): Trees {
    const done = new Map<string, TemplateTree>()
    for (const [name, tree] of [...this.#trees, ...this.derived])
      done.set(name, { name, root: this.#applyList(tree.root) })
    return done
  }

  #applyList(list: ListNode): ListNode {
    return { ...list, nodes: list.nodes.map((node) => this.#applyNode(node)) }
  }

  #applyNode(node: Statement): Statement {
    switch (node.type) {
      case 'text':
        return { ...node, text: this.texts.get(node) ?? node.text }
      case 'action':
        return { ...node, pipe: pipeWithEscapers(node.pipe, this.actions.get(node) ?? []) }
      case 'template':
        return { ...node, name: this.templates.get(node) ?? node.name }
      case 'if':
      case 'range':
      case 'with':
        return {
          ...node,
          list: this.#applyList(node.list),
          otherwise: node.otherwise === undefined ? undefined : this.#applyList(node.otherwise),
        }
      default:
        return node
    }
  }
}

const withExits = (c: Context, exits: RangeExits): Context => {
  let context = c
  for (const [kind, list] of [
    ['break', exits.breaks],
    ['continue', exits.continues],
  ] as const) {
    for (const [at, node] of list) {
      context = joined(context, at, 'range', node.pos)
      if (context.state === 'Error') return amended(context, `at range loop ${kind}: `, node.line)
    }
  }
  return context
}

const amended = (c: Context, prefix: string, line: number): Context => ({
  ...c,
  error: { ...(c.error as HtmlError), description: prefix + c.error!.description, line },
})

const urlStates: ReadonlySet<Context['state']> = new Set<Context['state']>([
  'URL',
  'CSSDqStr',
  'CSSSqStr',
  'CSSDqURL',
  'CSSSqURL',
  'CSSURL',
])

const simpleEscapers: Partial<Record<Context['state'], string>> = {
  MetaContentURL: 'urlfilter',
  JS: 'jsvalescaper',
  JSDqStr: 'jsstrescaper',
  JSSqStr: 'jsstrescaper',
  JSTmplLit: 'jstmpllitescaper',
  JSRegexp: 'jsregexpescaper',
  CSS: 'cssvaluefilter',
  Text: 'htmlescaper',
  RCDATA: 'rcdataescaper',
  AttrName: 'htmlnamefilter',
  Tag: 'htmlnamefilter',
  Srcset: 'srcsetescaper',
}

/** The escapers a context's own language asks for. */
const escapersIn = (c: Context): string[] => {
  if (urlStates.has(c.state)) return urlEscapers(c)
  if (isComment(c.state)) return ['_html_template_commentescaper']
  const name = simpleEscapers[c.state]
  return name === undefined ? [] : [`_html_template_${name}`]
}

const urlEscapers = (c: Context): string[] => {
  if (c.urlPart === 'QueryOrFrag') return ['_html_template_urlescaper']
  const inString = c.state === 'CSSDqStr' || c.state === 'CSSSqStr'
  const escaper = inString ? '_html_template_cssescaper' : '_html_template_urlnormalizer'
  return c.urlPart === 'None' ? ['_html_template_urlfilter', escaper] : [escaper]
}

/** The templates of a set made safe for HTML, or why they cannot be. */
export const escapeTrees = (trees: Trees, name: string): { readonly trees: Trees } | { readonly error: HtmlError } => {
  const escaper = new Escaper(trees)
  const [end] = escaper.tree(textContext, name, { pos: 0, line: 0 })
  if (end.error !== undefined) return { error: end.error }
  if (end.state !== 'Text') return { error: { description: `ends in a non-text context: ${contextText(end)}` } }
  return { trees: escaper.applied() }
}
