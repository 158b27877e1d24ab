// SNMP traps to Debian's snmptrapd.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { SnmpSender } from '../../src/alert/io/snmp-sender.ts'
import { findProgram, freePort, newFolder, OutsideProgram } from './outside-program.ts'

const snmptrapd = findProgram('snmptrapd')
const skip = snmptrapd === undefined ? 'snmptrapd is not installed' : false
const TIMEOUT_MS = 5_000

describe('snmp', { skip, timeout: 60_000 }, () => {
  const folder = newFolder()
  const sender = new SnmpSender()
  let daemon: OutsideProgram
  let port = 0

  before(async () => {
    port = await freePort()
    const file = join(folder.path, 'snmptrapd.conf')
    writeFileSync(file, 'authCommunity log kapacitor\n')
    const env = { ...process.env, SNMP_PERSISTENT_DIR: folder.path, MIBS: '' }
    const options = ['-f', '-Lo', '-On', '-C', '-c', file, '-F', 'TRAP %N %W %q %v\\n']
    daemon = new OutsideProgram(snmptrapd!, [...options, `udp:127.0.0.1:${port}`], env)
    await daemon.printed(/NET-SNMP version/, TIMEOUT_MS)
  })
  after(async () => {
    await sender.close()
    await daemon.stop()
    folder.remove()
  })

  it('arrives with a variable of each type', async () => {
    const variables = [
      { oid: '1.3.6.1.4.1.9.1', type: 's', value: 'it is hot' },
      { oid: '1.3.6.1.4.1.9.2', type: 'c', value: '18446744073709551615' },
      { oid: '1.3.6.1.4.1.9.3', type: 'c', value: '0' },
      { oid: '1.3.6.1.4.1.9.4', type: 'i', value: '-2147483648' },
      { oid: '1.3.6.1.4.1.9.5', type: 't', value: '4294967295' },
      { oid: '1.3.6.1.4.1.9.6', type: 'n', value: '' },
    ] as const
    const trap = { address: `127.0.0.1:${port}`, community: 'kapacitor', retries: 1, oid: '1.3.6.1.4.1.9', variables }
    await sender.send(trap, TIMEOUT_MS)
    const [line] = await daemon.printed(/^TRAP.*$/m, TIMEOUT_MS)
    const parts = line.split('\t').map((part) => part.replace(/^TRAP\D*?(?=\.1)/, ''))
    assert.match(line, /\.1\.3\.6\.1\.2\.1\.1\.3\.0 = Timeticks: \(1000\)/)
    assert.match(line, /\.1\.3\.6\.1\.6\.3\.1\.1\.4\.1\.0 = OID: \.1\.3\.6\.1\.4\.1\.9\t/)
    assert.deepEqual(parts.slice(2), [
      '.1.3.6.1.4.1.9.1 = STRING: "it is hot"',
      '.1.3.6.1.4.1.9.2 = Counter64: 18446744073709551615',
      '.1.3.6.1.4.1.9.3 = Counter64: 0',
      '.1.3.6.1.4.1.9.4 = INTEGER: -2147483648',
      '.1.3.6.1.4.1.9.5 = Timeticks: (4294967295) 497 days, 2:27:52.95',
      '.1.3.6.1.4.1.9.6 = NULL',
    ])
  })

  it('is not there for a name that nobody has', async () => {
    const trap = { address: 'nobody.invalid:162', community: 'c', retries: 0, oid: '1.3.6', variables: [] }
    await assert.rejects(sender.send(trap, TIMEOUT_MS), { retry: true })
  })
})
