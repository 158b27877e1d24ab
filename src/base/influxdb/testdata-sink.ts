// For tests: a sink that keeps what it is given as plain data, and bytes cut at random places.
import fc from 'fast-check'
import type { Cell, ResultDecoder, ResultSink, SeriesHead } from './result-sink.ts'

export interface SeenSeries extends SeriesHead {
  readonly rows: readonly {
    readonly sec: number
    readonly ns: number
    readonly fields: Readonly<Record<string, Cell>>
  }[]
}

export class SeenSink implements ResultSink {
  readonly series: SeenSeries[] = []
  #columns: readonly string[] = []
  #rows: SeenSeries['rows'][number][] = []

  open(): void {
    this.#rows = []
  }
  columns(names: readonly string[]): void {
    this.#columns = names
  }
  row(sec: number, ns: number, cells: readonly Cell[]): void {
    this.#rows.push({ sec, ns, fields: Object.fromEntries(this.#columns.map((c, i) => [c, cells[i]!])) })
  }
  end(head: SeriesHead): void {
    this.series.push({ ...head, rows: this.#rows })
  }
}

/** Where a text of this length is cut: numbers in 0…1 of its length. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 })

/** Gives a decoder the text in parts. */
export function decodeParts(decoder: ResultDecoder, text: string, at: readonly number[] = []): void {
  const bytes = new TextEncoder().encode(text)
  const places = [0, ...at.map((x) => Math.round(x * bytes.length)).sort((a, b) => a - b), bytes.length]
  for (let i = 1; i < places.length; i++) decoder.push(bytes.slice(places[i - 1], places[i]))
  decoder.end()
}
