/**
 * How text moves a context through HTML: tags, attribute names and values, comments, elements with content of
 * their own kind. Hands scripts and styles on; must not know templates.
 */
import { quoteText } from './go-quote.ts'
import { attributeKind } from './html-attributes.ts'
import {
  type Attribute,
  type Context,
  type Delim,
  type Element,
  errorContext,
  isComment,
  isScriptLiteral,
  type State,
  textContext,
  valueStates,
} from './html-context.ts'
import {
  type Move,
  moveInBlockComment,
  moveInCode,
  moveInDelimited,
  moveInLineComment,
  moveInTemplateLiteral,
} from './html-script.ts'
import { moveInStyle, moveInStyleString, moveInUrl } from './html-style.ts'

const elements: Readonly<Record<string, Element>> = {
  script: 'Script',
  style: 'Style',
  textarea: 'Textarea',
  title: 'Title',
  meta: 'Meta',
}

const contentStates: Readonly<Record<Element, State>> = {
  None: 'Text',
  Script: 'JS',
  Style: 'CSS',
  Textarea: 'RCDATA',
  Title: 'RCDATA',
  Meta: 'Text',
}

const spaceLength = (text: string, from = 0): number => /^[ \t\n\f\r]*/.exec(text.slice(from))![0].length

/** A tag name may have single colons and dashes inside. */
const tagName = /^[a-zA-Z](?:[a-zA-Z0-9]|[:-][a-zA-Z0-9])*/

const moveInText = (c: Context, text: string): Move => {
  for (let from = 0; ; ) {
    const open = text.indexOf('<', from)
    if (open < 0 || open + 1 === text.length) return [c, text.length]
    if (text.startsWith('<!--', open)) return [{ ...textContext, state: 'HTMLCmt' }, open + 4]
    const closing = text[open + 1] === '/'
    const start = open + (closing ? 2 : 1)
    if (start === text.length) return [c, text.length]
    const name = tagName.exec(text.slice(start))?.[0]
    if (name !== undefined) {
      const key = name.toLowerCase()
      const element = closing || !Object.hasOwn(elements, key) ? 'None' : elements[key]!
      return [{ ...textContext, state: 'Tag', element }, start + name.length]
    }
    from = start
  }
}

const attributeKinds: Partial<Record<ReturnType<typeof attributeKind>, Attribute>> = {
  url: 'URL',
  style: 'Style',
  script: 'Script',
  srcset: 'Srcset',
}

const attributeOf = (element: Element, name: string): Attribute => {
  if (element === 'Script' && name === 'type') return 'ScriptType'
  if (element === 'Meta' && name === 'content') return 'MetaContent'
  return attributeKinds[attributeKind(name)] ?? 'None'
}

