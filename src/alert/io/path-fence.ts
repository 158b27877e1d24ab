// Which files may be opened: patterns of absolute paths. What counts is where a path really leads, after links and `..`.
// Knows nothing of what is done with the files.
import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { BadPattern, PathPattern } from '../../base/path-match.ts'
import { DeliveryFault } from '../delivery-fault.ts'

/** A segment of a pattern: `**` stands for any number of segments, others match one. */
type Segment = '**' | PathPattern

const WILD = /[*?[\\]/

/** Reason why a pattern can't be one: `/var/log/alerts/*.log` and `/etc/thresholds/**` can. */
export function patternProblem(pattern: string): string | undefined {
  if (!pattern.startsWith('/')) return `${JSON.stringify(pattern)} must be an absolute path`
  const names = segmentsOf(pattern)
  if (names.some((name) => name === '.' || name === '..'))
    return `${JSON.stringify(pattern)} must have no "." or ".." in it`
  try {
    for (const name of names) new PathPattern(name)
    return undefined
  } catch (e) {
    if (e instanceof BadPattern) return `${JSON.stringify(pattern)}: ${e.message}`
    throw e
  }
}

export class PathFence {
  readonly #setting: string
  readonly #patterns: readonly string[]

  /** `setting`: where the patterns stand, for messages: `log-paths`. Without any pattern everything is inside. */
  constructor(setting: string, patterns: readonly string[]) {
    this.#setting = setting
    this.#patterns = patterns
  }

  get isOpen(): boolean {
    return this.#patterns.length === 0
  }

  /** Reason why a path may not be used; it need not exist yet. */
  refusal(path: string): string | undefined {
    if (this.isOpen) return undefined
    const real = realPath(path)
    return real !== undefined && this.covers(real) ? undefined : this.#outside(path)
  }

  /** The same for a folder, whose files are looked at one by one later. */
  folderRefusal(path: string): string | undefined {
    if (this.isOpen) return undefined
    const real = realPath(path)
    const holds = real !== undefined && this.#matches(real, (pattern, names) => canHold(pattern, names))
    return holds ? undefined : this.#outside(path)
  }

  /** The path to open in place of this one: where it really leads. Throws a DeliveryFault for a path that is outside. */
  enter(path: string): string {
    if (this.isOpen) return path
    const real = realPath(path)
    if (real === undefined || !this.covers(real)) throw this.fault(path)
    return real
  }

  /** Whether a path without links or `..` in it is inside. */
  covers(real: string): boolean {
    return this.isOpen || this.#matches(real, matches)
  }

  /** Whether an open file is inside, whatever its path has become since it was looked at. True where nothing tells. */
  coversOpen(fd: number): boolean {
    if (this.isOpen) return true
    try {
      return this.covers(readlinkSync(`/proc/self/fd/${fd}`))
    } catch {
      return true
    }
  }

  fault(path: string): DeliveryFault {
    return new DeliveryFault('outside-fence', this.#outside(path), { holds: false })
  }

  #outside(path: string): string {
    return `${JSON.stringify(path)} is, or leads, outside of [security] ${this.#setting}`
  }

  #matches(real: string, test: (pattern: readonly Segment[], names: readonly string[]) => boolean): boolean {
    const names = segmentsOf(real)
    return this.#patterns.some((pattern) => test(resolved(pattern), names))
  }
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '')
}

/** A pattern for real paths: its part before the first wildcard may lead through links itself. */
function resolved(pattern: string): Segment[] {
  const names = segmentsOf(pattern)
  const at = names.findIndex((name) => WILD.test(name))
  const plain = `/${names.slice(0, at < 0 ? names.length : at).join('/')}`
  // What an operator names literally is what it leads to; text that looks like a pattern there is none.
  const literal = segmentsOf(realPath(plain) ?? plain).map((name) => name.replace(/[*?[\\]/g, '\\$&'))
  const rest = at < 0 ? [] : names.slice(at)
  return [...literal, ...rest].map((name) => (name === '**' ? name : new PathPattern(name)))
}

function matches(pattern: readonly Segment[], names: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return names.length === 0
  if (first !== '**') return names.length > 0 && first.matches(names[0]!) && matches(rest, names.slice(1))
  // At the end it stands for something: `/etc/x/**` is not `/etc/x` itself.
  if (rest.length === 0) return names.length > 0
  return names.some((_, i) => matches(rest, names.slice(i)))
}

/** Whether a file that stands in a folder may match. */
function canHold(pattern: readonly Segment[], folder: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return false
  if (first === '**') return true
  if (folder.length === 0) return rest.length === 0
  return first.matches(folder[0]!) && canHold(rest, folder.slice(1))
}

/**
 * Where a path leads, as the system would follow it. What does not exist yet stands in the folder that does. Undefined when
 * it leads nowhere that could be told beforehand.
 */
export function realPath(path: string): string | undefined {
  if (!isAbsolute(path)) return undefined
  const missing: string[] = []
  for (let at = path; ; at = dirname(at)) {
    try {
      return join(realpathSync.native(at), ...missing)
    } catch (e) {
      if ((e as { code?: string }).code !== 'ENOENT') return undefined
    }
    const name = basename(at)
    // Whoever opens a link that leads nowhere makes the file that it names.
    if (name === '..' || name === '.' || isLink(at)) return undefined
    missing.unshift(name)
  }
}

function isLink(path: string): boolean {
  return lstatSync(path.replace(/\/+$/, ''), { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}
