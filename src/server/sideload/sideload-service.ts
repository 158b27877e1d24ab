// The sources that sideload nodes read from: each is read once for all that name it, kept until nobody needs it, and read
// again when that is asked for. A source that can't be read again keeps what it has.
import type { PathFence } from '../../alert/io/path-fence.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import { readFirstJson } from '../../base/json-reader.ts'
import { redactUrl } from '../../base/redact-url.ts'
import type { HttpEndpoint, HttpReply, HttpRequest, SideSource, SideTable } from '../../flow/world.ts'
import { readSideFiles } from './side-files.ts'

export interface SideloadOptions {
  /** Answers may have so many bytes. */
  readonly http: (request: HttpRequest, maxReplyBytes: number) => Promise<HttpReply>
  readonly endpoint: (name: string) => HttpEndpoint | undefined
  /** Which files may be read; all when not given. */
  readonly fence?: PathFence
}

const URL_PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s
const TIMEOUT_MS = 10_000
const MAX_REPLY_BYTES = 64 * 1024 * 1024

interface Shared {
  /** What tells it from others. */
  readonly name: string
  /** The same for people. */
  readonly shown: string
  /** Reads at once, or says that it takes a while. */
  readonly read: () => SideTable | Promise<SideTable>
  table: SideTable | undefined
  /** The first reading, while it goes on. */
  first: Promise<void> | undefined
  users: number
}

export class SideloadService {
  readonly #o: SideloadOptions
  readonly #shared = new Map<string, Shared>()
  #reloads = 0
  #errors = 0

  constructor(o: SideloadOptions) {
    this.#o = o
  }

  /** Throws a Fault when there is no such source, or a folder that can't be read. */
  open(source: string): SideSource {
    const { name, shown = name, read } = this.#reader(source)
    let shared = this.#shared.get(name)
    if (!shared) {
      shared = { name, shown, read, table: undefined, first: undefined, users: 0 }
      this.#load(shared)
      this.#shared.set(name, shared)
    }
    shared.users++
    let open = true
    const own = shared
    return {
      get table() {
        return own.table
      },
      ready: async () => {
        if (!own.table && !own.first) this.#load(own)
        await own.first
      },
      close: () => {
        if (!open) return
        open = false
        if (--own.users === 0) this.#shared.delete(name)
      },
    }
  }

  /** Reads every source again. Rejects with a Fault that names the first that can't be read; the others are read. */
  async reload(): Promise<void> {
    const results = await Promise.allSettled([...this.#shared.values()].map((s) => this.#reload(s)))
    for (const r of results) if (r.status === 'rejected') throw r.reason
  }

  /** Sources in use, and since the start how often one was read again and how often it could not be. */
  counts(): { readonly sources: number; readonly reloads: number; readonly errors: number } {
    return { sources: this.#shared.size, reloads: this.#reloads, errors: this.#errors }
  }

  #load(shared: Shared): void {
    const told = (e: unknown): Fault => {
      const why = `failed to update sideload cache for source ${shared.shown}: ${messageOf(e)}`
      return new Fault('sideload-failed', why, { status: 400, cause: e })
    }
    try {
      const read = shared.read()
      if (!(read instanceof Promise)) {
        shared.table = read
        return
      }
      shared.first = read.then(
        (table) => {
          shared.table = table
          shared.first = undefined
        },
        (e) => {
          shared.first = undefined
          throw told(e)
        },
      )
      // Whoever waits for it is told.
      shared.first.catch(() => {})
    } catch (e) {
      throw told(e)
    }
  }

  async #reload(shared: Shared): Promise<void> {
    this.#reloads++
    try {
      shared.table = await shared.read()
    } catch (e) {
      this.#errors++
      const name = shared.shown.replace(/^file /, '')
      throw new Fault('sideload-failed', `failed to update source ${name}: ${messageOf(e)}`, { status: 500, cause: e })
    }
  }

  #reader(source: string): Pick<Shared, 'name' | 'read'> & { readonly shown?: string } {
    const parts = URL_PARTS.exec(source)
    if (!parts) return this.#endpoint(source)
    const scheme = parts[1]!.toLowerCase()
    if (scheme === 'file') {
      const folder = folderOf(parts[2]!)
      if (!folder.startsWith('/')) throw refused(`sideload source path must be absolute ${JSON.stringify(folder)}`)
      const refusal = this.#o.fence?.folderRefusal(folder)
      if (refusal !== undefined) throw refused(refusal)
      return { name: `file ${JSON.stringify(folder)}`, read: () => readSideFiles(folder, this.#o.fence) }
    }
    if (scheme !== 'http' && scheme !== 'https')
      throw refused(`unsupported source scheme ${JSON.stringify(scheme)}, must be 'file', 'http', or 'https'`)
    return {
      name: JSON.stringify(source),
      shown: JSON.stringify(redactUrl(source)),
      read: () => this.#fetch(source, {}),
    }
  }

  #endpoint(name: string): Pick<Shared, 'name' | 'read'> {
    const endpoint = this.#o.endpoint(name)
    if (!endpoint) throw refused(`sideload: endpoint '${name}' does not exist`)
    return { name: JSON.stringify(name), read: () => this.#fetch(endpoint.url, endpoint.headers) }
  }

  async #fetch(url: string, headers: Readonly<Record<string, string>>): Promise<SideTable> {
    const reply = await this.#o.http({ method: 'GET', url, headers, body: '', timeoutMs: TIMEOUT_MS }, MAX_REPLY_BYTES)
    if (reply.status < 200 || reply.status > 299)
      throw new Fault('sideload-status', `${redactUrl(url)} answers ${reply.status}`)
    const body = readFirstJson(reply.body) as unknown
    if (!isMap(body)) throw new Fault('sideload-answer', `${redactUrl(url)} answers with no JSON object`)
    const table = new Map<string, Readonly<Record<string, unknown>>>()
    for (const [path, values] of Object.entries(body)) {
      if (!isMap(values)) throw new Fault('sideload-answer', `${redactUrl(url)}: ${JSON.stringify(path)} is no object`)
      table.set(path, values)
    }
    return table
  }
}

/** The folder that a source names; undefined for a source of another kind. */
export function sideFolder(source: string): string | undefined {
  const [, scheme = '', rest = ''] = URL_PARTS.exec(source) ?? []
  return scheme.toLowerCase() === 'file' ? folderOf(rest) : undefined
}

/** The path of a `file` URL. What stands between the second and third slash would be another machine's name. */
function folderOf(rest: string): string {
  const path = rest.replace(/^\/\/[^/]*/, '')
  try {
    return decodeURIComponent(path)
  } catch {
    throw refused(`sideload source path has a bad escape ${JSON.stringify(path)}`)
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refused(message: string): Fault {
  return new Fault('sideload-source', message, { status: 400 })
}
