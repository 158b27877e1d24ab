// All that a handler can do to the outside world. Handlers get nothing else, so that a test sees and answers every
// effect. Knows nothing of events, queues or configuration.
import type { Time } from '../../base/time.ts'
import type { DeliveryEvent } from '../delivery-event.ts'
import type { NewAlertEvent } from '../event.ts'
import type { Messaging } from './messaging.ts'

/** How a connection is secured beyond what the system trusts. Paths of files in PEM, empty for none. */
export interface HandlerTls {
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** Takes any certificate. */
  readonly skipVerify: boolean
}

export interface IoRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  readonly tls?: HandlerTls
  /** The path holds a token: errors name the host only. */
  readonly isPathSecret?: boolean
}

export interface IoReply {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How a program ended: its exit code, or the signal that ended it, and what it printed (cut at 64 kB). */
export interface ExecResult {
  readonly code: number | undefined
  readonly signal: string | undefined
  readonly output: string
}

export interface HandlerIo extends Messaging {
  readonly now: () => Time
  /** Where this server's API is, as others reach it: `http://host:9092/kapacitor/v1`. */
  readonly serverUrl: string
  /** Rejects with a retryable Fault when nothing answered; any answer resolves, also an error status. */
  http(request: IoRequest): Promise<IoReply>
  /** Sends the text over a connection of its own and closes it. */
  tcp(address: string, text: string, timeoutMs: number): Promise<void>
  /** Sends the text over a connection of its own and gives what comes back until the other side closes. */
  exchange(address: string, text: string, timeoutMs: number): Promise<string>
  /** Runs a program with the text on its input. Rejects when it can't be started or takes too long. */
  exec(prog: string, args: readonly string[], input: string, timeoutMs: number): Promise<ExecResult>
  /** Appends to a file, made with `mode` when it is not there. The text is in the file when the promise resolves. */
  append(path: string, mode: number, text: string): Promise<void>
  /** Gives an event to a topic, in one commit with settling those that it stands for: they are not sent again. */
  publish(topic: string, event: NewAlertEvent, from: readonly DeliveryEvent[]): Promise<void>
}
