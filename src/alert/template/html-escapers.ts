/**
 * The functions that html templates run values through: for text, attributes, scripts, styles and addresses.
 * Values of the types template.HTML, template.JS, template.URL … are trusted where their kind fits.
 * Must not know contexts or nodes.
 */
import { anyType, GoError, type GoFunction } from './go-function.ts'
import { goJson } from './go-json.ts'
import { sprint } from './go-print.ts'
import { hex } from './go-quote.ts'
import { GoTime } from './go-time.ts'
import { goRune, toBytes } from './go-utf8.ts'
import { GoNamedString, GoValue, type Maybe, type TemplateValue } from './go-value.ts'
import { attributeKind } from './html-attributes.ts'
import { stripTags } from './html-strip-tags.ts'
import { decodeCss } from './html-style.ts'

/** What stands in the place of a value that would be unsafe. */
const failsafe = 'ZgotmplZ'

interface Content {
  readonly text: string
  /** The named string type of the value, '' for any other. */
  readonly type: string
}

const contentOf = (args: readonly Maybe[]): Content => {
  const only = args[0]
  if (args.length === 1) {
    if (typeof only === 'string') return { text: only, type: '' }
    if (only instanceof GoNamedString && only.type.startsWith('template.')) return { text: only.text, type: only.type }
  }
  return { text: sprint(args.filter((arg) => arg !== null && arg !== undefined)), type: '' }
}

const replacer = (table: Readonly<Record<string, string>>): ((text: string) => string) => {
  const chars = Object.keys(table).map((char) => `\\u${hex(char.charCodeAt(0), 4)}`)
  const any = new RegExp(`[${chars.join('')}]`)
  const ascii = Array.from({ length: 128 }, (_, code) => table[String.fromCharCode(code)])
  return (text) => {
    let at = text.search(any)
    if (at < 0) return text
    let out = ''
    let written = 0
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      const replacement = code < 128 ? ascii[code] : table[text[at]!]
      if (replacement === undefined) continue
      out += text.slice(written, at) + replacement
      written = at + 1
    }
    return out + text.slice(written)
  }
}

const htmlTable = { '\0': '\ufffd', '"': '&#34;', "'": '&#39;', '+': '&#43;', '<': '&lt;', '>': '&gt;' }
const bareTable = {
  ...htmlTable,
  '\0': '&#xfffd;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\v': '&#11;',
  '\f': '&#12;',
  '\r': '&#13;',
  ' ': '&#32;',
  '=': '&#61;',
  '`': '&#96;',
}

const escapeHtml = replacer({ ...htmlTable, '&': '&amp;' })
const normalizeHtml = replacer(htmlTable)
const escapeBare = replacer({ ...bareTable, '&': '&amp;' })
const normalizeBare = replacer(bareTable)
const escapeNonCharacters = (text: string): string =>
  text.replace(/[\ufdd0-\ufdef\ufff0-\uffff\udc80-\udcff]/gu, (char) => `&#x${hex(goRune(char.charCodeAt(0)), 1)};`)

const controls = Object.fromEntries(
  Array.from({ length: 32 }, (_, code) => [String.fromCharCode(code), `\\u${hex(code, 4)}`]),
)
const scriptTable = {
  ...controls,
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\u0022',
  '`': '\\u0060',
  '&': '\\u0026',
  "'": '\\u0027',
  '+': '\\u002b',
  '/': '\\/',
  '<': '\\u003c',
  '>': '\\u003e',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}
const { '`': _, ...regexpBase } = scriptTable
const regexpTable: Record<string, string> = { ...regexpBase }
for (const char of '$()*-.?[\\]^{|}') regexpTable[char] = `\\${char}`

const escapeScript = replacer({ ...scriptTable, '\\': '\\\\' })
const normalizeScript = replacer(scriptTable)
const escapeTemplateLiteral = replacer({ ...scriptTable, '\\': '\\\\', $: '\\u0024', '{': '\\u007b', '}': '\\u007d' })
const escapeRegexp = replacer(regexpTable)

const jsValue = (value: TemplateValue): TemplateValue => {
  const word = value instanceof GoValue && !(value instanceof GoTime) ? value.word() : undefined
  return word ?? value
}

const inComment = (message: string): string =>
  message
    .replace(/<(\/?)script/gi, '\\x3C$1script')
    .replaceAll('*/', '* /')
    .replaceAll('<!--', '\\x3C!--')

const escapeJsValue = (args: readonly Maybe[]): string => {
  const only = args[0] ?? null
  if (args.length === 1 && only instanceof GoNamedString) {
    if (only.type === 'template.JS') return only.text
    if (only.type === 'template.JSStr') return `"${only.text}"`
  }
  let json: string
  try {
    json = goJson(args.length === 1 ? jsValue(only) : sprint(args))
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    return ` /* ${inComment(error.message)} */null `
  }
  // Spaces keep words and numbers apart from what stands around them.
  return /^[$\w]|[$\w]$/.test(json) ? ` ${json} ` : json
}

const cssTable: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\t': '\\9',
  '\n': '\\a',
  '\f': '\\c',
  '\r': '\\d',
  '"': '\\22',
  '&': '\\26',
  "'": '\\27',
  '(': '\\28',
  ')': '\\29',
  '+': '\\2b',
  '/': '\\2f',
  ':': '\\3a',
  ';': '\\3b',
  '<': '\\3c',
  '>': '\\3e',
  '\\': '\\\\',
  '{': '\\7b',
  '}': '\\7d',
}

