// A fault is the world outside going wrong, or input that cannot be taken: it says what, where and what to do.

export interface FaultOptions {
  /** HTTP status that an API answer carries; 500 when not given. */
  readonly status?: number
  /** Whether the same attempt may work later. */
  readonly retry?: boolean
  readonly cause?: unknown
}

/** `code` is stable and machine-readable (`task-not-found`); `message` is for people. */
export class Fault extends Error {
  readonly code: string
  readonly status: number
  readonly retry: boolean

  constructor(code: string, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.status = options.status ?? 500
    this.retry = options.retry ?? false
  }
}

/** The text of anything thrown, without its stack. */
export function messageOf(e: unknown): string {
  return e instanceof Error ? e.message : String(e)
}
