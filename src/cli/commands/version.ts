// version: of this command; the server tells its own with `stats general`.
import { VERSION } from '../../server/version.ts'
import { defineCommand } from '../command.ts'

export const version = defineCommand({
  name: 'version',
  summary: 'Prints the version of this command.',
  async run({ out, json }) {
    if (json) out.json({ version: VERSION })
    else out.line(`Supercap OSS ${VERSION} (git: unknown unknown)`)
  },
})
