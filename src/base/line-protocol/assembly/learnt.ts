// What was learnt: series by the bytes of their keys, and fields as lines have them, one behind the other.
import { marksOf, sameBytes } from './bytes'
import { BACKSLASH, HASH, NEWLINE, SPACE } from '../characters'
import { F_INDEX, LEARNT, MAX_KEY, S_INDEX, USED } from '../line-memory'

/** A series: its fields by their offset, the bytes of its key behind them. */
export const S_NEXT: usize = 0
export const S_FIRST: usize = 4
export const S_LENGTH: usize = 8
export const S_SCOPE: usize = 12
export const S_KEY: usize = 20

/** A field behind those before it; KINDS are the four of the same place and name. */
export const F_PARENT: usize = 0
export const F_NEXT: usize = 4
export const F_SECOND: usize = 8
export const F_LENGTH: usize = 12
export const F_KIND: usize = 16
export const F_SKIPPED: usize = 20
export const F_KINDS: usize = 28
export const F_NAME: usize = 44

/** So many series are looked at for one key; a table that is made to collide is only slow to learn. */
const MAX_PROBES: i32 = 32
const FIRST_SLOTS: i32 = 256

/** Bytes of what was learnt. */
let used: usize = 0
/** The table of series: pairs of hash and address, a power of two of them. */
let slots: usize = 0
let slotCount: i32 = 0
let seriesCount: i32 = 0
/** The scope of the lines that come. */
let scope: i32 = 0
/** Of the last key: its hash, its bytes with the space behind it. */
let hash: i32 = 0
export let keyLength: i32 = 0
/** Whether it may be learnt. */
export let isKey: bool = false

function take(size: usize): usize {
  const p = (usize(LEARNT) + used + 7) & ~7
  const next = p + size
  // Sixteen bytes can be read from the last one on.
  const missing = (next + 64) as i64 - ((memory.size() as i64) << 16)
  if (missing > 0) {
    const pages = ((missing + 0xffff) >> 16) as i32
    if (memory.grow(max(pages, 16)) < 0 && memory.grow(pages) < 0) unreachable()
  }
  used = next - LEARNT
  store<u32>(USED, used as u32)
  return p
}

function makeTable(count: i32): void {
  slots = take((count as usize) << 3)
  slotCount = count
  memory.fill(slots, 0, (count as usize) << 3)
}

/** Forgets everything. */
export function clear(): void {
  used = 0
  seriesCount = 0
  makeTable(FIRST_SLOTS)
}

export function useScope(id: i32): void {
  scope = id
}

function same(p: usize, length: i32, known: usize): bool {
  return load<i32>(known, S_LENGTH) == length && load<i32>(known, S_SCOPE) == scope && sameBytes(known + S_KEY, p, length)
}

/** The series whose key stands at `p`; 0 when it is not known. */
export function seriesAt(p: usize): usize {
  isKey = false
  let q = p
  for (;;) {
    const v = v128.load(q)
    const marks = marksOf(v, SPACE) | marksOf(v, NEWLINE) | marksOf(v, BACKSLASH)
    if (marks == 0) {
      q += 16
      continue
    }
    q += ctz(marks)
    const c = load<u8>(q) as i32
    if (c == SPACE) break
    if (c == NEWLINE) return 0
    // A backslash before another one, or before a newline, means different things to different readers.
    const escaped = load<u8>(q, 1) as i32
    if (escaped == BACKSLASH || escaped == NEWLINE) return 0
    q += 2
  }
  const n = (q + 1 - p) as i32
  if (n == 1 || n > MAX_KEY) return 0
  let h: u64 = (scope as u64) * 0x9e3779b97f4a7c15 + (n as u64)
  let k = 0
  for (; k + 8 <= n; k += 8) {
    h = (h ^ load<u64>(p + k)) * 0x9fb21c651e98df25
    h ^= h >> 32
  }
  if (k < n) {
    h = (h ^ (load<u64>(p + k) << (((8 - (n - k)) as u64) << 3))) * 0x9fb21c651e98df25
    h ^= h >> 32
  }
  hash = h as i32
  keyLength = n
  const mask = slotCount - 1
  let s = hash & mask
  for (let probes = 0; probes < MAX_PROBES; probes++) {
    const slot = slots + ((s as usize) << 3)
    const known = load<u32>(slot, 4) as usize
    if (known == 0) break
    if (load<i32>(slot) == hash && same(p, n, known)) return known
    s = (s + 1) & mask
  }
  const c = load<u8>(p) as i32
  isKey = c != HASH && c != 9 && c != 0
  return 0
}

