// Routes of the service tests: what can be tested, with which options, and a test's outcome.
import Type from 'typebox'
import { Fault, messageOf } from '../../../base/fault.ts'
import { readFirstJson } from '../../../base/json-reader.ts'
import { compactJson, RawJson, type Writable } from '../../../base/json-writer.ts'
import { BadPattern } from '../../../base/path-match.ts'
import type { ShownTest } from '../../service-tests.ts'
import { type ApiReply, defineBytesRoute, defineRoute, json } from '../route.ts'
import { ErrorReply, Link } from '../schemas.ts'

const tag = 'service-tests'
const BASE = '/kapacitor/v1/service-tests'

const Options = Type.Record(Type.String(), Type.Unknown(), { description: 'Which there are depends on the service.' })
const ServiceTest = Type.Object({ link: Link, name: Type.String(), options: Options }, { title: 'Service test' })

/** On one line with a newline, unlike most replies. */
function oneLine(body: Writable): ApiReply {
  return json(200, new RawJson(`${compactJson(body)}\n`))
}

function shown({ name, options }: ShownTest): Writable {
  return { link: { rel: 'self', href: `${BASE}/${name}` }, name, options }
}

function nameOf(rest: string): string {
  if (rest === '') throw new Fault('no-name', 'must provide service name', { status: 400 })
  return rest
}

export const listServiceTests = defineRoute({
  method: 'GET',
  path: BASE,
  summary: 'The services that can be tested, with the options of their tests.',
  tag,
  query: Type.Object({ pattern: Type.Optional(Type.String({ description: 'Shell pattern on the name.' })) }),
  replies: {
    200: Type.Object({ link: Link, services: Type.Union([Type.Array(ServiceTest), Type.Null()]) }),
    400: ErrorReply,
  },
  handle(s, r) {
    const services = listed(() => s.serviceTests.list(r.query.get('pattern')))
    return oneLine({
      link: { rel: 'self', href: BASE },
      services: services.length === 0 ? null : services.map(shown),
    })
  },
})

function listed(list: () => ShownTest[]): ShownTest[] {
  try {
    return list()
  } catch (e) {
    if (!(e instanceof BadPattern)) throw e
    throw new Fault('bad-pattern', `bad pattern: ${e.message}`, { status: 400 })
  }
}

export const getServiceTest = defineRoute({
  method: 'GET',
  path: `${BASE}/*`,
  shownPath: `${BASE}/{name}`,
  summary: "The options of a service's test, with their defaults.",
  tag,
  replies: { 200: ServiceTest, 400: ErrorReply, 404: ErrorReply },
  handle: (s, r) => oneLine(shown(s.serviceTests.get(nameOf(r.rest)))),
})

export const runServiceTest = defineBytesRoute({
  method: 'POST',
  path: `${BASE}/*`,
  shownPath: `${BASE}/{name}`,
  summary: 'Tests a service: sends what the options say, laid over the defaults.',
  tag,
  body: Options,
  replies: {
    200: Type.Object({
      success: Type.Boolean({ description: 'Whether the service took it.' }),
      message: Type.String({ description: 'Why it failed; empty when it did not.' }),
    }),
    400: ErrorReply,
    404: ErrorReply,
  },
  async handle(s, r) {
    const name = nameOf(r.rest)
    s.serviceTests.get(name)
    const { success, message } = await s.serviceTests.run(name, decoded(r.body))
    return oneLine({ success, message })
  },
})

function decoded(body: Buffer) {
  try {
    return readFirstJson(body.toString('utf8'))
  } catch (e) {
    throw new Fault('bad-body', `failed to decode JSON body:${messageOf(e)}`, { status: 400 })
  }
}
