// The ordered map in a memory-mapped file (LMDB). Owns the file, its size limit, what a commit survives, and the
// translation of the medium's errors into Faults. Knows nothing of collections or values.
import { statSync } from 'node:fs'
import { type FileHandle, mkdtemp, open as openFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { open, type RangeOptions, type RootDatabase } from 'lmdb'
import { Fault, messageOf } from '../base/fault.ts'
import type { Kv, KvRange, KvWriter } from './kv.ts'
import { whyNoStore } from './lmdb-header.ts'
import { makePrivateFolder } from './private-folder.ts'

/**
 * `kill-safe`: a commit survives the end of the process, however it comes; power loss or a crash of the system may
 * damage the file. `always`: a commit also survives those; it waits for the disk, and the event loop waits with it.
 */
export type SyncPolicy = 'kill-safe' | 'always'

export interface LmdbKvOptions {
  /** A folder, made when missing: holds `data.mdb` and `lock.mdb`. */
  readonly folder: string
  readonly sync: SyncPolicy
  /** Bytes of live data beyond which writes are refused (removals are not). The file may grow somewhat larger. */
  readonly maxBytes: number
  /** Told of a background flush that failed; at most once a second. */
  readonly onFlushError?: (error: Fault) => void
}

/** How long a kill-safe commit may stay in the system's memory only. */
const FLUSH_DELAY_MS = 1000
/** Address space reserved up front, so that growing never has to map anew in mid-transaction. Costs no memory. */
const MIN_MAP_BYTES = 64 * 1024 * 1024

const DISK_FULL = new Set([28, 122]) // ENOSPC, EDQUOT
const READ_ONLY = new Set([1, 13, 30]) // EPERM, EACCES, EROFS
const DAMAGED = new Set([-30793, -30796, -30797]) // MDB_INVALID, MDB_CORRUPTED, MDB_PAGE_NOTFOUND
const OTHER_VERSION = -30794

export class LmdbKv implements Kv {
  readonly #db: RootDatabase<string, Uint8Array>
  readonly #data: FileHandle
  readonly #options: LmdbKvOptions
  #flushTimer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined
  #usedBytes = 0
  /** Bytes handed to LMDB since `#usedBytes` was read; pages make more of them than they are. */
  #sinceLook = 0
  #closed = false

  private constructor(db: RootDatabase<string, Uint8Array>, data: FileHandle, options: LmdbKvOptions) {
    this.#db = db
    this.#data = data
    this.#options = options
    this.#usedBytes = this.sizeBytes()
  }

  /** Throws a Fault when the folder can't be made or written, or the file is damaged. */
  static async open(options: LmdbKvOptions): Promise<LmdbKv> {
    let db: RootDatabase<string, Uint8Array> | undefined
    try {
      makePrivateFolder(options.folder)
      const why = whyNoStore(join(options.folder, 'data.mdb'))
      if (why) throw damaged(options.folder, why)
      db = open<string, Uint8Array>(options.folder, {
        noSubdir: false,
        maxDbs: 1,
        mapSize: Math.max(options.maxBytes, MIN_MAP_BYTES),
        encoding: 'string',
        keyEncoding: 'binary',
        cache: false,
        overlappingSync: false,
        ...(options.sync === 'kill-safe' ? { noSync: true } : {}),
      })
      // Its own handle on the same file: flushing it flushes what LMDB wrote, without blocking the event loop.
      return new LmdbKv(db, await openFile(join(options.folder, 'data.mdb'), 'r'), options)
    } catch (e) {
      await db?.close()
      throw openFault(e, options.folder)
    }
  }

  #open(): void {
    if (this.#closed) throw new Fault('store-closed', 'the store is closed')
  }

  get(key: Uint8Array): string | undefined {
    this.#open()
    return this.#db.get(key)
  }

  entries(range: KvRange): [Uint8Array, string][] {
    this.#open()
    const found: [Uint8Array, string][] = []
    for (const { key, value } of this.#db.getRange(lmdbRange(range))) found.push([key, value])
    return found
  }

  keys(range: KvRange): Uint8Array[] {
    this.#open()
    return [...this.#db.getKeys(lmdbRange(range))]
  }

  count(from: Uint8Array, to: Uint8Array): number {
    this.#open()
    return this.#db.getKeysCount({ start: from, end: to })
  }

  write<T>(action: (writer: KvWriter) => T): T {
    this.#open()
    let result: { value: T } | undefined
    let failure: { error: unknown } | undefined
    const full = this.#isFull()
    const writer: KvWriter = {
      put: (key, value) => {
        if (full) throw new Fault('store-full', `the store holds ${this.#options.maxBytes} bytes, its limit`, TRY_LATER)
        this.#db.put(key, value)
        this.#sinceLook += key.length + value.length
      },
      remove: (key) => {
        this.#db.remove(key)
      },
    }
    try {
      // Nothing is returned from the callback: LMDB would take a promise as a transaction that stays open.
      this.#db.transactionSync(() => {
        try {
          result = { value: action(writer) }
        } catch (error) {
          failure = { error }
          throw error
        }
      })
    } catch (e) {
      throw failure && e === failure.error && !isMediumError(e) ? e : writeFault(e)
    }
    if (this.#options.sync === 'kill-safe') this.#flushSoon()
    return result!.value
  }

  #isFull(): boolean {
    // Reading the size takes microseconds, so it is read only when what was written could have reached the limit.
    if (this.#usedBytes + 2 * this.#sinceLook < this.#options.maxBytes) return false
    const stats = pageCounts(this.#db)
    this.#usedBytes = stats.live * stats.pageSize
    this.#sinceLook = 0
    return this.#usedBytes >= this.#options.maxBytes
  }

  #flushSoon(): void {
    if (this.#flushTimer || this.#closed) return
    this.#flushTimer = setTimeout(() => {
      this.#flushTimer = undefined
      this.flush().catch((e: Fault) => this.#options.onFlushError?.(e))
    }, FLUSH_DELAY_MS)
    this.#flushTimer.unref()
  }

  async flush(): Promise<void> {
    this.#open()
    // A flush that is under way may have begun before the last write; the next one covers it.
    await this.#flushing?.catch(() => {})
    this.#flushing ??= this.#data
      .datasync()
      .catch((e: unknown) => {
        throw writeFault(e)
      })
      .finally(() => {
        this.#flushing = undefined
      })
    await this.#flushing
  }

  async backup(path: string): Promise<void> {
    this.#open()
    // LMDB copies into a folder; the copy gets its name only when it is whole.
    const folder = await mkdtemp(join(dirname(path), '.backup-'))
    try {
      await this.#db.backup(folder, true)
      await rename(join(folder, 'data.mdb'), path)
    } catch (e) {
      throw writeFault(e)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  sizeBytes(): number {
    this.#open()
    return statSync(join(this.#options.folder, 'data.mdb')).size
  }

  async close(): Promise<void> {
    if (this.#closed) return
    clearTimeout(this.#flushTimer)
    try {
      await this.flush()
    } finally {
      this.#closed = true
      await this.#db.close()
      await this.#data.close()
    }
  }
}

const TRY_LATER = { status: 503, retry: true }

function lmdbRange(range: KvRange): RangeOptions {
  // lmdb takes its bounds in the direction of travel: the first one met is the start.
  const options: RangeOptions = range.reverse
    ? { start: range.to, exclusiveStart: true, end: range.from, inclusiveEnd: true, reverse: true }
    : { start: range.from, end: range.to }
  if (range.limit !== undefined) options.limit = range.limit
  if (range.offset) options.offset = range.offset
  return options
}

/** Pages in use by data (not the free ones in the file). The statistics are not in lmdb's types. */
function pageCounts(db: RootDatabase<string, Uint8Array>): { live: number; pageSize: number } {
  const stats = db.getStats() as Record<string, number>
  const live = (stats['treeBranchPageCount'] ?? 0) + (stats['treeLeafPageCount'] ?? 0) + (stats['overflowPages'] ?? 0)
  return { live, pageSize: stats['pageSize'] ?? 4096 }
}

function errorNumber(e: unknown): number | undefined {
  if (typeof e !== 'object' || e === null) return undefined
  const { code, errno } = e as { code?: unknown; errno?: unknown }
  if (typeof code === 'number') return code
  return typeof errno === 'number' ? Math.abs(errno) : undefined
}

/** Errors of LMDB and of the file system carry a number; errors thrown by the caller's action don't. */
function isMediumError(e: unknown): boolean {
  return !(e instanceof Fault) && errorNumber(e) !== undefined
}

function writeFault(e: unknown): Fault {
  const n = errorNumber(e)
  if (n !== undefined && DISK_FULL.has(n)) {
    return new Fault('store-disk-full', 'the disk of the store is full', { ...TRY_LATER, cause: e })
  }
  if (n !== undefined && READ_ONLY.has(n)) {
    return new Fault('store-read-only', `the store can't be written: ${messageOf(e)}`, { ...TRY_LATER, cause: e })
  }
  return new Fault('store-write-failed', `writing to the store failed: ${messageOf(e)}`, { ...TRY_LATER, cause: e })
}

function damaged(folder: string, why: string, cause?: unknown): Fault {
  const help = 'put back a backup, or move the folder away to begin anew'
  return new Fault('store-damaged', `the store in ${folder} is damaged: ${why}; ${help}`, { cause })
}

function openFault(e: unknown, folder: string): Fault {
  if (e instanceof Fault) return e
  const n = errorNumber(e)
  if (n !== undefined && DAMAGED.has(n)) return damaged(folder, messageOf(e), e)
  if (n === OTHER_VERSION) {
    return new Fault('store-version', `the store in ${folder} was written by another version of the store`, {
      cause: e,
    })
  }
  return new Fault('store-open-failed', `can't open the store in ${folder}: ${messageOf(e)}`, { cause: e })
}
