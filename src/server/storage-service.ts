// What users may do with the store as a whole: check its parts, and take a copy while the server works. Knows no HTTP.
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { quoteText } from '../alert/template/go-quote.ts'
import { Fault, messageOf } from '../base/fault.ts'
import type { Store } from '../store/store.ts'

/** The reference's names of the parts, and our collections that hold the same. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  tasks: ['tasks', 'templates'],
  recordings: ['recordings'],
  replays: ['replays'],
  'handler-specs': ['topic-handlers'],
  overrides: ['overrides'],
  load: ['loaded'],
}

/** Copies lie on the disk until they are sent: more than these at once are refused. */
const MAX_BACKUPS = 4

export interface Backup {
  readonly bytes: number
  /** Whoever takes it destroys it. */
  readonly stream: Readable
}

export class StorageService {
  readonly #store: Store
  readonly #folder: string
  #copying: Promise<unknown> = Promise.resolve()
  #backups = 0

  /** `folder`: beside the store, for copies that are on their way. What an earlier run left there is removed. */
  constructor(store: Store, folder: string) {
    this.#store = store
    this.#folder = folder
    rmSync(folder, { recursive: true, force: true })
  }

  get names(): readonly string[] {
    return Object.keys(PARTS)
  }

  has(name: string): boolean {
    return Object.hasOwn(PARTS, name)
  }

  /**
   * Everything in the store lies in the order of its keys, there is no index that could be wrong: each record is read,
   * and the first that can't be is told. Throws Fault (500).
   */
  rebuild(name: string): void {
    try {
      for (const collection of PARTS[name]!) this.#store.check(collection)
    } catch (e) {
      throw new Fault('rebuild-failed', `failed to rebuild ${quoteText(name)}: ${messageOf(e)}`, { cause: e })
    }
  }

  /** A consistent copy of the whole store as it is now. Rejects with a Fault: too many at once, or the disk is full. */
  async backup(): Promise<Backup> {
    if (this.#backups >= MAX_BACKUPS) {
      throw new Fault('too-many-backups', `${MAX_BACKUPS} backups are under way already`, { status: 503, retry: true })
    }
    this.#backups++
    let file: FileHandle | undefined
    try {
      const copied = this.#copying.then(() => this.#copy())
      this.#copying = copied.catch(() => {})
      file = await copied
      const { size } = await file.stat()
      const stream = file.createReadStream()
      stream.once('close', () => this.#backups--)
      return { bytes: size, stream }
    } catch (e) {
      this.#backups--
      await file?.close().catch(() => {})
      throw e
    }
  }

  /** The open file has no name any more, so that nothing is left whatever becomes of the reader. */
  async #copy(): Promise<FileHandle> {
    await mkdir(this.#folder, { recursive: true })
    const copy = path.join(this.#folder, randomUUID())
    try {
      await this.#store.backup(copy)
      return await open(copy, 'r')
    } finally {
      await rm(copy, { force: true })
    }
  }
}
