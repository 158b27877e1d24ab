// The real outside of handlers on this machine: programs, TCP connections, files. HTTP is handed in.
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { timeFromUnixNano } from '../../base/time.ts'
import { DeliveryFault } from '../delivery-fault.ts'
import { AppendFiles } from './append-files.ts'
import type { ExecResult, HandlerIo, IoReply, IoRequest } from './handler-io.ts'

const MAX_OUTPUT = 65_536

export interface LocalIo extends HandlerIo {
  close(): Promise<void>
}

/** `http` and `publish` are the server's: its HTTP client and the way back into its topics. */
export function localIo(http: (request: IoRequest) => Promise<IoReply>, publish: HandlerIo['publish']): LocalIo {
  const files = new AppendFiles()
  return {
    now: () => timeFromUnixNano(Date.now() * 1e6),
    http,
    publish,
    tcp: sendTcp,
    exec: runProgram,
    append: (path, mode, text) => files.append(path, mode, text),
    close: () => files.close(),
  }
}

/** `host:port`, `[::1]:port` or `:port`. */
function parseAddress(address: string): { host: string; port: number } {
  const m = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(address)
  const port = Number(m?.[3])
  if (!m || port > 65_535) throw new DeliveryFault('bad-address', `${address} is no host:port`)
  return { host: m[1] ?? (m[2] || '127.0.0.1'), port }
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

function runProgram(prog: string, args: readonly string[], input: string, timeoutMs: number): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    let output = ''
    let late = false
    const child = spawn(prog, args, { stdio: 'pipe' })
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
