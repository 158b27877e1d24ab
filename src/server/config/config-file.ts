// Which configuration file is used. Knows the places and their order; reading what stands in it is for others.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Environment } from './environment.ts'

export interface ConfigFile {
  readonly path: string
  readonly text: string
}

/** Means "no file" where a file is asked for. */
const NONE = '/dev/null'

/**
 * The file named by the flag; else the one of KAPACITOR_CONFIG_PATH; else the first of the usual places that exists and
 * is not empty. Undefined: there is none, or /dev/null was named. Throws a Fault when a named file can't be read.
 */
export function findConfigFile(flag: string | undefined, environment: Environment): ConfigFile | undefined {
  const named = flag || environment['KAPACITOR_CONFIG_PATH']
  if (named === NONE) return undefined
  if (named) {
    try {
      return { path: named, text: readFileSync(named, 'utf8') }
    } catch (e) {
      throw new Fault('config-file', `can't read the configuration file ${named}: ${messageOf(e)}`, { cause: e })
    }
  }
  for (const path of usualPlaces(environment['HOME'])) {
    try {
      const text = readFileSync(path, 'utf8')
      if (text !== '') return { path, text }
    } catch {
      // Not there, or not ours to read: the next one.
    }
  }
  return undefined
}

/** This server's own places come before those of the server that it stands in for. */
export function usualPlaces(home: string | undefined): string[] {
  const own = (folder: string): string => join(folder, 'supercap.conf')
  const other = (folder: string): string => join(folder, 'kapacitor.conf')
  return [
    ...(home ? [own(join(home, '.supercap')), other(join(home, '.kapacitor'))] : []),
    own('/etc/supercap'),
    other('/etc/kapacitor'),
  ]
}
