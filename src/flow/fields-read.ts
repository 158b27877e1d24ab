// Which fields of its input a task looks at: asks the nodes, from the last ones up.
import { bothFields, type FieldNames } from '../base/line-protocol/fields-read.ts'
import { type CompiledTask, inputFroms, type PlanNode } from './compile.ts'

/** What a task that takes no points, or looks at nothing but their tags and times, reads. */
export const NO_FIELDS: ReadonlySet<string> = new Set()

/** The fields that the task reads of each measurement; of the measurement '' stand those that it reads of every one. */
export function fieldsReadBy(compiled: CompiledTask): ReadonlyMap<string, FieldNames> {
  const known = new Map<PlanNode, FieldNames>()
  const readBy = (n: PlanNode): FieldNames => {
    if (known.has(n)) return known.get(n)
    const below = n.children.map(readBy).reduce(bothFields, NO_FIELDS)
    const read = n.declaration.reads?.(n.params, below)
    known.set(n, read)
    return read
  }
  const reads = new Map<string, FieldNames>()
  for (const { node, measurement: m } of inputFroms(compiled))
    reads.set(m, reads.has(m) ? bothFields(reads.get(m), readBy(node)) : readBy(node))
  return reads
}
