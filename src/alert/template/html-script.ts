/**
 * How JavaScript text moves a context: strings, template literals, regular expressions, comments, braces.
 * Must not know HTML around it.
 */
import { quoteText } from './go-quote.ts'
import { type Context, errorContext, type JsContext, type State } from './html-context.ts'

/** A context after some text, and how much of the text that took. */
export type Move = readonly [context: Context, taken: number]

const beforeRegexp: ReadonlySet<string> = new Set(
  'break case continue delete do else finally in instanceof return throw try typeof void'.split(' '),
)

const openers = ',<>=*%&|^?!~([:;{}'

/** Whether a slash after the text would begin a regular expression, a guess by its last token. */
export const jsContextAfter = (text: string, before: JsContext): JsContext => {
  const code = text.trimEnd()
  const last = code.at(-1)
  if (last === undefined) return before
  if (last === '+' || last === '-') {
    // x++ ends a value, while x + + expects one.
    const run = code.length - code.replace(/\++$|-+$/, '').length
    return run % 2 === 1 ? 'Regexp' : 'DivOp'
  }
  if (last === '.') return /[0-9]\.$/.test(code) ? 'DivOp' : 'Regexp'
  if (openers.includes(last)) return 'Regexp'
  const word = /[$\w]*$/.exec(code)![0]
  return beforeRegexp.has(word) ? 'Regexp' : 'DivOp'
}

const search = (text: string, pattern: RegExp, from: number): number => {
  const at = text.slice(from).search(pattern)
  return at < 0 ? -1 : from + at
}

/** Code outside of strings and comments. */
export const moveInCode = (c: Context, text: string): Move => {
  const at = search(text, /["`'/{}<\-#]/, 0)
  if (at < 0) return [{ ...c, js: jsContextAfter(text, c.js) }, text.length]
  const js = jsContextAfter(text.slice(0, at), c.js)
  const here = { ...c, js }
  const into = (state: State, length = 1): Move => [{ ...here, state, js: 'Regexp' }, at + length]
  const comment = (state: State, length: number): Move => [{ ...here, state }, at + length]
  switch (text[at]) {
    case '"':
      return into('JSDqStr')
    case "'":
      return into('JSSqStr')
    case '`':
      return into('JSTmplLit')
    case '/':
      return moveOverSlash(here, text, at)
    case '<':
      return text.startsWith('<!--', at) ? comment('JSHTMLOpenCmt', 4) : [here, at + 1]
    case '-':
      return text.startsWith('-->', at) ? comment('JSHTMLCloseCmt', 3) : [here, at + 1]
    case '#':
      return text[at + 1] === '!' ? comment('JSLineCmt', 2) : [here, at + 1]
    default:
      return moveOverBrace(here, text[at]!, at)
  }
}

const moveOverSlash = (c: Context, text: string, at: number): Move => {
  if (text[at + 1] === '/') return [{ ...c, state: 'JSLineCmt' }, at + 2]
  if (text[at + 1] === '*') return [{ ...c, state: 'JSBlockCmt' }, at + 2]
  if (c.js === 'Regexp') return [{ ...c, state: 'JSRegexp' }, at + 1]
  if (c.js === 'DivOp') return [{ ...c, js: 'Regexp' }, at + 1]
  const shown = quoteText(Array.from(text.slice(at)).slice(0, 32).join(''))
  return [errorContext(`'/' could start a division or regexp: ${shown}`), text.length]
}

/** Braces count inside of ${…} only, where one too many closes it. */
const moveOverBrace = (c: Context, brace: string, at: number): Move => {
  const js = jsContextAfter(brace, c.js)
  const depths = c.braces ?? []
  const depth = depths.at(-1)
  if (depth === undefined) return [{ ...c, js }, at + 1]
  const next = brace === '{' ? depth + 1 : depth - 1
  const outer = depths.slice(0, -1)
  if (next < 0) return [{ ...c, state: 'JSTmplLit', braces: outer }, at + 1]
  return [{ ...c, js, braces: [...outer, next] }, at + 1]
}

const unfinished = (text: string): Move => [
  errorContext(`unfinished escape sequence in JS string: ${quoteText(text)}`),
  text.length,
]

/** A template literal: up to its end or to a ${. */
export const moveInTemplateLiteral = (c: Context, text: string): Move => {
  for (let from = 0; ; ) {
    const at = search(text, /[`\\$]/, from)
    if (at < 0) return [c, text.length]
    if (text[at] === '`') return [{ ...c, state: 'JS' }, at + 1]
    if (text[at] === '\\') {
      if (at + 1 === text.length) return unfinished(text)
      from = at + 2
    } else if (text[at + 1] === '{') {
      return [{ ...c, state: 'JS', braces: [...(c.braces ?? []), 0] }, at + 2]
    } else from = at + 1
  }
}

const delimiters: Partial<Record<State, RegExp>> = { JSDqStr: /[\\"]/, JSSqStr: /[\\']/, JSRegexp: /[\\/[\]]/ }

/** A quoted string or a regular expression, up to its end. */
export const moveInDelimited = (c: Context, text: string): Move => {
  const special = delimiters[c.state]!
  let inSet = false
  for (let from = 0; ; ) {
    const at = search(text, special, from)
    if (at < 0) break
    const char = text[at]
    from = at + 1
    if (char === '\\') {
      if (at + 1 === text.length) return unfinished(text)
      from = at + 2
    } else if (char === '[') inSet = true
    else if (char === ']') inSet = false
    else if (char === '/' && /^<\/script$/i.test(text.slice(at - 1, at + 7)) && at > 0) from = at + 2
    else if (!inSet) return [{ ...c, state: 'JS', js: 'DivOp' }, at + 1]
  }
  if (!inSet) return [c, text.length]
  return [errorContext(`unfinished JS regexp charset: ${quoteText(text)}`), text.length]
}

/** A line comment; the line's end is code again. */
export const moveInLineComment = (c: Context, text: string): Move => {
  const css = c.state === 'CSSLineCmt'
  const at = search(text, css ? /[\n\f\r]/ : /[\n\r\u2028\u2029]/, 0)
  return at < 0 ? [c, text.length] : [{ ...c, state: css ? 'CSS' : 'JS' }, at]
}

export const moveInBlockComment = (c: Context, text: string): Move => {
  const at = text.indexOf('*/')
  return at < 0 ? [c, text.length] : [{ ...c, state: c.state === 'CSSBlockCmt' ? 'CSS' : 'JS' }, at + 2]
}
