// Tables as the commands print them: columns padded to a fixed width or to their longest value, nothing between them.
import type { Output, Style } from './output.ts'

export interface Column<T> {
  readonly header: string
  /** `fit`: one more than the longest value or header. `rest`: not padded. */
  readonly width: number | 'fit' | 'rest'
  readonly right?: boolean
  value(row: T): string
  style?(row: T): Style | undefined
}

/** Prints a header and a line for each row. */
export function printTable<T>(out: Output, columns: readonly Column<T>[], rows: readonly T[]): void {
  const cells = rows.map((row) => columns.map((c) => c.value(row)))
  const widths = columns.map((c, i) => {
    if (typeof c.width === 'number') return c.width
    return c.width === 'rest' ? 0 : Math.max(lengthOf(c.header), ...cells.map((r) => lengthOf(r[i]!))) + 1
  })
  out.line(columns.map((c, i) => out.style(pad(c.header, widths[i]!, c.right), 'bold')).join(''))
  for (const [r, row] of rows.entries()) {
    const line = columns.map((c, i) => {
      const padded = pad(cells[r]![i]!, widths[i]!, c.right)
      return c.style ? out.style(padded, c.style(row)) : padded
    })
    out.line(line.join(''))
  }
}

function lengthOf(text: string): number {
  return [...text].length
}

function pad(text: string, width: number, right: boolean | undefined): string {
  const missing = ' '.repeat(Math.max(0, width - lengthOf(text)))
  return right ? missing + text : text + missing
}