const escapeCss = (text: string): string =>
  text.replace(/[\0\t\n\f\r"&'()+/:;<>\\{}](?=(.?))/gs, (char, next: string) => {
    const code = cssTable[char]!
    return char !== '\\' && (next === '' || /[0-9a-fA-F\t\n\f\r ]/.test(next)) ? `${code} ` : code
  })

const filterCss = ({ text, type }: Content): string => {
  if (type === 'template.CSS') return text
  const value = decodeCss(text)
  if (/[\0"'()/;@[\\\]`{}<>]|--/.test(value)) return failsafe
  const id = value.replace(/[^a-zA-Z0-9_-]/g, '').toLowerCase()
  return id.includes('expression') || id.includes('mozbinding') ? failsafe : value
}

const isSafeUrl = (text: string): boolean => {
  const protocol = /^([^:]*):/.exec(text)?.[1]
  return protocol === undefined || protocol.includes('/') || /^(https?|mailto)$/i.test(protocol)
}

/** Percent-encodes what a URL cannot hold; `keep` leaves what separates its parts. */
const encodeUrl = (text: string, keep: boolean): string => {
  let out = ''
  const bytes = toBytes(text)
  bytes.forEach((byte, i) => {
    const char = String.fromCharCode(byte)
    const escaped = char === '%' && /^[0-9a-fA-F]{2}$/.test(String.fromCharCode(...bytes.subarray(i + 1, i + 3)))
    const kept = /[a-zA-Z0-9\-._~]/.test(char) || (keep && (/[!#$&*+,/:;=?@[\]]/.test(char) || escaped))
    out += kept ? char : `%${hex(byte, 2)}`
  })
  return out
}

const srcsetElement = (element: string): string => {
  const match = /^([\t\n\f\r ]*)([^\t\n\f\r ]*)(.*)$/s.exec(element)!
  const [, before, url, metadata] = match as unknown as [string, string, string, string]
  if (!isSafeUrl(url) || !/^[\t\n\f\r a-zA-Z0-9]*$/.test(metadata)) return `#${failsafe}`
  return before + encodeUrl(url, true) + metadata
}

const escapeSrcset = ({ text, type }: Content): string => {
  if (type === 'template.Srcset') return text
  if (type === 'template.URL') return encodeUrl(text, true).replaceAll(',', '%2c')
  return text.split(',').map(srcsetElement).join(',')
}

const filterName = ({ text, type }: Content): string => {
  if (type === 'template.HTMLAttr') return text
  const name = text.toLowerCase()
  return attributeKind(name) === 'plain' && /^[0-9a-z]+$/.test(name) ? name : failsafe
}

const trusted = (content: Content): boolean => content.type === 'template.HTML'

const attribute = (content: Content): string =>
  trusted(content) ? normalizeHtml(stripTags(content.text)) : escapeHtml(content.text)

const bareAttribute = (content: Content): string => {
  if (content.text === '') return failsafe
  return escapeNonCharacters(trusted(content) ? normalizeBare(stripTags(content.text)) : escapeBare(content.text))
}

const ofContent = (run: (content: Content) => string): GoFunction => ({
  params: [anyType],
  variadic: true,
  call: (args) => run(contentOf(args)),
})

/** The escapers by the names that pipelines call them. */
export const htmlEscapers: Readonly<Record<string, GoFunction>> = {
  _html_template_htmlescaper: ofContent((content) => (trusted(content) ? content.text : escapeHtml(content.text))),
  _html_template_rcdataescaper: ofContent((content) =>
    trusted(content) ? normalizeHtml(content.text) : escapeHtml(content.text),
  ),
  _html_template_attrescaper: ofContent(attribute),
  _html_template_nospaceescaper: ofContent(bareAttribute),
  _html_template_htmlnamefilter: ofContent(filterName),
  _html_template_commentescaper: ofContent(() => ''),
  _html_template_jsvalescaper: { params: [anyType], variadic: true, call: escapeJsValue },
  _html_template_jsstrescaper: ofContent(({ text, type }) =>
    type === 'template.JSStr' ? normalizeScript(text) : escapeScript(text),
  ),
  _html_template_jstmpllitescaper: ofContent(({ text }) => escapeTemplateLiteral(text)),
  _html_template_jsregexpescaper: ofContent(({ text }) => escapeRegexp(text) || '(?:)'),
  _html_template_cssescaper: ofContent(({ text }) => escapeCss(text)),
  _html_template_cssvaluefilter: ofContent(filterCss),
  _html_template_urlfilter: ofContent(({ text, type }) =>
    type === 'template.URL' || isSafeUrl(text) ? text : `#${failsafe}`,
  ),
  _html_template_urlescaper: ofContent(({ text, type }) => encodeUrl(text, type === 'template.URL')),
  _html_template_urlnormalizer: ofContent(({ text }) => encodeUrl(text, true)),
  _html_template_srcsetescaper: ofContent(escapeSrcset),
  _eval_args_: { params: [anyType], variadic: true, call: sprint },
}
