// The real outside of handlers: programs, TCP connections, files, and connections that are kept. HTTP is handed in.
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { timeFromUnixNano } from '../../base/time.ts'
import { DeliveryFault } from '../delivery-fault.ts'
import { AppendFiles } from './append-files.ts'
import { connections } from './connections.ts'
import type { ExecResult, HandlerIo, IoReply, IoRequest } from './handler-io.ts'
import { parseAddress } from './parse-address.ts'
import type { PathFence } from './path-fence.ts'
import type { ProgramFence } from './program-fence.ts'

const MAX_OUTPUT = 65_536

export interface LocalIo extends HandlerIo {
  close(): Promise<void>
}

/** What the server hands in: its HTTP client, the way back into its topics, and how others reach it. */
export interface Outside {
  readonly http: (request: IoRequest) => Promise<IoReply>
  readonly publish: HandlerIo['publish']
  readonly serverUrl: string
  /** What may be run and written; everything when not given. */
  readonly fences?: { readonly programs: ProgramFence; readonly logs: PathFence }
}

export function localIo({ fences, ...outside }: Outside): LocalIo {
  const files = new AppendFiles(fences?.logs)
  const kept = connections()
  return {
    ...kept,
    ...outside,
    now: () => timeFromUnixNano(Date.now() * 1e6),
    tcp: sendTcp,
    exchange,
    exec: async (prog, args, input, timeoutMs) =>
      runProgram(prog, fences?.programs.enter(prog) ?? prog, args, input, timeoutMs),
    append: (path, mode, text) => files.append(path, mode, text),
    close: async () => {
      await Promise.all([files.close(), kept.close()])
    },
  }
}

async function sendTcp(address: string, text: string, timeoutMs: number): Promise<void> {
  const { host, port } = parseAddress(address)
  await new Promise<void>((resolve, reject) => {
    const fail = (e: Error): void => {
      socket.destroy()
      reject(new DeliveryFault('tcp-failed', `tcp ${address}: ${e.message}`, { retry: true, cause: e }))
    }
    // Nothing is expected back: done when all is handed over and the connection is closed from our side.
    const socket = connect({ host, port }, () => socket.end(text, resolve))
    socket.setTimeout(timeoutMs, () => fail(new Error('timed out')))
    socket.on('error', fail)
    socket.resume()
  })
}

/** Our side stays open until the answer is there: receivers take a half-closed connection for a lost one. */
async function exchange(address: string, text: string, timeoutMs: number): Promise<string> {
  const { host, port } = parseAddress(address)
  return new Promise<string>((resolve, reject) => {
    let answer = ''
    const fail = (e: Error): void => {
      socket.destroy()
      reject(new DeliveryFault('tcp-failed', `tcp ${address}: ${e.message}`, { retry: true, cause: e }))
    }
    const socket = connect({ host, port }, () => socket.write(text))
    socket.setTimeout(timeoutMs, () => fail(new Error('timed out')))
    socket.setEncoding('utf8')
    socket.on('error', fail)
    socket.on('data', (chunk: string) => {
      if (answer.length < MAX_OUTPUT) answer += chunk
    })
    socket.on('end', () => resolve(answer))
    socket.on('close', () => fail(new Error('the connection was closed')))
  })
}

/** `file`: what is run; `prog`: what it is told that it was called by. */
function runProgram(
  prog: string,
  file: string,
  args: readonly string[],
  input: string,
  timeoutMs: number,
): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    let output = ''
    let late = false
    const child = spawn(file, args, { stdio: 'pipe', argv0: prog })
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, timeoutMs)
    const collect = (chunk: Buffer): void => {
      if (output.length < MAX_OUTPUT) output += chunk.toString('utf8').slice(0, MAX_OUTPUT - output.length)
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', (e) => {
      clearTimeout(timer)
      reject(new DeliveryFault('exec-failed', e.message, { cause: e }))
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (late) reject(new DeliveryFault('exec-timeout', `${prog} was stopped after ${timeoutMs / 1000} s`))
      else resolve({ code: code ?? undefined, signal: signal ?? undefined, output })
    })
    // A program that does not read its input is no error.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
