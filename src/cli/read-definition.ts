// Files that define things: scripts, vars, task definitions, topic handlers. Reads and checks their form; what they
// define is the server's to check.
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { messageOf } from '../base/fault.ts'
import type { HandlerRequest, Vars } from './client.ts'
import { CommandFailed } from './command.ts'
import { type Dbrp, parseDbrp } from './parse-dbrp.ts'

export interface TaskDefinition {
  readonly id?: string
  readonly templateId?: string
  readonly dbrps?: readonly Dbrp[]
  readonly vars?: Vars
}

/** The text of a file. Throws CommandFailed. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (e) {
    throw new CommandFailed(`can't read ${path}: ${messageOf(e)}`)
  }
}

/** Vars: a plain map of them, or a document with a key `vars`. */
export function readVarsFile(path: string): Vars {
  const json = readJson(path)
  if (!isObject(json)) throw new CommandFailed(`${path} holds no vars: an object is wanted`)
  // A var named `vars` would itself have a type.
  const inner = json['vars']
  return (isObject(inner) && inner['type'] === undefined ? inner : json) as Vars
}

/** `id`, `template-id`, `dbrps` and `vars`, as YAML or JSON. */
export function readTaskFile(path: string): TaskDefinition {
  const d = readDocument(path)
  const text = (key: string): string | undefined => {
    const v = d[key]
    if (v === undefined || typeof v === 'string') return v
    throw new CommandFailed(`${path}: ${key} must be a string`)
  }
  const id = text('id')
  const templateId = text('template-id')
  const { dbrps, vars } = d
  if (vars !== undefined && !isObject(vars)) throw new CommandFailed(`${path}: vars must be a map`)
  if (dbrps !== undefined && !Array.isArray(dbrps)) throw new CommandFailed(`${path}: dbrps must be a list`)
  return {
    ...(id ? { id } : {}),
    ...(templateId ? { templateId } : {}),
    ...(dbrps ? { dbrps: dbrps.map((x) => readDbrp(path, x)) } : {}),
    ...(vars ? { vars: vars as Vars } : {}),
  }
}

function readDbrp(path: string, x: unknown): Dbrp {
  if (typeof x === 'string') return parseDbrp(x)
  if (isObject(x) && typeof x['db'] === 'string' && typeof x['rp'] === 'string') return { db: x['db'], rp: x['rp'] }
  throw new CommandFailed(`${path}: a dbrp is "db"."rp", or a map with db and rp`)
}

/** A topic handler: `topic`, `id`, `kind`, `match`, `options`, as YAML or JSON. */
export function readHandlerFile(path: string): HandlerRequest & { readonly topic: string } {
  const d = readDocument(path)
  for (const key of ['topic', 'id', 'kind'])
    if (typeof d[key] !== 'string' || d[key] === '') throw new CommandFailed(`${path}: must specify ${key}`)
  return d as unknown as HandlerRequest & { readonly topic: string }
}

/** A map as YAML or JSON, by the file's extension. */
function readDocument(path: string): Record<string, unknown> {
  const extension = extname(path).toLowerCase()
  if (!['.yaml', '.yml', '.json'].includes(extension))
    throw new CommandFailed('bad file extension. Must be YAML or JSON')
  const document = extension === '.json' ? readJson(path) : readYaml(path)
  if (!isObject(document)) throw new CommandFailed(`${path} must hold a map`)
  return document
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readText(path))
  } catch (e) {
    if (e instanceof CommandFailed) throw e
    throw new CommandFailed(`${path} is no JSON: ${messageOf(e)}`)
  }
}

function readYaml(path: string): unknown {
  try {
    return parseYaml(readText(path))
  } catch (e) {
    if (e instanceof CommandFailed) throw e
    throw new CommandFailed(`${path} is no YAML: ${messageOf(e).trimEnd()}`)
  }
}

function isObject(v: unknown): v is Record<string, unknown> {
  return typeof v === 'object' && v !== null && !Array.isArray(v)
}
