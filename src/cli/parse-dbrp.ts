// The value of a -dbrp flag: `db.rp` or `"db"."rp"`, quotes optional for each part, `\"` within quotes.
import { CommandFailed } from './command.ts'

export interface Dbrp {
  readonly db: string
  readonly rp: string
}

/** Throws CommandFailed. */
export function parseDbrp(text: string): Dbrp {
  if (text === '') throw new CommandFailed('dbrp cannot be empty')
  const db = readPart(text)
  if (text[db.end] !== '.') {
    const wanted = 'it must be in the form "dbname"."rpname" where the quotes are optional.'
    throw new CommandFailed(`${JSON.stringify(text)} does not contain a '.', ${wanted}`)
  }
  const rest = text.slice(db.end + 1)
  const rp = readPart(rest)
  if (rp.value === '' || rp.end !== rest.length)
    throw new CommandFailed("dbrp must specify retention policy, do you have a missing or extra '.'?")
  return { db: db.value, rp: rp.value }
}

/** `"db"."rp"`, as lists show it. */
export function showDbrp({ db = '', rp = '' }: { readonly db?: string; readonly rp?: string }): string {
  return `${quote(db)}.${quote(rp)}`
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`
}

/** The first part of the text and where it ends. */
function readPart(text: string): { value: string; end: number } {
  if (!text.startsWith('"')) {
    const dot = text.indexOf('.')
    const end = dot < 0 ? text.length : dot
    return { value: text.slice(0, end), end }
  }
  const m = /^"((?:[^"\\]|\\.)*)"/s.exec(text)
  if (!m) throw new CommandFailed(`${JSON.stringify(text)} has no closing quote`)
  return { value: m[1]!.replaceAll('\\"', '"'), end: m[0].length }
}
