// All rows of the suite, in the order that they are printed in.
import { GROUP_ROWS } from './group.ts'
import { JOIN_ROWS } from './join.ts'
import { LAMBDA_ROWS } from './lambda.ts'
import { PARSE_ROWS } from './parse.ts'
import type { Row } from './row.ts'
import { TEMPLATE_ROWS } from './template.ts'
import { WINDOW_ROWS } from './window.ts'

export const ROWS: readonly Row[] = [
  ...PARSE_ROWS,
  ...LAMBDA_ROWS,
  ...WINDOW_ROWS,
  ...JOIN_ROWS,
  ...GROUP_ROWS,
  ...TEMPLATE_ROWS,
]
