// Makes the bundles of dist/, and the code that V8 makes of the server's: a server runs once over an empty folder, does some
// work, and the code of all that it has used is kept beside the bundle. Says so when there is none, or when V8 does not take
// it again.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { doSampleWork } from './sample-work.ts'

const root = path.join(import.meta.dirname, '..')
const dist = path.join(root, 'dist')
const server = path.join(root, 'bin/supercapd')
const bundle = path.join(dist, 'server.js')
/** Milliseconds that a server may take to start and to do its work. */
const START_MS = 30_000

const common: BuildOptions = {
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  platform: 'node',
  target: 'node24',
  logLevel: 'error',
  external: ['lmdb', 'bcrypt', '@platformatic/kafka', 'mqtt', 'net-snmp', 'nodemailer'],
}

const script: BuildOptions = {
  ...common,
  // Node.js looks through all that node:http exports when an ES module imports it, and loads 60 ms of code that way.
  format: 'cjs',
  // Code that V8 is handed can't import without an experimental part of node:vm, which warns.
  supported: { 'dynamic-import': false },
}

await build({
  ...common,
  format: 'esm',
  entryPoints: {
    supercap: path.join(root, 'src/cli/supercap.ts'),
    client: path.join(root, 'src/cli/client.ts'),
    worker: path.join(root, 'src/server/workers/worker-main.ts'),
  },
  outdir: dist,
  outExtension: { '.js': '.mjs' },
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
})
// Without code there is none of another bundle, whatever goes wrong.
rmSync(path.join(dist, 'server.code'), { force: true })
await build({
  ...script,
  entryPoints: [path.join(root, 'src/cli/supercapd.ts')],
  outfile: bundle,
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
})
writeFileSync(bundle, readFileSync(bundle, 'utf8').replace(/[^\0-\x7f]/g, escaped))
await build({
  ...script,
  entryPoints: [path.join(root, 'src/cli/start-bundle.ts')],
  outfile: path.join(dist, 'supercapd.cjs'),
  define: { 'import.meta.dirname': '__dirname' },
})
try {
  await makeCode()
} catch (e) {
  // As where nothing may listen: an installation without it works as well.
  process.stderr.write(`supercapd will take longer to start: ${e instanceof Error ? e.message : e}\n`)
}

/** As texts and regular expressions may have it. */
function escaped(c: string): string {
  return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Starts a server over a folder of its own, gives it work, and ends it. */
async function makeCode(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'supercap-build-'))
  try {
    const config = path.join(folder, 'server.conf')
    writeFileSync(
      config,
      `data_dir = ${JSON.stringify(folder)}
[http]
  bind-address = "127.0.0.1:0"
[storage]
  boltdb = ${JSON.stringify(path.join(folder, 'store.db'))}
[replay]
  dir = ${JSON.stringify(path.join(folder, 'replay'))}
[task]
  dir = ${JSON.stringify(path.join(folder, 'tasks'))}
[load]
  enabled = false
[stats]
  enabled = false
[[influxdb]]
  enabled = false
`,
    )
    const child = spawn(server, ['-config', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, SUPERCAPD_CODE: 'keep' },
      timeout: START_MS,
    })
    let log = ''
    let work: Promise<void> | undefined
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text
      const address = /listening on http:\/\/(127\.0\.0\.1:\d+)/.exec(log)?.[1]
      if (address) work ??= doSampleWork(address).finally(() => child.kill('SIGTERM'))
    })
    const status = await new Promise((resolve) => child.once('close', resolve))
    await work
    if (status !== 0) throw new Error(`the server did not run:\n${log}`)
    const { stdout } = spawnSync(server, ['version'], {
      env: { ...process.env, SUPERCAPD_CODE: 'tell' },
      encoding: 'utf8',
    })
    if (!stdout.includes('code taken: true')) throw new Error('V8 does not take the code that it has made')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
