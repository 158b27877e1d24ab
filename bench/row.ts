// One row of the suite: a part of the product under a name that its committed figure is found by, and how a file of
// rows prints them when it is run by itself.
import { type MeasureOptions, measure, type Work } from './timing.ts'

/** Something ready to be measured. */
export interface Bench {
  /** Works once; throws when what comes out is wrong. */
  once(): Work | Promise<Work>
  /** Checks what came out in the end; throws when it is wrong. */
  end?(): void | Promise<void>
}

export interface Row {
  readonly name: string
  /** What one unit of its figure is. */
  readonly per: 'point' | 'text'
  readonly start: () => Bench
}

export interface RowFigure {
  readonly ns: number
  readonly least: number
}

export async function measureRow(row: Row, o?: MeasureOptions): Promise<RowFigure> {
  const bench = row.start()
  const found = await measure(() => bench.once(), o)
  await bench.end?.()
  return found
}

/** Measures rows in this process, under the flags that it was started with, and prints them. */
export async function printRows(rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    const { ns, least } = await measureRow(row)
    console.log(
      `${row.name.padEnd(26)} ${ns.toFixed(0).padStart(7)} ns a ${row.per} (median), ${least.toFixed(0)} (least)`,
    )
  }
}
