/**
 * Where in HTML, CSS or JavaScript a place of a template stands, which decides how values are escaped there.
 * Owns the states and their comparison and naming; must not know how text moves between them.
 */

export type State =
  | 'Text'
  | 'Tag'
  | 'AttrName'
  | 'AfterName'
  | 'BeforeValue'
  | 'HTMLCmt'
  | 'RCDATA'
  | 'Attr'
  | 'URL'
  | 'Srcset'
  | 'JS'
  | 'JSDqStr'
  | 'JSSqStr'
  | 'JSTmplLit'
  | 'JSRegexp'
  | 'JSBlockCmt'
  | 'JSLineCmt'
  | 'JSHTMLOpenCmt'
  | 'JSHTMLCloseCmt'
  | 'CSS'
  | 'CSSDqStr'
  | 'CSSSqStr'
  | 'CSSDqURL'
  | 'CSSSqURL'
  | 'CSSURL'
  | 'CSSBlockCmt'
  | 'CSSLineCmt'
  | 'MetaContent'
  | 'MetaContentURL'
  | 'Error'
  /** Behind a {{break}} or {{continue}}. */
  | 'Dead'

/** What ends the attribute value a place is in. */
export type Delim = 'None' | 'DoubleQuote' | 'SingleQuote' | 'SpaceOrTagEnd'
export type UrlPart = 'None' | 'PreQuery' | 'QueryOrFrag' | 'Unknown'
/** Whether a slash begins a regular expression or divides. */
export type JsContext = 'Regexp' | 'DivOp' | 'Unknown'
export type Attribute = 'None' | 'Script' | 'ScriptType' | 'Style' | 'URL' | 'Srcset' | 'MetaContent'
export type Element = 'None' | 'Script' | 'Style' | 'Textarea' | 'Title' | 'Meta'

/** Why a template has no safe escaping. `pos` is where, when a node is to blame. */
export interface HtmlError {
  readonly description: string
  readonly pos?: number
  readonly line?: number
}

export interface Context {
  readonly state: State
  readonly delim: Delim
  readonly urlPart: UrlPart
  readonly js: JsContext
  /** Open braces in each ${…} of JavaScript template literals around the place. */
  readonly braces: readonly number[] | undefined
  readonly attribute: Attribute
  readonly element: Element
  readonly error: HtmlError | undefined
}

export const textContext: Context = {
  state: 'Text',
  delim: 'None',
  urlPart: 'None',
  js: 'Regexp',
  braces: undefined,
  attribute: 'None',
  element: 'None',
  error: undefined,
}

export const deadContext: Context = { ...textContext, state: 'Dead' }

export const errorContext = (description: string, at: Omit<HtmlError, 'description'> = {}): Context => ({
  ...textContext,
  state: 'Error',
  error: { description, ...at },
})

const sameBraces = (a: Context, b: Context): boolean => (a.braces ?? []).join() === (b.braces ?? []).join()

export const sameContext = (a: Context, b: Context): boolean =>
  a.state === b.state &&
  a.delim === b.delim &&
  a.urlPart === b.urlPart &&
  a.js === b.js &&
  a.attribute === b.attribute &&
  a.element === b.element &&
  a.error === b.error &&
  sameBraces(a, b)

/** The context as error messages show it. */
export const contextText = (c: Context): string => {
  const error = c.error === undefined ? '<nil>' : `html/template: ${c.error.description}`
  const braces = `[${(c.braces ?? []).join(' ')}]`
  return `{state${c.state} delim${c.delim} urlPart${c.urlPart} jsCtx${c.js} ${braces} attr${c.attribute} element${c.element} ${error}}`
}

/** The name of a template called in a context; in plain text its own. */
export const nameInContext = (name: string, c: Context): string => {
  if (c.state === 'Text') return name
  const parts = [`${name}$htmltemplate_state${c.state}`]
  if (c.delim !== 'None') parts.push(`delim${c.delim}`)
  if (c.urlPart !== 'None') parts.push(`urlPart${c.urlPart}`)
  if (c.js !== 'Regexp') parts.push(`jsCtx${c.js}`)
  if (c.braces !== undefined) parts.push(`jsBraceDepth([${c.braces.join(' ')}])`)
  if (c.attribute !== 'None') parts.push(`attr${c.attribute}`)
  if (c.element !== 'None') parts.push(`element${c.element}`)
  return parts.join('_')
}

const comments: ReadonlySet<State> = new Set<State>([
  'HTMLCmt',
  'JSBlockCmt',
  'JSLineCmt',
  'JSHTMLOpenCmt',
  'JSHTMLCloseCmt',
  'CSSBlockCmt',
  'CSSLineCmt',
])

/** States whose text is for authors, so that it is left out. */
export const isComment = (state: State): boolean => comments.has(state)

const scriptLiterals: ReadonlySet<State> = new Set<State>(['JSDqStr', 'JSSqStr', 'JSTmplLit', 'JSRegexp'])

export const isScriptLiteral = (state: State): boolean => scriptLiterals.has(state)

const tagStates: ReadonlySet<State> = new Set<State>(['Tag', 'AttrName', 'AfterName', 'BeforeValue', 'Attr'])

export const isInTag = (state: State): boolean => tagStates.has(state)

/** The state an attribute's value begins in. */
export const valueStates: Readonly<Record<Attribute, State>> = {
  None: 'Attr',
  Script: 'JS',
  ScriptType: 'Attr',
  Style: 'CSS',
  URL: 'URL',
  Srcset: 'Srcset',
  MetaContent: 'MetaContent',
}

/** The context that follows without any text: an action after `<a ` stands for an attribute, after `=` for a value. */
export const nudged = (c: Context): Context => {
  switch (c.state) {
    case 'Tag':
      return { ...c, state: 'AttrName' }
    case 'BeforeValue':
      return { ...c, state: valueStates[c.attribute], delim: 'SpaceOrTagEnd', attribute: 'None' }
    case 'AfterName':
      return { ...c, state: 'AttrName', attribute: 'None' }
    default:
      return c
  }
}

/** The context behind two branches; an error when nothing holds for both. `pos` is the branch's place. */
export const joined = (a: Context, b: Context, keyword: string, pos: number): Context => {
  if (a.state === 'Error') return a
  if (b.state === 'Error') return b
  if (a.state === 'Dead') return b
  if (b.state === 'Dead' || sameContext(a, b)) return a
  if (sameContext({ ...a, urlPart: b.urlPart }, b)) return { ...a, urlPart: 'Unknown' }
  if (sameContext({ ...a, js: b.js }, b)) return { ...a, js: 'Unknown' }
  const c = nudged(a)
  const d = nudged(b)
  if (!(sameContext(c, a) && sameContext(d, b))) {
    const both = joined(c, d, keyword, pos)
    if (both.state !== 'Error') return both
  }
  const contexts = `${contextText(a)}, ${contextText(b)}`
  return errorContext(`{{${keyword}}} branches end in different contexts: ${contexts}`, { pos })
}
