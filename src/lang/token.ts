// The tokens of TICKscript: their kinds, how error messages call them, how tightly operators bind.
// It knows nothing of how they are found (lexer.ts) or put together (parser.ts).
import type { BinaryOperator, CommentNode } from './ast.ts'

/** The kind is also the name that error messages show, save for `star` (shown as `*`) and `error` (its own text). */
export type TokenKind =
  | 'EOF'
  | 'error'
  | 'var'
  | 'dbrp'
  | 'lambda'
  | 'identifier'
  | 'reference'
  | 'duration'
  | 'number'
  | 'string'
  | 'regex'
  | 'star'
  | 'TRUE'
  | 'FALSE'
  | '.'
  | '|'
  | '@'
  | '='
  | '('
  | ')'
  | '['
  | ']'
  | ','
  | '!'
  | BinaryOperator

export interface Token {
  readonly kind: TokenKind
  /** UTF-16 indices into the source, `end` exclusive. */
  readonly start: number
  readonly end: number
  /** The source text; of an `error` what is wrong with it. */
  readonly text: string
  /** The comment between the token before and this one. */
  readonly comment?: CommentNode | undefined
}

/** How an error message calls a token. */
export function displayName(token: Token): string {
  return token.kind === 'error' ? token.text : token.kind === 'star' ? '*' : token.kind
}

/** What may begin an operand, as messages list it. `==` cannot, but clients know the list with it. */
export const OPERAND_NAMES: readonly string[] = [
  'number',
  'string',
  'duration',
  'identifier',
  'TRUE',
  'FALSE',
  '==',
  '(',
  '-',
  '!',
]

const PRECEDENCE: ReadonlyMap<TokenKind, number> = new Map<BinaryOperator, number>([
  ['OR', 0],
  ['AND', 1],
  ['==', 2],
  ['!=', 2],
  ['=~', 2],
  ['!~', 2],
  ['<', 3],
  ['<=', 3],
  ['>', 3],
  ['>=', 3],
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', 5],
])

/** How tightly a binary operator binds, 0 the loosest; -1 for any other token. */
export function precedence(kind: TokenKind): number {
  return PRECEDENCE.get(kind) ?? -1
}
