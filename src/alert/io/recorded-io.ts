// An outside for tests: remembers what handlers did to it and answers as it is told.
import type { NewAlertEvent } from '../event.ts'
import type { ExecResult, HandlerIo, IoReply, IoRequest } from './handler-io.ts'

export class RecordedIo implements HandlerIo {
  readonly requests: IoRequest[] = []
  /** Everything that is no HTTP request: the arguments of the effect, time limits left out. */
  readonly sent: unknown[] = []
  readonly published: [string, NewAlertEvent][] = []
  readonly serverUrl = 'http://here:9092/kapacitor/v1'
  reply: IoReply = { status: 200, headers: {}, body: '' }
  result: ExecResult = { code: 0, signal: undefined, output: '' }
  /** What TCP peers and mail servers answer. */
  answer = 'ok'

  now = () => ({ sec: 1500000000, ns: 0 })

  async http(request: IoRequest): Promise<IoReply> {
    this.requests.push(request)
    return this.reply
  }

  async tcp(address: string, text: string): Promise<void> {
    this.sent.push([address, text])
  }

  async exchange(address: string, text: string): Promise<string> {
    this.sent.push([address, text])
    return this.answer
  }

  async exec(prog: string, args: readonly string[], input: string): Promise<ExecResult> {
    this.sent.push([prog, args, input])
    return this.result
  }

  async append(path: string, mode: number, text: string): Promise<void> {
    this.sent.push([path, mode, text])
  }

  async publish(topic: string, event: NewAlertEvent): Promise<void> {
    this.published.push([topic, event])
  }

  async mail(...[server, mail]: Parameters<HandlerIo['mail']>): Promise<string> {
    this.sent.push([server, mail])
    return this.answer
  }

  async kafka(...[cluster, records]: Parameters<HandlerIo['kafka']>): Promise<void> {
    this.sent.push([cluster, records])
  }

  async mqtt(...[broker, message]: Parameters<HandlerIo['mqtt']>): Promise<void> {
    this.sent.push([broker, message])
  }

  async snmpTrap(...[trap]: Parameters<HandlerIo['snmpTrap']>): Promise<void> {
    this.sent.push([trap])
  }
}
