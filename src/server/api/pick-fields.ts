// The list form of things: the fields that were asked for, in the order of their names.
import { quoteText } from '../../alert/template/go-quote.ts'
import { Fault } from '../../base/fault.ts'
import type { Writable } from '../../base/json-writer.ts'

/** Those of `always` are always there; all of `table` when no field is asked for. Throws Fault (400). */
export function pickFields<T>(
  table: Readonly<Record<string, (from: T) => Writable>>,
  from: T,
  fields: readonly string[],
  always: readonly string[] = ['id', 'link'],
): Writable {
  const out = new Map<string, Writable>()
  for (const field of fields.length === 0 ? Object.keys(table) : [...always, ...fields]) {
    if (!Object.hasOwn(table, field))
      throw new Fault('bad-field', `unsupported field ${quoteText(field)}`, { status: 400 })
    const value = table[field]!(from)
    if (value !== undefined) out.set(field, value)
  }
  return out
}
