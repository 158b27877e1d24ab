// Telling a BoltDB file, the format of the server that this one stands in for, from anything else. Reads only.
import { closeSync, openSync, readSync } from 'node:fs'

const MAGIC = 0xed0cdaed
/** Page header (id, flags, count, overflow) before the first meta page's magic number. */
const MAGIC_OFFSET = 16

/** Whether a file in BoltDB's format lies at `path`. False also when nothing does or it can't be read. */
export function isBoltFile(path: string): boolean {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    const head = Buffer.alloc(MAGIC_OFFSET + 4)
    if (readSync(fd, head, 0, head.length, 0) < head.length) return false
    // The format is in the byte order of the machine that wrote it.
    return head.readUInt32LE(MAGIC_OFFSET) === MAGIC || head.readUInt32BE(MAGIC_OFFSET) === MAGIC
  } catch {
    return false
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
