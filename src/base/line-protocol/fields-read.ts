// What of the points of a write anybody will look at: fields that nobody reads are checked, but never made.

/** Names of fields; undefined means all of them. */
export type FieldNames = ReadonlySet<string> | undefined

/** The fields that are read of each measurement. One object stands for one answer: what changes is another object. */
export interface FieldsRead {
  of(measurement: string): FieldNames
}

/** The fields of either. */
export function bothFields(a: FieldNames, b: FieldNames): FieldNames {
  if (!a || !b) return undefined
  for (const name of b) if (!a.has(name)) return new Set([...a, ...b])
  return a
}
