// From the text of a script to its tree: statements, and the entry points of the parser.
// It checks syntax only; names, types and pipelines are the affair of whoever evaluates the tree.
import type { DbrpNode, DeclarationNode, LambdaNode, Node, Program, ReferenceNode, TypeDeclarationNode } from './ast.ts'
import { type Diagnostic, ScriptError } from './diagnostic.ts'
import { ParseCursor, SyntaxFailure } from './parse-cursor.ts'
import { beginsStatement, ExpressionParser, referenceName, type ValidateRegex } from './parse-expression.ts'

export interface ParseOptions {
  /** Checks every regex literal; without it any pattern passes. */
  readonly validateRegex?: ValidateRegex | undefined
}

export interface ParseResult {
  /** What could be read; complete only if there are no diagnostics. */
  readonly program: Program
  /** In the order of the script, at most 20. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Parses a script and reports all faults it finds. Never throws for what stands in the source. */
export function parse(source: string, options: ParseOptions = {}): ParseResult {
  const cursor = new ParseCursor(source)
  const expressions = new ExpressionParser(cursor, options.validateRegex)
  const statements: Node[] = []
  while (!cursor.is('EOF')) {
    const start = cursor.token.start
    try {
      statements.push(statement(cursor, expressions))
    } catch (failure) {
      if (!(failure instanceof SyntaxFailure)) throw failure
      if (failure.final) break
      resumeAtStatement(cursor, start)
    }
  }
  const comment = cursor.is('EOF') ? cursor.takeComment() : undefined
  if (comment) statements.push(comment)
  return {
    program: { type: 'program', pos: 0, end: source.length, statements },
    diagnostics: cursor.diagnostics,
  }
}

/** Parses a script; throws a ScriptError with all faults if there are any. */
export function parseOrThrow(source: string, options: ParseOptions = {}): Program {
  const { program, diagnostics } = parse(source, options)
  if (diagnostics.length > 0) throw new ScriptError(diagnostics)
  return program
}

/** Parses what stands after `lambda:`; throws a ScriptError. Offsets count from the beginning of the text. */
export function parseLambda(text: string, options: ParseOptions = {}): LambdaNode {
  const cursor = new ParseCursor(text)
  try {
    const expression = new ExpressionParser(cursor, options.validateRegex).primaryExpression()
    if (!cursor.is('EOF')) cursor.unexpected(['EOF'])
    if (cursor.diagnostics.length === 0) return { type: 'lambda', pos: 0, end: text.length, expression }
  } catch (failure) {
    if (!(failure instanceof SyntaxFailure)) throw failure
  }
  throw new ScriptError(cursor.diagnostics)
}

function statement(cursor: ParseCursor, expressions: ExpressionParser): Node {
  if (cursor.is('var')) return declaration(cursor, expressions)
  if (cursor.is('dbrp')) return dbrp(cursor)
  return expressions.expression()
}

function declaration(cursor: ParseCursor, expressions: ExpressionParser): DeclarationNode | TypeDeclarationNode {
  const before = cursor.takeComment()
  const pos = cursor.advance().start
  const name = cursor.expect('identifier')
  const left = { type: 'identifier', pos: name.start, end: name.end, name: name.text } as const
  if (!cursor.is('=')) {
    const type = cursor.expect('identifier')
    const comment = cursor.joinComments(before, cursor.takeSkippedComment())
    const varType = { type: 'identifier', pos: type.start, end: type.end, name: type.text } as const
    return { type: 'typeDeclaration', pos, end: type.end, node: left, varType, comment }
  }
  cursor.advance()
  const comment = cursor.joinComments(before, cursor.takeSkippedComment())
  const right = expressions.expression()
  return { type: 'declaration', pos, end: cursor.lastEnd, left, right, comment }
}

function dbrp(cursor: ParseCursor): DbrpNode {
  const before = cursor.takeComment()
  const pos = cursor.advance().start
  const db = reference(cursor)
  cursor.expect('.')
  const rp = reference(cursor)
  return { type: 'dbrp', pos, end: rp.end, db, rp, comment: cursor.joinComments(before, cursor.takeSkippedComment()) }
}

function reference(cursor: ParseCursor): ReferenceNode {
  const { start: pos, end, text } = cursor.expect('reference')
  return { type: 'reference', pos, end, name: referenceName(text) }
}

/** Goes to where the next statement seems to begin: a word that only begins statements, or a name at a line's left end. */
function resumeAtStatement(cursor: ParseCursor, start: number): void {
  const column = columnOf(cursor.source, start)
  if (cursor.token.start === start) cursor.advance()
  cursor.skipUntil((token) => {
    if (beginsStatement(token.kind)) return true
    return token.kind === 'identifier' && cursor.isFirstOnLine(token) && columnOf(cursor.source, token.start) <= column
  })
  cursor.brackets = 0
}

function columnOf(source: string, offset: number): number {
  return offset - source.lastIndexOf('\n', offset - 1) - 1
}
