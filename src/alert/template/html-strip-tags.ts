/**
 * Trusted HTML reduced to its text, for places such as attributes where tags have no business.
 */
import { isInTag, textContext } from './html-context.ts'
import { moveIn, valueEnd } from './html-markup.ts'

/** The text of an HTML fragment without its tags and comments. */
export const stripTags = (html: string): string => {
  let out = ''
  let c = textContext
  let onlyText = true
  let at = 0
  while (at !== html.length) {
    if (c.delim === 'None') {
      const state = c.element !== 'None' && !isInTag(c.state) ? 'RCDATA' : c.state
      const [next, taken] = moveIn(state, c, html.slice(at))
      const end = at + taken
      if (c.state === 'Text' || c.state === 'RCDATA') {
        const tag = next.state === c.state ? -1 : html.lastIndexOf('<', end - 1)
        out += html.slice(at, tag >= at ? tag : end)
      } else onlyText = false
      c = next
      at = end
      continue
    }
    const end = valueEnd(c.delim, html.slice(at))
    if (end < 0) break
    at += c.delim === 'SpaceOrTagEnd' ? end : end + 1
    c = { ...textContext, state: 'Tag', element: c.element }
  }
  if (onlyText) return html
  return c.state === 'Text' || c.state === 'RCDATA' ? out + html.slice(at) : out
}
