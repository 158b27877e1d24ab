// Prints the effective configuration as a file. What it comes from is said beside it, on standard error.
import { Fault } from '../base/fault.ts'
import { loadConfig } from '../server/config/load-config.ts'
import { renderConfig } from '../server/config/render-config.ts'

/** Throws a Fault when the configuration can't be used, or for another word than `show` or `hide` about secrets. */
export function showConfig(flags: ReadonlyMap<string, string>): void {
  const secrets = flags.get('secrets') ?? 'hide'
  if (secrets !== 'show' && secrets !== 'hide')
    throw new Fault('usage', `-secrets must be show or hide, not ${JSON.stringify(secrets)}`)
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
  process.stdout.write(renderConfig(config, secrets))
}
