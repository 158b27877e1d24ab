// Writes SELECT statements in their canonical form: the one that the reference sends, word by word.
import { formatDuration } from '../../base/duration.ts'
import { formatFloatPlain } from '../../base/go-number.ts'
import type { Expression, Fill, Measurement, Select, SelectField, Source } from './ast.ts'
import { quoteName, quoteString } from './keywords.ts'

export function printSelect(s: Select): string {
  let text = `SELECT ${s.fields.map(printField).join(', ')}`
  if (s.into) text += ` INTO ${printMeasurement(s.into)}`
  text += ` FROM ${s.sources.map(printSource).join(', ')}`
  if (s.condition) text += ` WHERE ${printExpression(s.condition)}`
  if (s.dimensions.length > 0) text += ` GROUP BY ${s.dimensions.map(printExpression).join(', ')}`
  text += printFill(s.fill)
  if (s.sort.length > 0) {
    const fields = s.sort.map((f) => `${f.name === '' ? '' : `${quoteName(f.name)} `}${f.ascending ? 'ASC' : 'DESC'}`)
    text += ` ORDER BY ${fields.join(', ')}`
  }
  if (s.limit > 0) text += ` LIMIT ${s.limit}`
  if (s.offset > 0) text += ` OFFSET ${s.offset}`
  if (s.slimit > 0) text += ` SLIMIT ${s.slimit}`
  if (s.soffset > 0) text += ` SOFFSET ${s.soffset}`
  if (s.timeZone !== '') text += ` TZ(${quoteString(s.timeZone)})`
  return text
}

function printField(f: SelectField): string {
  const text = printExpression(f.expression)
  return f.alias === '' ? text : `${text} AS ${quoteName(f.alias)}`
}

function printSource(s: Source): string {
  return s.is === 'subquery' ? `(${printSelect(s.select)})` : printMeasurement(s)
}

function printMeasurement({ db, rp, name, pattern }: Measurement): string {
  let text = db === '' ? '' : `${quoteName(db)}.`
  if (rp !== '') text += quoteName(rp)
  if (db !== '' || rp !== '') text += '.'
  return text + (pattern === undefined ? quoteName(name) : printRegex(pattern))
}

function printRegex(pattern: string): string {
  return `/${pattern.replaceAll('/', '\\/')}/`
}

function printFill(fill: Fill): string {
  if (fill.is === 'null') return ''
  return ` fill(${fill.is === 'number' ? fill.text : fill.is})`
}

/** A number as fill() holds it: fewest digits, an exponent only for very large and very small ones. */
export function printNumber(f: number): string {
  const text = String(f)
  const at = text.indexOf('e')
  const size = Math.abs(f)
  if (at < 0 && (size >= 1e-4 || size === 0)) return text
  const [digits = '', exponent = ''] = f.toExponential().split('e')
  const e = Number(exponent)
  return `${digits}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`
}

/** At least three decimals, as the reference writes them; more where the number has more. */
function printDecimal(f: number): string {
  const text = formatFloatPlain(f)
  const point = text.indexOf('.')
  return point < 0 ? `${text}.000` : text.padEnd(point + 4, '0')
}

export function printExpression(e: Expression): string {
  switch (e.is) {
    case 'name':
      return quoteName(e.name) + (e.type === '' ? '' : `::${e.type}`)
    case 'string':
      return quoteString(e.value)
    case 'integer':
      return e.digits
    case 'number':
      return printDecimal(e.value)
    case 'duration':
      return formatDuration(e.value)
    case 'bool':
      return String(e.value)
    case 'regex':
      return printRegex(e.pattern)
    case 'star':
      return e.type === '' ? '*' : `*::${e.type}`
    case 'parameter':
      return `$${quoteName(e.name)}`
    case 'distinct':
      return `DISTINCT ${quoteName(e.name)}`
    case 'call':
      return `${e.name}(${e.args.map(printExpression).join(', ')})`
    case 'paren':
      return `(${printExpression(e.inner)})`
    case 'binary':
      return `${printExpression(e.left)} ${e.op} ${printExpression(e.right)}`
  }
}
