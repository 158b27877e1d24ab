// What a script's tree alone says about its task: the databases and retention policies it names, and its type.
import type { Node, Program } from './ast.ts'

/** The `dbrp` statements, in the order of the script. */
export function dbrpsOf(program: Program): { readonly db: string; readonly rp: string }[] {
  return program.statements.flatMap((s) => (s.type === 'dbrp' ? [{ db: s.db.name, rp: s.rp.name }] : []))
}

/**
 * The task type that the script's sources tell: what the chains among its statements begin with, and the values of its
 * vars. Undefined when nothing begins with `stream` or `batch`, or both occur. `stream` alone is no chain.
 */
export function taskTypeOf(program: Program): 'stream' | 'batch' | undefined {
  const found = new Set<'stream' | 'batch'>()
  for (const statement of program.statements) {
    const name =
      statement.type === 'chain'
        ? sourceName(statement)
        : statement.type === 'declaration'
          ? sourceName(statement.right)
          : undefined
    if (name === 'stream' || name === 'batch') found.add(name)
  }
  const [type] = found
  return found.size === 1 ? type : undefined
}

/** The name that a chain begins with, or that the expression is. */
function sourceName(node: Node): string | undefined {
  let first = node
  while (first.type === 'chain') first = first.left
  return first.type === 'identifier' ? first.name : undefined
}
