// Reads a folder of YAML and JSON files into one table: values by path and key.
import fs from 'node:fs'
import path from 'node:path'
import { parse, YAMLError } from 'yaml'
import type { PathFence } from '../../alert/io/path-fence.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import { normalizeInt } from '../../base/int64.ts'
import { readFirstJson } from '../../base/json-reader.ts'
import type { SideTable } from '../../flow/world.ts'

const READABLE = /\.(?:ya?ml|json)$/i
/** A map of values by their names. */
type Values = Readonly<Record<string, unknown>>

/** A source that holds more is a mistake: it is read at once, while nothing else goes on. */
const MAX_FILES = 100_000
const MAX_BYTES = 256 * 1024 ** 2

/**
 * All files below the folder, by their paths from it; what is neither YAML nor JSON has no values. Throws a Fault, also for
 * one file that leads outside of the fence.
 */
export function readSideFiles(folder: string, fence?: PathFence): SideTable {
  const table = new Map<string, Values>()
  try {
    fs.lstatSync(folder)
    let bytes = 0
    for (const name of filesBelow(folder)) {
      const file = path.join(folder, name)
      const real = fence?.enter(file) ?? file
      const isRead = READABLE.test(name)
      if (isRead) bytes += fs.statSync(real).size
      if (bytes > MAX_BYTES) throw new Fault('sideload-size', `${folder} holds more than ${MAX_BYTES} bytes`)
      table.set(name, isRead ? readValues(file, real) : {})
    }
  } catch (e) {
    throw new Fault('sideload-failed', nodeMessage(e), { status: 400, cause: e })
  }
  return table
}

/** The paths of all files, from the folder, in order. Links to files are followed, links to folders are not: they may go round. */
function filesBelow(folder: string): string[] {
  const files: string[] = []
  let entries = 0
  const walk = (below: string): void => {
    for (const entry of fs.readdirSync(path.join(folder, below), { withFileTypes: true })) {
      if (++entries > MAX_FILES) throw new Fault('sideload-size', `${folder} holds more than ${MAX_FILES} files`)
      const inner = path.posix.join(below, entry.name)
      if (entry.isDirectory()) walk(inner)
      else if (fs.statSync(path.join(folder, inner), { throwIfNoEntry: false })?.isFile()) files.push(inner)
    }
  }
  walk('')
  return files.sort()
}

/** `real`: where the file really is. */
function readValues(file: string, real: string): Values {
  const text = fs.readFileSync(real, 'utf8')
  let value: unknown
  try {
    value = /json$/i.test(file) ? readFirstJson(text) : readYaml(text)
  } catch (e) {
    const why = e instanceof YAMLError ? e.message.split('\n')[0] : messageOf(e)
    throw new Fault('sideload-file', `${file} can not be read: ${why}`)
  }
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new Fault('sideload-file', `${file} holds no values by name`)
  }
  return value as Values
}

/** Integers as the engine keeps them; what stands deeper is of no use and stays as it is. */
function readYaml(text: string): unknown {
  const value: unknown = parse(text, { intAsBigInt: true, maxAliasCount: 100 })
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, typeof v === 'bigint' ? normalizeInt(v) : v]))
}

/** What the file system says, in its usual words: `lstat /dir: no such file or directory`. */
function nodeMessage(e: unknown): string {
  const { code, syscall, path: where } = e as NodeJS.ErrnoException
  if (code === 'ENOENT' && syscall) return `${syscall} ${where}: no such file or directory`
  return messageOf(e)
}
