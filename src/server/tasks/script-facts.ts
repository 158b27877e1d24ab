// What a task's script says of the task itself: its type and the database retention policy pairs that it names.
import type { Node, Program } from '../../lang/ast.ts'
import type { Dbrp, TaskType } from './task-record.ts'

/**
 * The type follows from where the script's chains begin. Undefined when no chain begins at `stream` or `batch`, or when
 * some begin at one and some at the other.
 */
export function typeOfScript(program: Program): TaskType | undefined {
  const found = new Set<TaskType>()
  for (const statement of program.statements) {
    const chain = statement.type === 'declaration' ? statement.right : statement
    if (chain.type !== 'chain') continue
    let node: Node = chain
    while (node.type === 'chain') node = node.left
    if (node.type === 'identifier' && (node.name === 'stream' || node.name === 'batch')) found.add(node.name)
  }
  return found.size === 1 ? found.values().next().value : undefined
}

/** The script's `dbrp` statements, in order. */
export function dbrpsOfScript(program: Program): Dbrp[] {
  return program.statements.flatMap((s) => (s.type === 'dbrp' ? [{ db: s.db.name, rp: s.rp.name }] : []))
}
