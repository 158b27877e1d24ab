// Compiles src/base/line-protocol/assembly and writes the code as text beside it, so that nobody needs the compiler to run
// or to bundle it; a test compares what stands there.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { main } from 'assemblyscript/asc'

const room = path.join(import.meta.dirname, '../src/base/line-protocol')
const target = path.join(room, 'line-reader-code.ts')

/** The module's text for line-reader-code.ts. */
export async function compileLineReader(): Promise<string> {
  let code: Uint8Array | undefined
  const { error, stderr } = await main(
    [
      'line-reader.ts',
      ...['--outFile', 'line-reader.wasm', '--runtime', 'stub', '--initialMemory', '8'],
      ...['-O3', '--converge', '--noAssert', '--enable', 'simd', '--importMemory'],
    ],
    {
      readFile: (name) => {
        try {
          return readFileSync(path.join(room, 'assembly', name), 'utf8')
        } catch {
          return null
        }
      },
      writeFile: (_, contents) => {
        if (typeof contents !== 'string') code = contents
      },
      listFiles: () => [],
    },
  )
  if (error || !code) throw new Error(`the line reader does not compile: ${stderr}`)
  return Buffer.from(code).toString('base64')
}

/** The file that holds it. */
export function lineReaderFile(code: string): string {
  const lines = code.match(/.{1,112}/g)!.map((l) => `  '${l}'`)
  return `// Made of assembly/ by scripts/build-line-reader.ts: a WebAssembly module in base64.\nexport const LINE_READER =\n${lines.join(' +\n')}\n`
}

if (import.meta.main) writeFileSync(target, lineReaderFile(await compileLineReader()))
