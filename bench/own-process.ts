// Runs a part of a benchmark in a Node.js process of its own, with the flags of V8 that a server has: what one
// measurement compiles and keeps must not show in the next. The part answers with one line of JSON.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { HOT_CODE_FLAGS } from '../src/cli/hot-code-flags.ts'

const ROOT = path.join(import.meta.dirname, '..')

/** The flags of V8 that a server runs under: those of its command, and those that it sets once it has started. */
export function serverFlags(): string[] {
  const script = readFileSync(path.join(ROOT, 'bin/supercapd'), 'utf8')
  const command = /^exec "\$node"([\s\S]*?)"\$main"/m.exec(script)?.[1]
  if (command === undefined) throw new Error('bin/supercapd does not start Node.js as expected')
  const given = command.split(/[\s\\]+/).filter((word) => word.startsWith('--'))
  return [...given, ...HOT_CODE_FLAGS.map((f) => f.set)]
}

const ENV = 'BENCH_PART'

/** What this process was started for by `inOwnProcess`; undefined when somebody called the script. */
export function part(): readonly string[] | undefined {
  const text = process.env[ENV]
  return text === undefined ? undefined : (JSON.parse(text) as string[])
}

/** Answers for this process. */
export function answer(value: unknown): void {
  console.log(JSON.stringify(value))
}

/** Starts the script again for one part of its work, with garbage collection at hand. Rejects when it fails. */
export function inOwnProcess<T>(script: string, args: readonly string[]): Promise<T> {
  const env = { ...process.env, [ENV]: JSON.stringify(args) }
  const child = spawn(process.execPath, [...serverFlags(), '--expose-gc', script], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (t: string) => {
    text += t
  })
  child.stderr.setEncoding('utf8').on('data', (t: string) => {
    errors += t
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(text) as T)
      else
        reject(new Error(`${args.join(' ')}: ${/^\w*Error: (.*)$/m.exec(errors)?.[1] ?? `status ${code}: ${errors}`}`))
    })
  })
}
