// The file that tells other programs the server's process id.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Fault, messageOf } from '../base/fault.ts'

/** Writes the file, its folders made; the function that is returned removes it. */
export function writePidFile(path: string): () => void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, String(process.pid))
  } catch (e) {
    throw new Fault('pidfile', `can't write the pidfile ${path}: ${messageOf(e)}`, { cause: e })
  }
  return () => rmSync(path, { force: true })
}