/** Where an attribute's name ends, or the error of a character that cannot be in one. */
const nameEnd = (text: string, from: number): number | Context => {
  const length = text.slice(from).search(/[ \t\n\f\r=>'"<]/)
  if (length < 0) return text.length
  const at = from + length
  if (!/['"<]/.test(text[at]!)) return at
  const shown = quoteText(Array.from(text).slice(0, 32).join(''))
  return errorContext(`${quoteText(text[at]!)} in attribute name: ${shown}`)
}

const moveInTag = (c: Context, text: string): Move => {
  const start = spaceLength(text)
  if (start === text.length) return [c, text.length]
  if (text[start] === '>') {
    if (c.element === 'Meta') return [textContext, start + 1]
    return [{ ...textContext, state: contentStates[c.element], element: c.element }, start + 1]
  }
  const end = nameEnd(text, start)
  if (typeof end !== 'number') return [end, text.length]
  if (end === start) {
    const shown = quoteText(text.slice(start))
    return [errorContext(`expected space, attr name, or end of tag, but got ${shown}`), text.length]
  }
  const attribute = attributeOf(c.element, text.slice(start, end).toLowerCase())
  const state = end === text.length ? 'AttrName' : 'AfterName'
  return [{ ...textContext, state, element: c.element, attribute }, end]
}

const moveInName = (c: Context, text: string): Move => {
  const end = nameEnd(text, 0)
  if (typeof end !== 'number') return [end, text.length]
  return [end === text.length ? c : { ...c, state: 'AfterName' }, end]
}

const moveAfterName = (c: Context, text: string): Move => {
  const start = spaceLength(text)
  if (start === text.length) return [c, text.length]
  if (text[start] !== '=') return [{ ...c, state: 'Tag' }, start]
  return [{ ...c, state: 'BeforeValue' }, start + 1]
}

const moveBeforeValue = (c: Context, text: string): Move => {
  const start = spaceLength(text)
  if (start === text.length) return [c, text.length]
  const quote = text[start]
  const delim: Delim = quote === '"' ? 'DoubleQuote' : quote === "'" ? 'SingleQuote' : 'SpaceOrTagEnd'
  return [{ ...c, state: valueStates[c.attribute], delim }, delim === 'SpaceOrTagEnd' ? start : start + 1]
}

const moveInComment = (c: Context, text: string): Move => {
  const at = text.indexOf('-->')
  return at < 0 ? [c, text.length] : [textContext, at + 3]
}

const moveOverAll = (c: Context, text: string): Move => [c, text.length]

const moveInMetaContent = (c: Context, text: string): Move => {
  const match = /url[ \t\n\f\r]*=/i.exec(text)
  return match === null ? [c, text.length] : [{ ...c, state: 'MetaContentURL' }, match.index + match[0].length]
}

const moveInMetaUrl = (c: Context, text: string): Move => {
  const at = text.indexOf(';')
  return at < 0 ? [c, text.length] : [{ ...c, state: 'MetaContent' }, at + 1]
}

/** Where the end tag of the element whose content this is begins, −1 when it does not. */
const endTagAt = (c: Context, text: string): number => {
  if (c.element === 'None') return -1
  const name = c.element === 'Meta' ? '' : c.element.toLowerCase()
  return text.search(new RegExp(`</${name}[> \\t\\n\\f/]`, 'i'))
}

/** Content of elements that only their own end tag ends. */
const moveToEndTag = (c: Context, text: string): Move => {
  // Script literals take end tags as their text, which is escaped later.
  if (c.element === 'Script' && (isScriptLiteral(c.state) || isComment(c.state))) return [c, text.length]
  const at = endTagAt(c, text)
  return at < 0 ? [c, text.length] : [textContext, at]
}

const moves: Readonly<Record<State, (c: Context, text: string) => Move>> = {
  Text: moveInText,
  Tag: moveInTag,
  AttrName: moveInName,
  AfterName: moveAfterName,
  BeforeValue: moveBeforeValue,
  HTMLCmt: moveInComment,
  RCDATA: moveToEndTag,
  Attr: moveOverAll,
  URL: moveInUrl,
  Srcset: moveInUrl,
  MetaContent: moveInMetaContent,
  MetaContentURL: moveInMetaUrl,
  JS: moveInCode,
  JSDqStr: moveInDelimited,
  JSSqStr: moveInDelimited,
  JSRegexp: moveInDelimited,
  JSTmplLit: moveInTemplateLiteral,
  JSBlockCmt: moveInBlockComment,
  JSLineCmt: moveInLineComment,
  JSHTMLOpenCmt: moveInLineComment,
  JSHTMLCloseCmt: moveInLineComment,
  CSS: moveInStyle,
  CSSDqStr: moveInStyleString,
  CSSSqStr: moveInStyleString,
  CSSDqURL: moveInStyleString,
  CSSSqURL: moveInStyleString,
  CSSURL: moveInStyleString,
  CSSBlockCmt: moveInBlockComment,
  CSSLineCmt: moveInLineComment,
  Error: moveOverAll,
  Dead: moveOverAll,
}

/** One step of text in a state, without regard to end tags and attribute ends. */
export const moveIn = (state: State, c: Context, text: string): Move => moves[state](c, text)

const delimiters: Readonly<Record<Exclude<Delim, 'None'>, RegExp>> = {
  DoubleQuote: /"/,
  SingleQuote: /'/,
  SpaceOrTagEnd: /[ \t\n\f\r>]/,
}

/** Where the attribute value that a context is in ends, −1 when the text does not say. */
export const valueEnd = (delim: Exclude<Delim, 'None'>, text: string): number => text.search(delimiters[delim])

const scriptTypes = new Set([
  '',
  'module',
  'application/json',
  'application/ld+json',
  ...['ecmascript', 'javascript', 'x-ecmascript', 'x-javascript'].flatMap((type) => [
    `application/${type}`,
    `text/${type}`,
  ]),
  ...[0, 1, 2, 3, 4, 5].map((minor) => `text/javascript1.${minor}`),
  'text/jscript',
  'text/livescript',
])

const isScriptType = (type: string): boolean => scriptTypes.has(type.split(';')[0]!.toLowerCase().trim())

const entities: Readonly<Record<string, string>> = {
  quot: '"',
  amp: '&',
  lt: '<',
  gt: '>',
  apos: "'",
  num: '#',
  quest: '?',
  sol: '/',
  bsol: '\\',
  colon: ':',
  semi: ';',
  comma: ',',
  period: '.',
  equals: '=',
  plus: '+',
  ast: '*',
  lpar: '(',
  rpar: ')',
  lsqb: '[',
  rsqb: ']',
  lbrack: '[',
  rbrack: ']',
  lcub: '{',
  rcub: '}',
  lbrace: '{',
  rbrace: '}',
  grave: '`',
  dollar: '$',
  excl: '!',
  percnt: '%',
  commat: '@',
  Hat: '^',
  lowbar: '_',
  verbar: '|',
  vert: '|',
  Tab: '\t',
  NewLine: '\n',
  nbsp: '\u00a0',
}

const reference = /&(?:#([0-9]+);?|#[xX]([0-9a-fA-F]+);?|([A-Za-z]+);|(quot|amp|lt|gt))/g

/** Character references replaced: numbers and the names of characters that matter to scripts, styles and addresses. */
const unescapeHtml = (text: string): string =>
  text.replace(reference, (all, decimal?: string, hexadecimal?: string, name?: string, old?: string) => {
    if (name !== undefined || old !== undefined) return namedCharacter(all, name ?? old!)
    const rune = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16)
    return rune === 0 || rune > 0x10ffff ? '\ufffd' : String.fromCodePoint(rune).toWellFormed()
  })

/** A named reference; four old names need no semicolon and may run into a word. */
const namedCharacter = (all: string, name: string): string => {
  if (Object.hasOwn(entities, name)) return entities[name]!
  const old = /^&(quot|amp|lt|gt)/.exec(all)
  return old === null ? all : entities[old[1]!]! + all.slice(old[0].length)
}

/** One step of text from a context: up to a change of state, the end of an attribute or of the text. */
export const moveOver = (c: Context, text: string): Move => {
  if (c.delim === 'None') {
    const [behind, length] = moveToEndTag(c, text)
    return length === 0 ? [behind, 0] : moveIn(c.state, c, text.slice(0, length))
  }
  const found = valueEnd(c.delim, text)
  const end = found < 0 ? text.length : found
  if (c.delim === 'SpaceOrTagEnd') {
    const bad = /["'<=`]/.exec(text.slice(0, end))
    if (bad !== null) {
      const shown = quoteText(text.slice(0, end))
      return [errorContext(`${quoteText(bad[0])} in unquoted attr: ${shown}`), text.length]
    }
  }
  if (end === text.length) {
    let context = c
    for (let rest = unescapeHtml(text); rest !== ''; ) {
      const [next, taken] = moveIn(context.state, context, rest)
      context = next
      rest = rest.slice(taken)
    }
    return [context, text.length]
  }
  // A script of a type that no browser runs is plain text.
  const inert =
    c.state === 'Attr' && c.element === 'Script' && c.attribute === 'ScriptType' && !isScriptType(text.slice(0, end))
  const behind: Context = { ...textContext, state: 'Tag', element: inert ? 'None' : c.element }
  return [behind, c.delim === 'SpaceOrTagEnd' ? end : end + 1]
}
