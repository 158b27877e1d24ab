// The snmptrap handler: an SNMP trap with variables that are templates.
import { arg, field } from '../../lang/fields.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import type { SnmpType, SnmpVariable } from '../io/messaging.ts'
import { ENABLED } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { firstFlaw, OptionTemplates } from './handler-templates.ts'
import { option } from './option.ts'
import { mustBeEnabled, refusal } from './service-call.ts'
import { testOption } from './service-test.ts'

const TIMEOUT_MS = 10_000
const TYPES = /^[cinst]$/

const fields = {
  ...ENABLED,
  addr: config.string('Address and port.', 'localhost:162', { required: 'must specify addr' }),
  community: config.secret('Community.', 'kapacitor'),
  retries: config.int('Repetitions of a failed sending.', 1, { min: 0 }),
}

/** A variable as it was given, its type not checked yet. */
interface Entry {
  readonly oid: string
  readonly type: string
  readonly value: string
}

export const snmptrapHandler = defineHandler({
  kind: 'snmptrap',
  doc: 'Sends an SNMP v2c trap.',
  method: { name: 'snmpTrap', args: ['trapOid'] },
  options: {
    trapOid: option.string('The OID of the trap.', { script: false }),
    data: option.custom<readonly Entry[]>('A variable: OID, type (c, i, n, s or t) and value, a template.', {
      key: 'data-list',
      initial: [],
      field: field.method<readonly Entry[]>('A variable: OID, type (c, i, n, s or t) and value, a template.', {
        args: [arg.string('The OID.'), arg.string('The type: c, i, n, s or t.'), arg.string('The value.')],
        initial: [],
        apply: (before, [oid, type, value]) => [
          ...before,
          { oid: oid as string, type: type as string, value: value as string },
        ],
        shape: 'calls',
        calls: (all) => all.map(({ oid, type, value }) => [oid, type, value]),
      }),
      decode: decodeEntries,
    }),
  },
  config: { section: 'snmptrap', fields },
  limits: { timeoutMs: TIMEOUT_MS },
  scriptCheck: ({ trapOid, data }) => flawOf(trapOid, data),
  check: ({ trapOid, data }) => flawOf(trapOid, data) ?? firstFlaw({ value: data.map((d) => d.value) }),
  send: async (event, options, c, io) => {
    const templates = new OptionTemplates(options, event)
    const values = templates.renderAll(
      'value',
      options.data.map((d) => d.value),
    )
    return sendTrap(
      options.trapOid,
      options.data.map((d, i) => ({ ...d, value: values[i]! })),
      c,
      io,
    )
  },
  test: {
    options: () => ({
      'trap-oid': testOption.string('1.1.1.1'),
      'data-list': testOption.rows(
        ['oid', 'type', 'value'],
        [{ oid: '1.1.1.1.2', type: 's', value: 'test snmptrap message' }],
      ),
    }),
    send: (o, c, io) => sendTrap(o['trap-oid'], o['data-list'], c, io),
  },
})

function flawOf(trapOid: string, data: readonly Entry[]): string | undefined {
  if (trapOid === '') return 'you must supply a trap Oid'
  const wrong = data.find((d) => !TYPES.test(d.type))
  return wrong && `unsupported data type "${wrong.type}" for data entry "${wrong.oid}"`
}

function decodeEntries(json: unknown): readonly Entry[] {
  const isEntry = (row: unknown): row is Partial<Entry> =>
    typeof row === 'object' && row !== null && Object.values(row).every((v) => typeof v === 'string')
  if (!Array.isArray(json) || !json.every(isEntry)) throw new Error('must be a list of variables: oid, type, value')
  return json.map((row: Partial<Entry>) => ({ oid: row.oid ?? '', type: row.type ?? '', value: row.value ?? '' }))
}

const isOid = (text: string): boolean => /^\.?\d+(?:\.\d+)+$/.test(text)

/** Throws when the value does not fit the type. */
function variableOf({ oid, type, value }: Entry): SnmpVariable {
  if (!isOid(oid)) throw refusal(`"${oid}" is no OID`)
  const limit = type === 'c' ? 2n ** 64n : type === 't' ? 2n ** 32n : type === 'i' ? 2n ** 31n : undefined
  if (limit !== undefined) {
    const n = /^[+-]?\d+$/.test(value) ? BigInt(value.replace('+', '')) : undefined
    const least = type === 'i' ? -limit : 0n
    if (n === undefined || n < least || n >= limit)
      throw refusal(`"${value}" is no number for data entry "${oid}" of type "${type}"`)
  }
  return { oid: oid.replace(/^\./, ''), type: type as SnmpType, value }
}

async function sendTrap(
  oid: string,
  data: readonly Entry[],
  c: ConfigOf<typeof fields>,
  io: HandlerIo,
): Promise<Receipt> {
  mustBeEnabled(c)
  const flaw = flawOf(oid, data)
  if (flaw !== undefined) throw refusal(flaw)
  if (!isOid(oid)) throw refusal(`"${oid}" is no OID`)
  const variables = data.map(variableOf)
  const { addr: address, community, retries } = c
  await io.snmpTrap({ address, community, retries, oid: oid.replace(/^\./, ''), variables }, TIMEOUT_MS)
  return {}
}
