// Prints the effective configuration as a file. What it comes from is said beside it, on standard error.
import { loadConfig } from '../server/config/load-config.ts'
import { renderConfig } from '../server/config/render-config.ts'

/** Throws a Fault when the configuration can't be used. */
export function showConfig(flags: ReadonlyMap<string, string>): void {
  const config = loadConfig({
    flags: { config: flags.get('config') ?? '', hostname: flags.get('hostname') ?? '' },
    environment: process.env,
    purpose: 'show',
  })
  const from =
    config.file === undefined
      ? 'No configuration provided, using default settings'
      : `Merging with configuration at: ${config.file}`
  process.stderr.write(`${from}\n`)
  process.stdout.write(renderConfig(config))
}
