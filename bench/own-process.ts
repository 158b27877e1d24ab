// Runs a part of a benchmark in a Node.js process of its own, with the flags of V8 that bin/supercapd sets: what one
// measurement compiles and keeps must not show in the next. The part answers with one line of JSON.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The flags of Node.js in the last command of bin/supercapd, so that they stand in one place. */
export function serverFlags(): string[] {
  const script = readFileSync(path.join(import.meta.dirname, '../bin/supercapd'), 'utf8')
  const command = /^exec "\$node"([\s\S]*?)"\$main"/m.exec(script)?.[1]
  if (command === undefined) throw new Error('bin/supercapd does not start Node.js as expected')
  return command.split(/[\s\\]+/).filter((word) => word.startsWith('--'))
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
