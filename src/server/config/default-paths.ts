// Where things lie when nothing says so. Without a configuration file everything is below one folder of the user's;
// with one, paths are relative to where the server was started and the data folder must be named.
import { join } from 'node:path'
import type { Values } from './field.ts'

/** Defaults per section that differ from the declared ones. */
export type PathDefaults = Readonly<Record<string, Values>>

/** The folder of a server without a configuration file. */
export function homeFolder(home: string | undefined): string {
  return home ? join(home, '.supercap') : './data'
}

/** Everything below `folder`. */
export function pathsBelow(folder: string): PathDefaults {
  return {
    '': { dataDir: folder },
    replay: { dir: join(folder, 'replay') },
    task: { dir: join(folder, 'tasks') },
    storage: { boltdb: join(folder, 'kapacitor.db') },
    load: { dir: join(folder, 'load') },
  }
}
