// The codes of what the parser finds wrong with scripts, each with the sentence that documentation has for it.
// What evaluation finds has codes of its own.

export const SYNTAX_CODES = {
  'bad-number': 'A number, duration or octal cannot be read, or is larger than 64 bits hold.',
  'bad-regex': 'A regular expression cannot be compiled; it has the syntax of RE2.',
  'bad-token': 'A character or an unfinished text stands where nothing can begin with it.',
  'duration-overflow': 'A duration has more nanoseconds than 64 bits hold.',
  'too-deep': 'Expressions are nested more deeply than the parser follows.',
  'unexpected-token': 'The script goes on with something other than what may stand there.',
} as const satisfies Readonly<Record<string, string>>

export type SyntaxCode = keyof typeof SYNTAX_CODES
