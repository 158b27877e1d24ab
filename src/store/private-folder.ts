// Makes the folder of a store: it holds passwords and tokens, so that nobody but the server's user may look into it.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** No error when it is there; then its mode stays as it is. Folders above it are made as usual. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(dirname(folder), { recursive: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
}
