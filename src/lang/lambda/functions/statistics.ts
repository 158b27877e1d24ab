// Functions that remember what they saw: a lambda keeps one cell per function for each group.
import { type Cell, cellSignature, type LambdaFunction } from '../function.ts'

/** Cell: number of values, their mean, sum of squared distances from it (Welford). */
function sigma(cell: Cell, x: number): number {
  const n = cell[0]! + 1
  const before = x - cell[1]!
  const mean = cell[1]! + before / n
  const squares = cell[2]! + before * (x - mean)
  cell[0] = n
  cell[1] = mean
  cell[2] = squares
  if (n < 2) return 0
  const variance = squares / (n - 1)
  return variance === 0 ? 0 : Math.abs(x - mean) / Math.sqrt(variance)
}

/** Cell: least and greatest value. */
function spread(cell: Cell, x: number): number {
  if (x < cell[0]!) cell[0] = x
  if (x > cell[1]!) cell[1] = x
  return cell[1]! - cell[0]!
}

export const STATISTICS: readonly LambdaFunction[] = [
  {
    name: 'count',
    doc: 'How often it was called so far, this call included.',
    examples: [['count()', '1']],
    needs: 'cell',
    newCell: () => [0],
    signatures: [
      cellSignature([], 'int', (cell) => {
        const n = cell[0]! + 1
        cell[0] = n
        return n
      }),
    ],
  },
  {
    name: 'sigma',
    doc: 'Distance of the value from the running mean in standard deviations; 0 while there is no deviation.',
    examples: [['sigma(4.0)', '0']],
    needs: 'cell',
    newCell: () => [0, 0, 0],
    signatures: [cellSignature(['float'], 'float', sigma)],
  },
  {
    name: 'spread',
    doc: 'Greatest minus least value so far, this one included.',
    examples: [['spread(4.0)', '0']],
    needs: 'cell',
    newCell: () => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    signatures: [cellSignature(['float'], 'float', spread)],
  },
]
