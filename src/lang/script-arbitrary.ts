// Random scripts for property tests: from the grammar, with blanks, line ends and comments between the tokens.
// For tests only; nothing of the product imports it.
import fc from 'fast-check'

/** A token, and whether a comment may stand before it: behind a comment no sign of an operator is known. */
type Piece = string | { readonly sign: string }
type Pieces = readonly Piece[]

const name = fc.constantFrom<Piece>('a', 'stream', 'größe', 'lambda', 'x1')
const string = fc.constantFrom<Piece>("'s'", "''", "'it\\'s'", "'''t'''", "'two\nlines'", "'a//b'")
const literal = fc.constantFrom<Piece>(
  '1',
  '0',
  '0644',
  '.5',
  '1.',
  '9223372036854775807',
  '10m',
  '1500ms',
  'TRUE',
  '"r"',
  '"q\\"r"',
)
const sign = fc.constantFrom<Piece>(
  ...['==', '!=', '<', '<=', '>', '>=', '+', '*', '/', '%'].map((sign) => ({ sign })),
  'AND',
  'OR',
  '-',
)

function sequence(...parts: readonly (Piece | fc.Arbitrary<Pieces>)[]): fc.Arbitrary<Pieces> {
  const arbitraries = parts.map((part) => (part instanceof fc.Arbitrary ? part : fc.constant<Pieces>([part])))
  return fc.tuple(...arbitraries).map((pieces) => pieces.flat())
}

function one(arbitrary: fc.Arbitrary<Piece>): fc.Arbitrary<Pieces> {
  return arbitrary.map((piece) => [piece])
}

/** Items with commas between them, one after the last at times; of the last another kind. */
function separated(item: fc.Arbitrary<Pieces>, last: fc.Arbitrary<Pieces>): fc.Arbitrary<Pieces> {
  const items = fc.tuple(fc.array(item, { maxLength: 2 }), last, fc.boolean())
  const some = items.map(([first, end, comma]) => [
    ...first.flatMap((pieces) => [...pieces, ',']),
    ...end,
    ...(comma ? [','] : []),
  ])
  return fc.oneof(fc.constant<Pieces>([]), some)
}

type Grammar = {
  readonly primary: Pieces
  readonly operation: Pieces
  readonly plainArgument: Pieces
  readonly argument: Pieces
  readonly chain: Pieces
}

const { operation, plainArgument, argument, chain } = fc.letrec<Grammar>((tie) => ({
  primary: fc.oneof(
    { maxDepth: 4 },
    one(fc.oneof(literal, string, name)),
    sequence('(', tie('operation'), ')'),
    sequence('-', tie('primary')),
    sequence('!', tie('primary')),
    sequence(one(name), '(', separated(tie('operation'), tie('operation')), ')'),
  ),
  operation: fc.oneof(
    { maxDepth: 4 },
    tie('primary'),
    sequence(tie('primary'), one(sign), tie('primary')),
    sequence(tie('operation'), one(sign), tie('operation')),
    sequence('(', tie('primary'), { sign: '=~' }, '/x\\/y/', ')'),
    sequence(tie('primary'), { sign: '!~' }, '/^\\d+$/', 'AND', tie('operation')),
  ),
  plainArgument: fc.oneof(
    tie('operation'),
    sequence('lambda:', tie('operation')),
    sequence('[', separated(one(fc.oneof(name, string, fc.constant<Piece>('*'))), one(string)), ']'),
    fc.constant<Pieces>(['*']),
    fc.constant<Pieces>(['/x/']),
  ),
  argument: fc.oneof({ maxDepth: 3 }, tie('plainArgument'), tie('chain')),
  chain: fc.oneof(
    { maxDepth: 3 },
    sequence(one(name), '|', one(name), '(', ')'),
    sequence(tie('chain'), '|', one(name), '(', separated(tie('plainArgument'), tie('argument')), ')'),
    sequence(tie('chain'), '.', one(name), '(', separated(tie('plainArgument'), tie('argument')), ')'),
    sequence(tie('chain'), '@', one(name), '(', ')'),
    sequence(tie('chain'), '.', one(name)),
  ),
}))

const statement = fc.oneof(
  sequence('var', one(name), { sign: '=' }, fc.oneof(argument, plainArgument)),
  sequence('var', one(name), 'int'),
  sequence('dbrp', '"d"', '.', '"r\\"p"'),
  chain,
  // A parenthesis at its beginning would make a call of a name at the end of the statement before.
  sequence(one(literal), one(sign), operation),
)

const gap = fc.oneof(
  { arbitrary: fc.constantFrom(' ', ' ', '\n', '\t ', '\r\n', '\n\n'), weight: 8 },
  fc.constantFrom(' // one\n', '\n//two\n  //  three\n', '\n// four\n\n//\n', ' // var x = 3 → "é\r\n'),
)

/** Scripts that format to the same text again. A comment may end them. */
export const stableScript: fc.Arbitrary<string> = fc
  .array(statement, { maxLength: 4 })
  .chain((statements) => {
    const pieces = statements.flat()
    return fc.tuple(fc.constant(pieces), fc.array(gap, { minLength: pieces.length + 1, maxLength: pieces.length + 1 }))
  })
  .map(([pieces, gaps]) =>
    [...pieces, '']
      .map((piece, i) => (typeof piece === 'string' ? gaps[i] + piece : gaps[i]!.replace(/\S.*/s, '') + piece.sign))
      .join(''),
  )

const SOUP =
  "a f( stream var dbrp lambda: AND OR TRUE 1 .5 5m 07 's' '''t''' \"r\" /x/ * - ! + == =~ < ( ) [ ] , | . @ (a) (*) (/x/) |x() .y()".split(
    ' ',
  )

/** Tokens in any order, and scripts of the grammar: most of the former do not parse. */
export const anyScript: fc.Arbitrary<string> = fc.oneof(
  stableScript,
  fc
    .array(fc.tuple(fc.constantFrom(...SOUP), fc.constantFrom(' ', '', '\n', '// c\n', '\n// c\n\n')), { maxLength: 9 })
    .map((pieces) => pieces.flat().join('')),
)
