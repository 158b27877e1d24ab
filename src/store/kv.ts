// The layer under the store: an ordered map from bytes to text with atomic writes. Two implementations, a file and
// memory, and nothing above knows which one it has. Knows nothing of collections, codecs or schemas.

export interface KvRange {
  /** Inclusive. */
  readonly from: Uint8Array
  /** Exclusive. */
  readonly to: Uint8Array
  readonly reverse?: boolean
  readonly limit?: number
  readonly offset?: number
}

export interface KvWriter {
  put(key: Uint8Array, value: string): void
  remove(key: Uint8Array): void
}

export interface Kv {
  get(key: Uint8Array): string | undefined
  /** Entries in byte order (reverse: against it), as they are now. Inside `write` it sees what was written so far. */
  entries(range: KvRange): [Uint8Array, string][]
  keys(range: KvRange): Uint8Array[]
  count(from: Uint8Array, to: Uint8Array): number
  /**
   * Runs `action` as one transaction: all of its writes are there afterwards, or, when it throws or the medium fails,
   * none. What survives is up to the implementation's sync policy. Throws a Fault when the medium fails; usable after.
   */
  write<T>(action: (writer: KvWriter) => T): T
  /** Resolves when everything written so far survives power loss. */
  flush(): Promise<void>
  /** A consistent copy as one file, while others read and write. */
  backup(path: string): Promise<void>
  sizeBytes(): number
  close(): Promise<void>
}
