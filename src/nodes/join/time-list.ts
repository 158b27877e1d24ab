// A list of things in the order of their times, each time once: appended at the end and taken from the front at no cost,
// found and put in between by halving. It is plain data in short pieces, so that even a million things in reversed
// order go in quickly.
import type { Time } from '../../base/time.ts'

/** Things of one piece; a full piece is halved. */
const PIECE = 512

/** The oldest stands at pieces[0][head]; what stands before it is spent. */
export type TimeList<T extends Time> = { pieces: (T | null)[][]; head: number; size: number }

export function newTimeList<T extends Time>(): TimeList<T> {
  return { pieces: [emptyPiece()], head: 0, size: 0 }
}

/** Not `[]`: V8 takes that for an array of numbers, and throws away what it has compiled when something else comes in. */
function emptyPiece<T>(): (T | null)[] {
  const piece = [null]
  piece.pop()
  return piece
}

export function oldest<T extends Time>(list: TimeList<T>): T | undefined {
  return list.size === 0 ? undefined : list.pieces[0]![list.head]!
}

/** The one after the oldest. */
export function second<T extends Time>(list: TimeList<T>): T | undefined {
  if (list.size < 2) return undefined
  const piece = list.pieces[0]!
  return list.head + 1 < piece.length ? piece[list.head + 1]! : list.pieces[1]![0]!
}

/** Whether a time is later than all that are there. */
export function isLatest<T extends Time>({ pieces, size }: TimeList<T>, sec: number, ns: number): boolean {
  if (size === 0) return true
  const piece = pieces[pieces.length - 1]!
  return isBefore(piece[piece.length - 1]!, sec, ns)
}

/** Puts a thing at the end; its time must be the latest. */
export function append<T extends Time>(list: TimeList<T>, thing: T): void {
  const { pieces } = list
  list.size++
  const piece = pieces[pieces.length - 1]
  if (piece !== undefined && piece.length < PIECE) piece.push(thing)
  else pieces.push([thing])
}

/** Takes the oldest off; there must be one. */
export function dropOldest<T extends Time>(list: TimeList<T>): void {
  list.size--
  const piece = list.pieces[0]!
  if (list.size === 0 && list.head === 0) {
    // The usual case of a join in step: the array stays for the next.
    piece.pop()
    return
  }
  piece[list.head++] = null
  if (list.head < piece.length) return
  list.head = 0
  if (list.size === 0) list.pieces[0] = emptyPiece()
  else list.pieces.shift()
}

function isBefore(a: Time, sec: number, ns: number): boolean {
  return a.sec < sec || (a.sec === sec && a.ns < ns)
}

/** Where `find` looked last: the piece, and the place in it that the time has or would have. */
let atPiece = 0
let atPlace = 0

/** The thing of this time. `add` takes over the place that a vain search came to. */
export function find<T extends Time>(list: TimeList<T>, sec: number, ns: number): T | undefined {
  const { pieces, size } = list
  if (size === 0) {
    atPiece = pieces.length - 1
    atPlace = 0
    return undefined
  }
  const front = pieces[0]![list.head]!
  if (front.sec === sec && front.ns === ns) {
    atPiece = 0
    atPlace = list.head
    return front
  }
  const lastPiece = pieces[pieces.length - 1]!
  const last = lastPiece[lastPiece.length - 1]!
  if (isBefore(last, sec, ns)) {
    atPiece = pieces.length - 1
    atPlace = lastPiece.length
    return undefined
  }
  // The last piece that begins at or before the time.
  let low = 0
  let high = pieces.length - 1
  while (low < high) {
    const mid = (low + high + 1) >> 1
    const begin = pieces[mid]![0]!
    if (begin.sec < sec || (begin.sec === sec && begin.ns <= ns)) low = mid
    else high = mid - 1
  }
  const piece = pieces[low]!
  let from = low === 0 ? list.head : 0
  let to = piece.length
  while (from < to) {
    const mid = (from + to) >> 1
    if (isBefore(piece[mid]!, sec, ns)) from = mid + 1
    else to = mid
  }
  atPiece = low
  atPlace = from
  const there = from < piece.length ? piece[from]! : undefined
  return there && there.sec === sec && there.ns === ns ? there : undefined
}

/** Puts a thing in whose time `find` has just been asked for, in vain. */
export function add<T extends Time>(list: TimeList<T>, thing: T): void {
  const { pieces } = list
  list.size++
  if (pieces.length === 0) {
    pieces.push([thing])
    return
  }
  const piece = pieces[atPiece]!
  if (atPlace === piece.length) {
    if (piece.length < PIECE) piece.push(thing)
    else pieces.splice(atPiece + 1, 0, [thing])
    return
  }
  if (atPiece === 0 && list.head > 0 && atPlace === list.head) {
    piece[--list.head] = thing
    return
  }
  piece.splice(atPlace, 0, thing)
  if (piece.length <= PIECE) return
  const half = piece.length >> 1
  // Spent places stay in the first half, where `head` counts them.
  if (atPiece === 0 && list.head >= half) {
    pieces[0] = piece.slice(list.head)
    list.head = 0
  } else pieces.splice(atPiece + 1, 0, piece.splice(half))
}

/** Puts a thing in the place of the one that `find` has just found. */
export function replace<T extends Time>(list: TimeList<T>, thing: T): void {
  list.pieces[atPiece]![atPlace] = thing
}

/** All things, oldest first. */
export function* each<T extends Time>(list: TimeList<T>): Iterable<T> {
  for (let i = 0; i < list.pieces.length; i++) {
    const piece = list.pieces[i]!
    for (let j = i === 0 ? list.head : 0; j < piece.length; j++) yield piece[j]!
  }
}
