// The list of all functions that lambdas have. Each family is a file of declarations in functions/.
import { type FunctionTable, functionTable, type LambdaFunction } from './function.ts'
import { CHOICES } from './functions/choices.ts'
import { CONVERSIONS } from './functions/conversions.ts'
import { MATHEMATICS } from './functions/mathematics.ts'
import { STATISTICS } from './functions/statistics.ts'
import { STRINGS } from './functions/strings.ts'
import { TIMES } from './functions/times.ts'

export const BUILTIN_FUNCTIONS: readonly LambdaFunction[] = [
  ...CONVERSIONS,
  ...MATHEMATICS,
  ...STRINGS,
  ...TIMES,
  ...CHOICES,
  ...STATISTICS,
]

export const BUILTINS: FunctionTable = functionTable(BUILTIN_FUNCTIONS)
