// The folder of the recordings: names, what is dropped into it, what a crash left in it. A file gets its name only when
// it is whole; until then it has the ending `.part`.
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Time, timeFromMillis } from '../../base/time.ts'
import type { TaskType } from '../tasks/task-record.ts'

const ENDINGS = { stream: '.srpl', batch: '.brpl' } as const
const PART = '.part'

export interface FoundFile {
  readonly id: string
  readonly type: TaskType
  readonly size: number
  readonly date: Time
}

export class RecordingFiles {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  path(id: string, type: TaskType): string {
    return join(this.folder, id + ENDINGS[type])
  }

  /** Where a recording is written to. Makes the folder. */
  async begin(id: string, type: TaskType): Promise<string> {
    await mkdir(this.folder, { recursive: true })
    return this.path(id, type) + PART
  }

  /** A file for a while, which nobody finds as a recording. Makes the folder. */
  async temporary(name: string): Promise<string> {
    await mkdir(this.folder, { recursive: true })
    return join(this.folder, `${name}${PART}`)
  }

  /** The written file is whole; gives its size. */
  async finish(id: string, type: TaskType): Promise<number> {
    const path = this.path(id, type)
    await rename(path + PART, path)
    return (await stat(path)).size
  }

  /** Removes what was written of a recording that is not whole; no error when there is nothing. */
  async discard(id: string, type: TaskType): Promise<void> {
    await rm(this.path(id, type) + PART, { force: true })
  }

  async remove(id: string, type: TaskType): Promise<void> {
    await rm(this.path(id, type), { force: true })
  }

  /**
   * Recordings that lie in the folder and are not known, and names of files that are none. Throws when the folder can't
   * be read.
   */
  scan(isKnown: (id: string) => boolean): { readonly found: FoundFile[]; readonly strange: string[] } {
    const found: FoundFile[] = []
    const strange: string[] = []
    mkdirSync(this.folder, { recursive: true })
    for (const name of readdirSync(this.folder)) {
      if (name.endsWith(PART)) continue
      const id = name.slice(0, -ENDINGS.stream.length)
      const type = name.endsWith(ENDINGS.stream) ? 'stream' : name.endsWith(ENDINGS.batch) ? 'batch' : undefined
      if (type && isKnown(id)) continue
      const file = type && this.look(id, type)
      if (file) found.push(file)
      else strange.push(name)
    }
    return { found, strange }
  }

  /** A recording's file; undefined when there is none. */
  look(id: string, type: TaskType): FoundFile | undefined {
    try {
      const info = statSync(this.path(id, type))
      if (!info.isFile()) return undefined
      return { id, type, size: info.size, date: timeFromMillis(Math.floor(info.mtimeMs)) }
    } catch {
      // Gone meanwhile, unreadable, or with a name that no file can have: there is no recording in it.
      return undefined
    }
  }

  /** Removes what recordings left that were cut off. */
  sweep(): void {
    for (const name of readdirSync(this.folder)) if (name.endsWith(PART)) rmSync(join(this.folder, name))
  }
}
