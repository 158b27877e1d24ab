// The service tests of what is no alert handler: InfluxDB, scrapers, what they find their targets with, and platforms.
import { testOption } from '../alert/handlers/service-test.ts'
import type { IoReply, IoRequest } from '../alert/io/handler-io.ts'
import { Fault } from '../base/fault.ts'
import { redactUrl } from '../base/redact-url.ts'
import type { Values } from './config/field.ts'
import { discoverers } from './config/sections/discovery.ts'
import type { ServiceTest } from './service-tests.ts'

const PING_MS = 10_000

/** How messages call the elements of a section. */
const NOUNS: Readonly<Record<string, string>> = { kubernetes: 'kubernetes cluster', swarm: 'swarm cluster' }

/** `elementsOf` gives a section's elements of the moment. */
export function platformTests(
  elementsOf: (section: string) => readonly Values[],
  http: (request: IoRequest) => Promise<IoReply>,
): ServiceTest[] {
  return [
    {
      name: 'influxdb',
      options: () => ({ cluster: testOption.string() }),
      run: ({ cluster }) => pingCluster(String(cluster), elementsOf('influxdb'), http),
    },
    { name: 'scraper', options: () => ({ name: testOption.string() }), run: () => Promise.resolve() },
    ...discoverers.map(({ section }) => ({
      name: section,
      options: () => ({ id: testOption.string() }),
      run: ({ id }: Readonly<Record<string, unknown>>) => refuse(section, String(id), elementsOf(section)),
    })),
  ]
}

async function pingCluster(
  name: string,
  clusters: readonly Values[],
  http: (request: IoRequest) => Promise<IoReply>,
): Promise<void> {
  const cluster = clusters.find((c) => c['name'] === name && c['enabled'] === true)
  const url = (cluster?.['urls'] as readonly string[] | undefined)?.[0]
  if (!cluster || url === undefined)
    throw new Fault('no-cluster', `cluster ${JSON.stringify(name)} is not enabled or does not exist`)
  const tls = {
    ca: String(cluster['sslCa']),
    cert: String(cluster['sslCert']),
    key: String(cluster['sslKey']),
    skipVerify: cluster['insecureSkipVerify'] === true,
  }
  const request = { method: 'GET', url: `${url.replace(/\/+$/, '')}/ping`, headers: {}, body: '' } as const
  const { status } = await http({ ...request, timeoutMs: PING_MS, tls })
  if (status < 200 || status > 299)
    throw new Fault('no-ping', `${redactUrl(url)} answered its ping with status ${status}`)
}

async function refuse(section: string, id: string, elements: readonly Values[]): Promise<never> {
  const isKnown = elements.some((e) => e['id'] === id && e['enabled'] === true)
  const noun = NOUNS[section] ?? `${section} discoverer`
  throw new Fault('not-served', isKnown ? `[${section}] is not served yet` : `unknown ${noun} ${JSON.stringify(id)}`)
}
