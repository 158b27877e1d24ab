// The benchmark of the parts: each row in a process of its own, beside its committed figure scaled to the machine of
// now. Names the rows that fell behind; ends with 0 whatever they are, and with 1 when a row came out wrong.
// Run: npm run bench [-- PART OF A ROW'S NAME…] [-- --write]   (under a minute; --write commits the figures, in three times that)
import os from 'node:os'
import { parseArgs } from 'node:util'
import { BEHIND, type Compared, committedFigures, compare, type Figure, writeFigures } from './figures.ts'
import { answer, inOwnProcess, part } from './own-process.ts'
import { measureRow, type Row } from './row.ts'
import { ROWS } from './rows.ts'
import { median, yardstick } from './timing.ts'

/** Milliseconds after which rows are not measured a second time. */
const AGAIN_MS = 45_000
/** A committed figure is the median of so many processes. */
const WRITE_RUNS = 3

function lineOf(row: Row, { ns, yardstick: y }: Figure, { scaled, ratio }: Compared): string {
  const cells = [
    row.name.padEnd(27),
    `${ns.toFixed(ns < 100 ? 1 : 0).padStart(7)} ns a ${row.per.padEnd(5)}`,
    `JSON.parse ${y.toFixed(0).padStart(4)} MB/s`,
    scaled === undefined ? 'no committed figure' : `committed ${scaled.toFixed(scaled < 100 ? 1 : 0).padStart(7)} ns`,
  ]
  if (ratio !== undefined) cells.push(`${ratio.toFixed(2)}x`)
  return cells.join('  ')
}

async function figureOf(row: Row): Promise<Figure> {
  const before = yardstick()
  const { ns } = await measureRow(row)
  return { ns, yardstick: median([before, yardstick(), yardstick()]) }
}

const own = part()
if (own) answer(await figureOf(ROWS.find((r) => r.name === own[0])!))
else {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } })
  const rows = ROWS.filter((r) => positionals.length === 0 || positionals.some((p) => r.name.includes(p)))
  if (rows.length === 0) throw new Error(`no such row; there are ${ROWS.map((r) => r.name).join(', ')}`)
  const began = performance.now()
  const load = os.loadavg()[0]!
  const run = (row: Row): Promise<Figure> => inOwnProcess(import.meta.filename, [row.name])
  if (values.write) {
    const found: Record<string, Figure> = {}
    for (const row of rows) {
      // What V8 makes of a row differs from process to process.
      const runs: Figure[] = []
      while (runs.length < WRITE_RUNS) runs.push(await run(row))
      const figure = runs.toSorted((a, b) => a.ns * a.yardstick - b.ns * b.yardstick)[WRITE_RUNS >> 1]!
      found[row.name] = figure
      console.log(lineOf(row, figure, compare(figure, undefined)))
    }
    writeFigures(
      found,
      ROWS.map((r) => r.name),
      load,
    )
  } else {
    const committed = committedFigures()
    console.log(
      `${os.availableParallelism()} cores, node ${process.version}, load ${load.toFixed(1)}; committed figures: ` +
        `${committed.cores} cores, node ${committed.node}, load ${committed.load}`,
    )
    const behind: string[] = []
    for (const row of rows) {
      let figure: Figure
      let compared: Compared
      try {
        figure = await run(row)
        compared = compare(figure, committed.rows[row.name])
        // A neighbour on the machine makes a row slower, never faster: what looks slow gets a second chance.
        if (compared.behind && performance.now() - began < AGAIN_MS) {
          const again = await run(row)
          const second = compare(again, committed.rows[row.name])
          if (second.ratio! < compared.ratio!) [figure, compared] = [again, second]
        }
      } catch (e) {
        console.log(`${row.name.padEnd(27)} ${(e as Error).message}`)
        process.exitCode = 1
        continue
      }
      console.log(lineOf(row, figure, compared))
      if (compared.behind) behind.push(`${row.name} (${compared.ratio!.toFixed(2)}x)`)
    }
    const percent = Math.round((BEHIND - 1) * 100)
    console.log(
      behind.length > 0 ? `fell ${percent} % behind: ${behind.join(', ')}` : `no row fell ${percent} % behind`,
    )
  }
}
