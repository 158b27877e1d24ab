// Looks at a store's file before LMDB maps it: LMDB trusts what it maps, and a file that is none, or is cut off,
// would end the process instead of giving an error. Reads the two meta pages only.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const MAGIC = 0xbeefc0de
const DATA_VERSION = 2
const NO_PAGE = 0xffff_ffff_ffff_ffffn
/** Places in a meta page; all numbers are little-endian here. */
const AT = { magic: 24, version: 28, pageSize: 48, freeRoot: 88, mainRoot: 136, txn: 152, end: 160 }

/** Why the file can't be opened as a store, or undefined when it can, also when it is missing or empty. */
export function whyNoStore(path: string): string | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    const size = fstatSync(fd).size
    if (size === 0) return undefined
    const page = Buffer.alloc(AT.end)
    if (readSync(fd, page, 0, AT.end, 0) < AT.end || page.readUInt32LE(AT.magic) !== MAGIC) return 'it is no LMDB file'
    if ((page.readUInt32LE(AT.version) & 0xffff) !== DATA_VERSION) return 'its format has another version'
    const pageSize = page.readUInt32LE(AT.pageSize)
    if (pageSize < 512 || size < 2 * pageSize) return 'it is cut off'
    const second = Buffer.alloc(AT.end)
    readSync(fd, second, 0, AT.end, pageSize)
    if (second.readUInt32LE(AT.magic) !== MAGIC) return 'its second meta page is damaged'
    const newest = second.readBigUInt64LE(AT.txn) > page.readBigUInt64LE(AT.txn) ? second : page
    for (const place of [AT.freeRoot, AT.mainRoot]) {
      const root = newest.readBigUInt64LE(place)
      if (root !== NO_PAGE && root >= BigInt(Math.floor(size / pageSize))) return 'it is cut off'
    }
    return undefined
  } finally {
    closeSync(fd)
  }
}
