/**
 * The literal text of an html template: what it does to the context, and what of it is written. Comments go,
 * stray angle brackets are escaped. Must not know nodes.
 */
import { type Context, isComment, isScriptLiteral } from './html-context.ts'
import { moveOver } from './html-markup.ts'

export interface EscapedText {
  readonly context: Context
  /** The text to write instead, undefined when it stays as it is. */
  readonly text: string | undefined
}

const scriptTags = /<(script|\/script|!--)/gi

/** How long the token is that opens a comment. */
const openerLength = (state: Context['state']): number => {
  if (state === 'HTMLCmt' || state === 'JSHTMLOpenCmt') return 4
  return state === 'JSHTMLCloseCmt' ? 3 : 2
}

/** What a comment leaves behind where the language needs a separator. */
const commentRemains = (state: Context['state'], text: string): string => {
  if (state === 'JSBlockCmt') return /[\n\r\u2028\u2029]/.test(text) ? '\n' : ' '
  return state === 'CSSBlockCmt' ? ' ' : ''
}

const plainComment = (c: Context): boolean => isComment(c.state) && c.delim === 'None'

/** Walks the text from a context. */
export const escapeText = (start: Context, text: string): EscapedText => {
  let c = start
  let out = ''
  let written = 0
  for (let at = 0; at !== text.length; ) {
    const [next, taken] = moveOver(c, text.slice(at))
    const end = at + taken
    if (c.state === 'Text' || c.state === 'RCDATA') {
      const stop = next.state === c.state ? end : tagStart(text, at, end)
      for (let i = text.indexOf('<', at); i >= 0 && i < stop; i = text.indexOf('<', i + 1)) {
        if (/^<!doctype/i.test(text.slice(i, i + 9))) continue
        out += `${text.slice(written, i)}&lt;`
        written = i + 1
      }
    } else if (plainComment(c)) {
      out += commentRemains(c.state, text.slice(written, end))
      written = end
    }
    if (c.state !== next.state && plainComment(next)) {
      out += text.slice(written, Math.max(written, end - openerLength(next.state)))
      written = end
    }
    if (isScriptLiteral(c.state) && text.slice(at, end).search(scriptTags) >= 0) {
      out += text.slice(written, at) + text.slice(at, end).replace(scriptTags, '\\x3C$1')
      written = end
    }
    c = next
    at = end
  }
  if (written === 0 || c.state === 'Error') return { context: c, text: undefined }
  return { context: c, text: plainComment(c) ? out : out + text.slice(written) }
}

/** Where the tag begins that ends a stretch of text. */
const tagStart = (text: string, from: number, end: number): number => {
  const at = text.lastIndexOf('<', end - 1)
  return at >= from ? at : end
}
