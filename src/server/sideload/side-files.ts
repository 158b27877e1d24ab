// Reads a folder of YAML and JSON files into one table: values by path and key.
import fs from 'node:fs'
import path from 'node:path'
import { parse, YAMLError } from 'yaml'
import { Fault, messageOf } from '../../base/fault.ts'
import { normalizeInt } from '../../base/int64.ts'
import { readFirstJson } from '../../base/json-reader.ts'
import type { SideTable } from '../../flow/world.ts'

const READABLE = /\.(?:ya?ml|json)$/i
/** A map of values by their names. */
type Values = Readonly<Record<string, unknown>>

/** All files below the folder, by their paths from it; what is neither YAML nor JSON has no values. Throws a Fault. */
export function readSideFiles(folder: string): SideTable {
  const table = new Map<string, Values>()
  try {
    fs.lstatSync(folder)
    for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      const file = path.join(folder, name)
      if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) continue
      const key = name.split(path.sep).join('/')
      table.set(key, READABLE.test(name) ? readValues(file) : {})
    }
  } catch (e) {
    throw new Fault('sideload-failed', nodeMessage(e), { status: 400, cause: e })
  }
  return table
}

function readValues(file: string): Values {
  const text = fs.readFileSync(file, 'utf8')
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
