// What `bin/supercapd` runs when there is a bundle: gives V8 the code that it made of the bundle at the build, so that
// nothing has to be compiled before the server can start. Code of another Node.js or of other flags is refused by V8,
// which then compiles as ever. Knows nothing of what the bundle does.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'
import { HOT_CODE_FLAGS } from './hot-code-flags.ts'

const bundle = path.join(import.meta.dirname, 'server.js')
const code = path.join(import.meta.dirname, 'server.code')
/** What the build asks for: `keep` the code of what has run, `tell` whether V8 takes it. */
const asked = process.env['SUPERCAPD_CODE']

function codeOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

// The bundle is ASCII only, of which V8 takes a byte for each character.
const script = new Script(`(function (require, __filename) {${readFileSync(bundle, 'latin1')}\n})`, {
  filename: bundle,
  cachedData: codeOf(code),
})
if (asked === 'tell') process.stdout.write(`code taken: ${script.cachedDataRejected === false}\n`)
if (asked === 'keep') {
  process.once('exit', () => {
    // V8 takes code only under the flags under which it was made, and those of a start are others than those of now.
    for (const flag of HOT_CODE_FLAGS) setFlagsFromString(flag.unset)
    writeFileSync(code, script.createCachedData())
  })
}
script.runInThisContext()(createRequire(bundle), bundle)
