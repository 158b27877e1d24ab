// Field layouts as lines have them: a tree whose branches are a line's fields in its own order, name and kind each.
// The node where a line ends knows its layout. One root for each set of fields that are read. Bounded; knows nothing of
// values. The line reader has the same tree in its memory and walks along it; here stands what it asks for.
import { keyOf } from '../text-key.ts'
import { rawTextOf, textOf } from './bytes.ts'
import { BACKSLASH, COMMA, EQUALS, NEWLINE, SPACE, TAB } from './characters.ts'
import { unescapeName } from './escapes.ts'
import type { FieldNames } from './fields-read.ts'
import type { Layout } from './layout.ts'
import { F_INDEX, FLOAT, MAX_FIELDS } from './line-memory.ts'
import type { LineReader } from './line-reader.ts'

/** Longer names are read without being remembered. */
const MAX_NAME_BYTES = 1_024

export class FieldNode {
  readonly parent: FieldNode | undefined
  readonly name: string
  readonly kind: number
  /** Where the line reader has it. */
  readonly address: number
  readonly depth: number
  /** The fields that are read of such lines. */
  readonly read: FieldNames
  /** Nobody reads it: it is in no layout, and its kind is of no interest. */
  readonly skipped: boolean
  children: Map<string, FieldNode> | undefined
  layout: Layout | undefined

  constructor(parent: FieldNode | undefined, name: string, kind: number, address: number, read: FieldNames) {
    this.parent = parent
    this.name = name
    this.kind = kind
    this.address = address
    this.depth = parent ? parent.depth + 1 : 0
    this.read = read
    this.skipped = isSkipped(read, name)
    this.children = undefined
    this.layout = undefined
  }
}

function isSkipped(read: FieldNames, name: string): boolean {
  return read !== undefined && !read.has(name)
}

export class FieldTree {
  readonly #reader: LineReader
  readonly #max: number
  /** Whether so many bytes more may be learnt. */
  readonly #hasRoom: (bytes: number) => boolean
  #nodes: FieldNode[] = []
  #root: FieldNode | undefined
  readonly #roots = new Map<string, FieldNode>()
  #misses = 0

  constructor(reader: LineReader, max: number, hasRoom: (bytes: number) => boolean) {
    this.#reader = reader
    this.#max = max
    this.#hasRoom = hasRoom
  }

  /** True when so many fields found no room that beginning anew pays. */
  get worn(): boolean {
    return this.#misses > this.#max
  }

  /** Forgets everything; the line reader must have done so. */
  clear(): void {
    this.#nodes = []
    this.#root = undefined
    this.#roots.clear()
    this.#misses = 0
  }

  /** The node that the line reader calls by that number. */
  node(index: number): FieldNode {
    return this.#nodes[index]!
  }

  /** The node that stands there in the line reader's memory. */
  nodeAt(address: number): FieldNode {
    return this.#nodes[this.#reader.words[(address + F_INDEX) >> 2]!]!
  }

  /** The root of lines of which these fields are read; where there is no room for one, that of lines read as a whole. */
  root(read: FieldNames): FieldNode {
    if (!read) return (this.#root ??= this.#addRoot(undefined))
    const key = keyOf([...read].sort())
    let root = this.#roots.get(key)
    if (!root) {
      if (this.#nodes.length >= this.#max) return this.root(undefined)
      root = this.#addRoot(read)
      this.#roots.set(key, root)
    }
    return root
  }

  #addRoot(read: FieldNames): FieldNode {
    const address = this.#reader.code.addField(0, 0, 0, FLOAT, 0, this.#nodes.length)
    return this.#keep(new FieldNode(undefined, '', FLOAT, address, read))
  }

  #keep(node: FieldNode): FieldNode {
    this.#nodes.push(node)
    this.#reader.refresh()
    return node
  }

  /**
   * Lets the field at `i` be the next behind `parent`, made when it is new; false when its name is not of the common form or
   * the tree is full. Its kind is a guess.
   */
  add(parent: FieldNode, i: number): boolean {
    const { bytes, code } = this.#reader
    const end = findNameEnd(bytes, i)
    if (end < 0 || parent.depth >= MAX_FIELDS) return false
    const raw = rawTextOf(bytes, i, end)
    let node = parent.children?.get(raw)
    if (!node) {
      if (this.#nodes.length >= this.#max || !this.#hasRoom(end - i)) {
        this.#misses++
        return false
      }
      const name = unescapeName(textOf(bytes, i, end))
      const skipped = isSkipped(parent.read, name) ? 1 : 0
      const address = code.addField(parent.address, i, end + 1 - i, FLOAT, skipped, this.#nodes.length)
      node = this.#keep(new FieldNode(parent, name, FLOAT, address, parent.read))
      parent.children ??= new Map()
      parent.children.set(raw, node)
    }
    code.setNext(parent.address, node.address)
    return true
  }

  /** Makes the node of the same field in another kind. */
  addKind(node: FieldNode, kind: number): void {
    const { code } = this.#reader
    const address = code.addKind(node.address, kind, this.#nodes.length)
    this.#keep(new FieldNode(node.parent, node.name, kind, address, node.read))
    code.setNext(node.parent!.address, address)
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
