/**
 * What the values of HTML attributes are: addresses, scripts, styles or plain text.
 * Must not know templates.
 */

export type AttributeKind = 'plain' | 'url' | 'script' | 'style' | 'srcset' | 'html' | 'unsafe'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const urls = words(
  'action archive background cite classid codebase data formaction href icon longdesc manifest poster profile src usemap xmlns',
)

/** Attributes that change what other content means or who may see it; no template may write their names. */
const unsafe = words(
  'accept-charset async challenge charset content crossorigin defer enctype form formenctype formmethod formnovalidate http-equiv keytype language method novalidate pattern rel sandbox type value',
)

const single: Readonly<Record<string, AttributeKind>> = {
  style: 'style',
  srcset: 'srcset',
  srcdoc: 'html',
  // No address, though its name looks like one.
  srclang: 'plain',
}

/** The kind of an attribute by its lower-case name; custom names are guessed from what they look like. */
export const attributeKind = (full: string): AttributeKind => {
  let name = full
  const colon = full.indexOf(':')
  if (full.startsWith('data-')) name = full.slice(5)
  else if (colon >= 0) {
    if (full.slice(0, colon) === 'xmlns') return 'url'
    name = full.slice(colon + 1)
  }
  if (urls.has(name)) return 'url'
  if (unsafe.has(name)) return 'unsafe'
  const known = Object.hasOwn(single, name) ? single[name] : undefined
  if (known !== undefined) return known
  if (name.startsWith('on')) return 'script'
  return name.includes('src') || name.includes('uri') || name.includes('url') ? 'url' : 'plain'
}
