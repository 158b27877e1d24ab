// What people usually mean when they write something that TICKscript does not have.
// It only words help; whether something is wrong is decided elsewhere.
import type { Token } from './token.ts'

/** A sentence of help for a token that does not fit, or undefined. */
export function hintFor(source: string, token: Token, expected: readonly string[]): string | undefined {
  const next = source.slice(token.start, token.start + 2)
  if (token.kind === 'error') return errorHint(token.text, next)
  const before = source.slice(0, token.start).trimEnd()
  if (token.kind === '|' && before.endsWith('|')) return 'Write OR: TICKscript spells its logical operators as words.'
  if (expected.length === 1 && expected[0] === '(' && /\|\s*\S+$/.test(lastLine(before))) {
    return 'After | a call is needed: |name().'
  }
  if (expected.length === 1 && expected[0] === 'reference') return 'Names are in double quotes here: dbrp "db"."rp".'
  if (token.kind === '=' && expected.length > 1) return 'Compare with ==, or define a name with var name = value.'
  if (expected.includes('identifier') && expected.includes('*') && expected.length === 3) {
    return "A list holds strings in single quotes, names of vars and * only: ['a', 'b', *]."
  }
  if (token.kind === 'lambda') return 'A lambda cannot stand inside another; give it a name with var and use the name.'
  if (token.kind === '/' && expected.length > 1) return 'A regex can only stand to the right of =~ or !~.'
  return undefined
}

function errorHint(text: string, next: string): string | undefined {
  if (text === 'unterminated string') return "Close the string with ', and write ' inside it as \\'."
  if (text === 'unterminated field reference') return 'Close the reference with ".'
  if (text === 'unterminated regex') return 'Close the regex with /, and write / inside it as \\/.'
  if (text === 'multiple decimals in number') return 'A number has one decimal point at most.'
  if (next === '&&') return 'Write AND: TICKscript spells its logical operators as words.'
  if (next.startsWith(';')) return 'Statements need no sign between them.'
  if (next.startsWith('#')) return 'A comment begins with //.'
  if (next.startsWith(':')) return 'lambda: is one word, without a space before the colon.'
  if (/^[_$][\p{L}\p{Nd}_]/u.test(next)) return 'A name begins with a letter.'
  if (/^[=<>+%]/.test(next)) return 'An operand is missing before the operator.'
  return undefined
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1)
}
