// Keys of maps that stand for several texts at once. Texts may hold any character, so no separator can tell where one
// ends; instead the lengths of all come first, as marks, then the texts. Two lists of texts have the same key only when
// they are equal: marks can be told apart from left to right, and a list with more marks but the same beginning would
// need a longer rest, where it has a shorter one.

/** Lengths below this have a mark of one character. */
const SHORT = 255
const MARKS: readonly string[] = Array.from({ length: SHORT }, (_, n) => String.fromCharCode(n))
const LONG = String.fromCharCode(SHORT)

/** Stands for a text's length; no mark is the beginning of another one. */
export function lengthMark(text: string): string {
  const n = text.length
  return n < SHORT ? MARKS[n]! : `${LONG}${n}:`
}

/** The key of a list of texts. */
export function keyOf(texts: readonly string[]): string {
  let marks = ''
  let text = ''
  for (let i = 0; i < texts.length; i++) {
    marks += lengthMark(texts[i]!)
    text += texts[i]!
  }
  return marks + text
}
