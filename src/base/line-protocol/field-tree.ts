// Field layouts as lines have them: a tree whose branches are a line's fields in its own order, name and kind each.
// The node where a line ends knows its layout. One root for each set of fields that are read. Bounded; knows nothing of
// values.
import { keyOf } from '../text-key.ts'
import { type ByteArena, sameBytes } from './byte-arena.ts'
import { BACKSLASH, COMMA, EQUALS, NEWLINE, rawTextOf, SPACE, TAB, textOf } from './bytes.ts'
import { unescapeName } from './escapes.ts'
import type { FieldNames } from './fields-read.ts'
import type { Layout } from './layout.ts'

/** The kinds of a line's values by number: what the parser counts in. */
export const FLOAT = 0
export const INT = 1
export const STRING = 2
export const BOOL = 3

/** Longer names and lines with more fields are read without being remembered. */
export const MAX_NAME_BYTES = 1_024
export const MAX_FIELDS = 256

export class FieldNode {
  readonly parent: FieldNode | undefined
  readonly name: string
  readonly kind: number
  /** Bytes of the arena: the name and its `=`. */
  readonly at: number
  readonly length: number
  readonly depth: number
  /** The fields that are read of such lines. */
  readonly read: FieldNames
  /** Nobody reads it: it is in no layout, and its kind is of no interest. */
  readonly skipped: boolean
  /** The fields that followed the last two times: tried first. */
  next: FieldNode | undefined
  second: FieldNode | undefined
  /** The same place and name in its four kinds. */
  readonly kinds: (FieldNode | undefined)[]
  children: Map<string, FieldNode> | undefined
  layout: Layout | undefined

  constructor(
    parent: FieldNode | undefined,
    name: string,
    kind: number,
    at: number,
    length: number,
    kinds: (FieldNode | undefined)[],
    read: FieldNames,
  ) {
    this.parent = parent
    this.name = name
    this.kind = kind
    this.at = at
    this.length = length
    this.depth = parent ? parent.depth + 1 : 0
    this.read = read
    this.skipped = read !== undefined && !read.has(name)
    this.next = undefined
    this.second = undefined
    this.kinds = kinds
    this.children = undefined
    this.layout = undefined
    kinds[kind] = this
  }
}

function rootOf(read: FieldNames): FieldNode {
  return new FieldNode(undefined, '', FLOAT, 0, 0, [], read)
}

export class FieldTree {
  readonly #arena: ByteArena
  readonly #max: number
  #root = rootOf(undefined)
  readonly #roots = new Map<string, FieldNode>()
  /** How many fields it remembers. */
  size = 0
  #misses = 0

  constructor(arena: ByteArena, max: number) {
    this.#arena = arena
    this.#max = max
  }

  /** True when so many fields found no room that beginning anew pays. */
  get worn(): boolean {
    return this.#misses > this.#max
  }

  /** The root of lines of which these fields are read; where there is no room for one, that of lines read as a whole. */
  root(read: FieldNames): FieldNode {
    if (!read) return this.#root
    const key = keyOf([...read].sort())
    let root = this.#roots.get(key)
    if (!root) {
      if (this.size >= this.#max) return this.#root
      root = rootOf(read)
      this.#roots.set(key, root)
      this.size++
    }
    return root
  }

  clear(): void {
    this.#root = rootOf(undefined)
    this.#roots.clear()
    this.size = 0
    this.#misses = 0
  }

  /**
   * The field at `i` as a child of `parent`, made when it is new; undefined when its name is not of the common form or the
   * tree is full. Its kind is a guess.
   */
  find(parent: FieldNode, b: Uint8Array, bytes: DataView, i: number): FieldNode | undefined {
    const second = parent.second
    if (second && sameBytes(this.#arena.view, second.at, second.length, bytes, i)) {
      parent.second = parent.next
      parent.next = second
      return second
    }
    const end = findNameEnd(b, i)
    if (end < 0 || parent.depth >= MAX_FIELDS) return undefined
    const raw = rawTextOf(b, i, end)
    let node = parent.children?.get(raw)
    if (!node) {
      if (this.size >= this.#max || !this.#arena.hasRoom(end - i)) {
        this.#misses++
        return undefined
      }
      node = new FieldNode(
        parent,
        unescapeName(textOf(b, i, end)),
        FLOAT,
        this.#arena.add(b, i, end + 1),
        end + 1 - i,
        [],
        parent.read,
      )
      parent.children ??= new Map()
      parent.children.set(raw, node)
      this.size++
    }
    parent.second = parent.next
    parent.next = node
    return node
  }

  /** The node of the same field in another kind. */
  ofKind(node: FieldNode, kind: number): FieldNode {
    let other = node.kinds[kind]
    if (!other) {
      other = new FieldNode(node.parent, node.name, kind, node.at, node.length, node.kinds, node.read)
      this.size++
    }
    node.parent!.next = other
    return other
  }
}

/** The index of the `=` behind the name at `i`; −1 when the strict reader has to look. */
function findNameEnd(b: Uint8Array, i: number): number {
  const limit = Math.min(b.length, i + MAX_NAME_BYTES)
  if (i < limit && (b[i] === TAB || b[i] === 0)) return -1
  for (let k = i; k < limit; k++) {
    const c = b[k]!
    if (c === EQUALS) return k === i ? -1 : k
    if (c === SPACE || c === COMMA || c === NEWLINE) return -1
    if (c === BACKSLASH) {
      const escaped = b[++k]
      if (escaped === BACKSLASH || escaped === NEWLINE) return -1
    }
  }
  return -1
}
