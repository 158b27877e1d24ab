/**
 * How CSS text moves a context: strings, url(…), comments. CSS escapes are read here too.
 * Must not know HTML around it.
 */
import { quoteText } from './go-quote.ts'
import { type Context, errorContext, type State } from './html-context.ts'
import type { Move } from './html-script.ts'

/** An address: which part of it the text ends in. */
export const moveInUrl = (c: Context, text: string): Move => {
  if (/[#?]/.test(text)) return [{ ...c, urlPart: 'QueryOrFrag' }, text.length]
  if (c.urlPart === 'None' && /[^ \t\n\f\r]/.test(text)) return [{ ...c, urlPart: 'PreQuery' }, text.length]
  return [c, text.length]
}

/** The text with CSS escapes replaced by what they stand for. */
export const decodeCss = (text: string): string =>
  text.replace(/\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\f\r])?|(.)|$)/gsu, (_, code?: string, char?: string) => {
    if (code === undefined) return char ?? ''
    const rune = Number.parseInt(code, 16)
    if (rune <= 0x10ffff) return String.fromCodePoint(rune).toWellFormed()
    return String.fromCodePoint(rune >> 4) + code.slice(-1)
  })

/** Whether text ends with url as a word of its own. */
const endsWithUrl = (text: string): boolean => {
  if (text.slice(-3).toLowerCase() !== 'url') return false
  const before = Array.from(text.slice(0, -3)).at(-1)
  return before === undefined || !/[a-zA-Z0-9_\-\x80-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(before)
}

/** Style text outside of strings, addresses and comments. */
export const moveInStyle = (c: Context, text: string): Move => {
  for (let at = 0; at < text.length; at++) {
    const into = (state: State, length: number): Move => [{ ...c, state }, length]
    switch (text[at]) {
      case '"':
        return into('CSSDqStr', at + 1)
      case "'":
        return into('CSSSqStr', at + 1)
      case '/':
        if (text[at + 1] === '/') return into('CSSLineCmt', at + 2)
        if (text[at + 1] === '*') return into('CSSBlockCmt', at + 2)
        break
      case '(':
        if (endsWithUrl(text.slice(0, at).replace(/[\t\n\f\r ]+$/, ''))) return moveIntoUrl(c, text, at + 1)
    }
  }
  return [c, text.length]
}

const moveIntoUrl = (c: Context, text: string, from: number): Move => {
  const start = from + /^[\t\n\f\r ]*/.exec(text.slice(from))![0].length
  if (text[start] === '"') return [{ ...c, state: 'CSSDqURL' }, start + 1]
  if (text[start] === "'") return [{ ...c, state: 'CSSSqURL' }, start + 1]
  return [{ ...c, state: 'CSSURL' }, start]
}

const ends: Partial<Record<State, RegExp>> = {
  CSSDqStr: /[\\"]/g,
  CSSDqURL: /[\\"]/g,
  CSSSqStr: /[\\']/g,
  CSSSqURL: /[\\']/g,
  CSSURL: /[\\\t\n\f\r )]/g,
}

/** A string or address in a style, up to its end. All strings are taken for addresses, to be safe. */
export const moveInStyleString = (c: Context, text: string): Move => {
  const special = ends[c.state]!
  let context = c
  for (let from = 0; ; ) {
    special.lastIndex = from
    const at = special.exec(text)?.index
    if (at === undefined) return [moveInUrl(context, decodeCss(text.slice(from)))[0], text.length]
    if (text[at] !== '\\') return [{ ...context, state: 'CSS' }, at + 1]
    if (at + 1 === text.length) {
      return [errorContext(`unfinished escape sequence in CSS string: ${quoteText(text)}`), text.length]
    }
    from = at + 2
    context = moveInUrl(context, decodeCss(text.slice(0, from)))[0]
  }
}
