// The rows of a small answer as objects, such as those of SHOW statements.
import type { Cell, ResultSink, SeriesHead } from '../../base/influxdb/result-sink.ts'

export interface ResultRow {
  /** Name of the series that it is of. */
  readonly series: string
  readonly cells: Readonly<Record<string, Cell>>
}

export class RowList implements ResultSink {
  readonly rows: ResultRow[] = []
  #columns: readonly string[] = []
  #cells: Record<string, Cell>[] = []

  open(): void {
    this.#cells = []
  }

  columns(names: readonly string[]): void {
    this.#columns = names
  }

  row(_sec: number, _ns: number, cells: readonly Cell[]): void {
    this.#cells.push(Object.fromEntries(this.#columns.map((name, i) => [name, cells[i]!])))
  }

  end({ name }: SeriesHead): void {
    for (const cells of this.#cells) this.rows.push({ series: name, cells })
  }

  async settle(): Promise<void> {}
}
