// The list of all functions that lambdas have. Each family is a file of declarations in functions/.
import { type FunctionTable, functionTable, type LambdaFunction } from './function.ts'
import { CHOICES } from './functions/choices.ts'
import { CONVERSIONS } from './functions/conversions.ts'
import { MATHEMATICS } from './functions/mathematics.ts'
import { STATISTICS } from './functions/statistics.ts'
import { STRINGS } from './functions/strings.ts'
import { TIMES } from './functions/times.ts'

/** In the order of documentation. */
export const FUNCTION_FAMILIES: readonly { readonly title: string; readonly functions: readonly LambdaFunction[] }[] = [
  { title: 'Conversions', functions: CONVERSIONS },
  { title: 'Mathematics', functions: MATHEMATICS },
  { title: 'Strings', functions: STRINGS },
  { title: 'Times', functions: TIMES },
  { title: 'Choices', functions: CHOICES },
  { title: 'Statistics', functions: STATISTICS },
]

export const BUILTIN_FUNCTIONS: readonly LambdaFunction[] = FUNCTION_FAMILIES.flatMap((f) => f.functions)

export const BUILTINS: FunctionTable = functionTable(BUILTIN_FUNCTIONS)