function place(h: i32, known: usize): void {
  const mask = slotCount - 1
  let s = h & mask
  for (let probes = 0; probes < MAX_PROBES; probes++) {
    const slot = slots + ((s as usize) << 3)
    if (load<u32>(slot, 4) == 0) {
      store<i32>(slot, h)
      store<u32>(slot, known as u32, 4)
      return
    }
    s = (s + 1) & mask
  }
}

/** Takes in the series of the last key, which stands at `key`; its lines begin with a field behind `root`. */
export function keepSeries(key: usize, root: usize, index: i32): usize {
  const p = take(S_KEY + keyLength)
  store<u32>(p, 0, S_NEXT)
  store<u32>(p, root as u32, S_FIRST)
  store<i32>(p, keyLength, S_LENGTH)
  store<i32>(p, scope, S_SCOPE)
  store<i32>(p, index, S_INDEX)
  memory.copy(p + S_KEY, key, keyLength)
  seriesCount++
  if (seriesCount * 2 > slotCount) {
    const old = slots
    const count = slotCount
    makeTable(count * 2)
    for (let s = 0; s < count; s++) {
      const slot = old + ((s as usize) << 3)
      const known = load<u32>(slot, 4)
      if (known != 0) place(load<i32>(slot), known)
    }
  }
  place(hash, p)
  return p
}

/** What stands for the line before the first one of a scope. */
export function addStart(): usize {
  const p = take(S_KEY)
  memory.fill(p, 0, S_KEY)
  return p
}

/** Lets all series of a scope begin anew at the root of the fields. */
export function forgetFields(id: i32): void {
  for (let s = 0; s < slotCount; s++) {
    const known = load<u32>(slots + ((s as usize) << 3), 4) as usize
    if (known != 0 && load<i32>(known, S_SCOPE) == id) store<u32>(known, 0, S_FIRST)
  }
}

/** The field behind which the series' lines begin. */
export function setFirst(known: usize, root: usize): void {
  store<u32>(known, root as u32, S_FIRST)
}

/** A field whose name and `=` are the `n` bytes at `name`; without a parent the root of a tree. */
export function addField(parent: usize, name: usize, n: i32, kind: i32, skipped: i32, index: i32): usize {
  const p = take(F_NAME + n)
  memory.fill(p, 0, F_NAME)
  store<u32>(p, parent as u32, F_PARENT)
  store<i32>(p, n, F_LENGTH)
  store<i32>(p, kind, F_KIND)
  store<i32>(p, skipped, F_SKIPPED)
  store<i32>(p, index, F_INDEX)
  store<u32>(p + (kind << 2), p as u32, F_KINDS)
  memory.copy(p + F_NAME, name, n)
  return p
}

/** The same field in another kind. */
export function addKind(twin: usize, kind: i32, index: i32): usize {
  const p = addField(load<u32>(twin, F_PARENT), twin + F_NAME, load<i32>(twin, F_LENGTH), kind, load<i32>(twin, F_SKIPPED), index)
  for (let k = 0; k < 4; k++) {
    const other = load<u32>(twin + (k << 2), F_KINDS) as usize
    if (other == 0) continue
    store<u32>(p + (k << 2), other as u32, F_KINDS)
    store<u32>(other + (kind << 2), p as u32, F_KINDS)
  }
  return p
}

/** The field that is tried first behind `parent`. */
export function setNext(parent: usize, next: usize): void {
  const last = load<u32>(parent, F_NEXT) as usize
  if (last == next) return
  store<u32>(parent, last as u32, F_SECOND)
  store<u32>(parent, next as u32, F_NEXT)
}

@inline
export function isField(p: usize, known: usize): bool {
  return sameBytes(known + F_NAME, p, load<i32>(known, F_LENGTH))
}

/** The field at `p`, if it is one of the last two that came behind `parent`. */
export function guessAt(parent: usize, p: usize): usize {
  const next = load<u32>(parent, F_NEXT) as usize
  if (next != 0 && isField(p, next)) return next
  const second = load<u32>(parent, F_SECOND) as usize
  if (second == 0 || !isField(p, second)) return 0
  setNext(parent, second)
  return second
}
