// Writes a file so that it is at no moment half written: a new one beside it takes its place.
import { chmodSync, copyFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { messageOf } from '../base/fault.ts'
import { CommandFailed } from './command.ts'

/** `backup`, when given, is added to the name of a copy of what was there before. Throws CommandFailed. */
export function replaceFile(file: string, text: string, backup?: string): void {
  let part: string | undefined
  try {
    // A link stays one: what it points to is replaced.
    const target = realpathSync(file)
    if (backup !== undefined) copyFileSync(target, file + backup)
    part = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}`)
    writeFileSync(part, text)
    chmodSync(part, statSync(target).mode)
    renameSync(part, target)
  } catch (e) {
    if (part !== undefined) rmSync(part, { force: true })
    throw new CommandFailed(`can't write ${file}: ${messageOf(e)}`)
  }
}
