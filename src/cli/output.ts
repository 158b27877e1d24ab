// What the commands say: results on standard output, everything else on standard error. Knows whether somebody looks at
// it on a terminal: only then there are colours and hints.

export interface Stream {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

export type Style = 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'dim' | 'bold'

const CODES: Readonly<Record<Style, string>> = {
  red: '31',
  green: '32',
  yellow: '33',
  blue: '34',
  cyan: '36',
  dim: '2',
  bold: '1',
}

export interface OutputOptions {
  readonly stdout: Stream
  readonly stderr: Stream
  readonly environment: Readonly<Record<string, string | undefined>>
}

export class Output {
  readonly #stdout: Stream
  readonly #stderr: Stream
  readonly #colours: boolean
  /** Standard output is a terminal. */
  readonly isTerminal: boolean
  /** Standard error is a terminal. */
  readonly hasUser: boolean

  constructor(o: OutputOptions) {
    this.#stdout = o.stdout
    this.#stderr = o.stderr
    this.isTerminal = o.stdout.isTTY === true
    this.hasUser = o.stderr.isTTY === true
    this.#colours = !o.environment['NO_COLOR'] && o.environment['TERM'] !== 'dumb'
  }

  /** Columns of the terminal. */
  get width(): number {
    return this.#stderr.columns ?? this.#stdout.columns ?? 80
  }

  /** A line of the result. */
  line(text: string): void {
    this.#stdout.write(`${text}\n`)
  }

  /** Text of the result, as it is. */
  text(text: string): void {
    this.#stdout.write(text)
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? rawJson(v) : v), 2))
  }

  /** One object of many, on one line. */
  jsonLine(value: unknown): void {
    this.line(JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? rawJson(v) : v)))
  }

  /** Something about the result that belongs to no pipe. */
  notice(text: string): void {
    this.#stderr.write(`${text}\n`)
  }

  /** Only for somebody who sits there. */
  hint(text: string): void {
    if (this.hasUser && this.isTerminal) this.notice(this.noticeStyle(text, 'dim'))
  }

  /** Replaces the line that the cursor is on; without a terminal nothing happens. */
  status(text: string): void {
    if (this.hasUser) this.#stderr.write(`\r\x1b[K${text}`)
  }

  /** A colour for standard output, if that is a terminal. */
  style(text: string, style: Style | undefined): string {
    return style && text !== '' && this.isTerminal && this.#colours ? coloured(text, style) : text
  }

  /** A colour for standard error. */
  noticeStyle(text: string, style: Style): string {
    return this.hasUser && this.#colours ? coloured(text, style) : text
  }
}

function coloured(text: string, style: Style): string {
  return `\x1b[${CODES[style]}m${text}\x1b[0m`
}

function rawJson(n: bigint): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(n))
}
