// RFC 6902 JSON Patch over plain JSON values: add, remove, replace, move, copy, test. The document is never changed;
// a patched copy is given. Knows nothing of what the document is.

/** A patch that can't be read or applied. */
export class PatchError extends Error {
  override name = 'PatchError'
}

type Json = unknown
type Container = Json[] | Record<string, Json>

/** Applies the operations in order. Throws PatchError; then nothing has happened. */
export function applyPatch(document: Json, operations: Json): Json {
  if (!Array.isArray(operations)) throw new PatchError('a patch is a list of operations')
  let result = structuredClone(document)
  let copied = 0
  for (const operation of operations as Json[]) {
    result = applyOne(result, operation, (value) => {
      copied += valuesIn(value)
      if (copied > MAX_COPIED) throw new PatchError('the patch copies too much')
      return structuredClone(value)
    })
  }
  return result
}

/** Values that all copies of a patch may make: a document that is copied into itself doubles each time. */
const MAX_COPIED = 100_000

function valuesIn(value: Json): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((n: number, v: Json) => n + valuesIn(v), 1)
}

function applyOne(document: Json, operation: Json, copyOf: (value: Json) => Json): Json {
  if (typeof operation !== 'object' || operation === null) throw new PatchError('an operation is an object')
  const { op, path, from, value } = operation as Record<string, Json>
  if (typeof path !== 'string') throw new PatchError('an operation needs a path')
  const needsValue = op === 'add' || op === 'replace' || op === 'test'
  if (needsValue && !('value' in operation)) throw new PatchError(`${op} ${path} needs a value`)
  switch (op) {
    case 'add':
      return add(document, path, value)
    case 'remove':
      return remove(document, path).document
    case 'replace': {
      if (path === '') return value
      get(document, path)
      const at = remove(document, path)
      return add(at.document, path, value)
    }
    case 'move': {
      if (typeof from !== 'string') throw new PatchError('move needs a from')
      if (path === from) return document
      if (path.startsWith(`${from}/`)) throw new PatchError(`${from} can't be moved into itself`)
      const at = remove(document, from)
      return add(at.document, path, at.removed)
    }
    case 'copy':
      if (typeof from !== 'string') throw new PatchError('copy needs a from')
      return add(document, path, copyOf(get(document, from)))
    case 'test':
      if (!isEqual(get(document, path), value)) throw new PatchError(`testing value ${path} failed`)
      return document
    default:
      throw new PatchError(`unexpected kind of operation: ${JSON.stringify(op)}`)
  }
}

function parse(pointer: string): string[] {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) throw new PatchError(`${pointer} is no JSON pointer`)
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function child(container: Json, key: string, pointer: string): Json {
  if (Array.isArray(container)) return container[index(container, key, container.length - 1, pointer)]
  if (isObject(container) && Object.hasOwn(container, key)) return container[key]
  throw new PatchError(`${pointer} is not there`)
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function index(list: readonly Json[], key: string, last: number, pointer: string): number {
  const at = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN
  if (!(at <= last)) throw new PatchError(`${pointer}: no index ${key} in a list of ${list.length}`)
  return at
}

function get(document: Json, pointer: string): Json {
  let value = document
  for (const key of parse(pointer)) value = child(value, key, pointer)
  return value
}

function parentOf(document: Json, pointer: string): { parent: Container; key: string } {
  const keys = parse(pointer)
  const key = keys.pop()!
  let parent = document
  for (const k of keys) parent = child(parent, k, pointer)
  if (typeof parent !== 'object' || parent === null) throw new PatchError(`${pointer} is not there`)
  return { parent: parent as Container, key }
}

function add(document: Json, pointer: string, value: Json): Json {
  if (pointer === '') return value
  const { parent, key } = parentOf(document, pointer)
  if (Array.isArray(parent)) {
    const at = key === '-' ? parent.length : index(parent, key, parent.length, pointer)
    parent.splice(at, 0, value)
  } else Object.defineProperty(parent, key, { value, enumerable: true, writable: true, configurable: true })
  return document
}

function remove(document: Json, pointer: string): { document: Json; removed: Json } {
  if (pointer === '') return { document: null, removed: document }
  const { parent, key } = parentOf(document, pointer)
  const removed = child(parent, key, pointer)
  if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else delete parent[key]
  return { document, removed }
}

function isEqual(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => isEqual(x, b[i]))
  if (!isObject(a) || !isObject(b)) return a === b
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((k) => Object.hasOwn(b, k) && isEqual(a[k], b[k]))
}
