// The codes of what evaluation finds wrong with scripts, each with the sentence that documentation has for it.
// What is found by the parser has codes of its own.

export const FAULT_CODES = {
  'argument-count': 'A call has more or fewer arguments than it takes.',
  'argument-type': 'An argument is of another type than the one that is wanted; nothing is converted.',
  'argument-value': 'An argument is of the right type, but cannot be taken.',
  call: 'The node cannot be called here, such as a window on batches.',
  constant: 'An operation outside of lambdas, which is computed at once, cannot be computed.',
  'double-quotes': 'A name in double quotes, a field or tag, stands where a string in single quotes is wanted.',
  'empty-task': 'Nothing follows the source, so that the task does nothing.',
  'expression-too-large': 'An expression is too large when its vars are written out.',
  'invalid-node': 'The parameters of a node do not go together.',
  'invalid-var': 'A value given for a var is no regex or no lambda.',
  'missing-var': 'A var without default has been given no value.',
  'not-a-node': 'Something that is no node is used like one.',
  'operand-type': 'A minus or an exclamation mark stands before what it cannot be applied to.',
  'redefined-var': 'A name is defined a second time; vars never change.',
  'string-too-long': 'A computed string is too long.',
  'too-many-nodes': 'More nodes stand in a row than a point can walk through.',
  'undefined-name': 'A name is used that has not been defined above.',
  'unknown-function': 'A function is called outside of lambdas that is only known within them, or not at all.',
  'unknown-method': 'The node has no method or property of this name.',
  'unknown-property': 'The node has no property of this name that can be read.',
  'unknown-var-type': 'A var is declared with a type that does not exist.',
  'unusable-value': 'A var that holds a node or the like is used within an expression.',
  'var-type': 'The value given for a var is of another type than its default or its declaration says.',
  'wrong-operator': 'A method is called with a dot, or a property with a pipe, or a UDF with either.',
} as const satisfies Readonly<Record<string, string>>

/** Codes of warnings: the script runs, but perhaps not as meant. */
export const WARNING_CODES = {
  'lambda-always-fails': 'A constant within a lambda makes it fail on every point that gets there.',
  'no-effect': 'A statement is a value that nothing is done with; `5m30s` and `1e5` are two statements each.',
  'undeclared-var': 'A value has been given for a var that the script does not declare.',
  'unused-var': 'A var is never used.',
} as const satisfies Readonly<Record<string, string>>

export type FaultCode = keyof typeof FAULT_CODES
export type WarningCode = keyof typeof WARNING_CODES
