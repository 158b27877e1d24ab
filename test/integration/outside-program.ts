// Programs that integration tests run beside themselves, and where they find room for it: ports, folders, certificates.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether a program is installed; Debian keeps servers where users' PATH does not lead. */
export function findProgram(name: string): string | undefined {
  try {
    const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
    return execFileSync('/bin/sh', ['-c', `command -v ${name}`], { env: { PATH: path }, encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

export function newFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'integration-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A certificate for 127.0.0.1 and localhost that signs itself; undefined without openssl. */
export function makeCertificate(folder: string): { readonly cert: string; readonly key: string } | undefined {
  if (findProgram('openssl') === undefined) return undefined
  const cert = join(folder, 'cert.pem')
  const key = join(folder, 'key.pem')
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
  return { cert, key }
}

export class OutsideProgram {
  readonly #child: ChildProcess
  #output = ''
  #exited = false
  readonly #watchers = new Set<() => void>()

  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
    const collect = (chunk: Buffer): void => {
      this.#output += chunk.toString('utf8')
      for (const watch of this.#watchers) watch()
    }
    this.#child.stdout!.on('data', collect)
    this.#child.stderr!.on('data', collect)
    this.#child.on('exit', () => {
      this.#exited = true
      for (const watch of this.#watchers) watch()
    })
  }

  get output(): string {
    return this.#output
  }

  /** Resolves when its output has this; rejects when it ends or takes too long. */
  printed(pattern: RegExp, ms: number): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const done = (act: () => void): void => {
        clearTimeout(timer)
        this.#watchers.delete(watch)
        act()
      }
      const watch = (): void => {
        const found = pattern.exec(this.#output)
        if (found) done(() => resolve(found))
        else if (this.#exited) done(() => reject(new Error(`it ended: ${this.#output.slice(-2000)}`)))
      }
      const timer = setTimeout(
        () => done(() => reject(new Error(`${pattern} was not printed in ${ms} ms: ${this.#output.slice(-2000)}`))),
        ms,
      )
      this.#watchers.add(watch)
      watch()
    })
  }

  /** Resolves when something listens there; rejects when the program ends or it takes too long. */
  async listens(port: number, ms: number): Promise<void> {
    const end = performance.now() + ms
    while (!(await answers(port))) {
      if (this.#exited || performance.now() > end) throw new Error(`nothing listens: ${this.#output.slice(-2000)}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  stop(): Promise<void> {
    if (this.#exited) return Promise.resolve()
    return new Promise((resolve) => {
      this.#child.on('exit', () => resolve())
      this.#child.kill('SIGKILL')
    })
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
