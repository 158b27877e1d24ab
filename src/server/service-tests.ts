// The tests of services that users can run: one for each handler that declares one, and those of the services that are
// no handlers. Knows no HTTP.
import type { HandlerDeclaration } from '../alert/handlers/define-handler.ts'
import { decodeTestOptions, shownTestOptions, type TestOptions } from '../alert/handlers/service-test.ts'
import type { HandlerIo } from '../alert/io/handler-io.ts'
import { byteOrder } from '../base/byte-order.ts'
import { Fault, messageOf } from '../base/fault.ts'
import type { Json } from '../base/json-reader.ts'
import type { Writable } from '../base/json-writer.ts'
import { PathPattern } from '../base/path-match.ts'

export interface ServiceTest {
  readonly name: string
  /** The options with their defaults as they stand now. */
  options(): TestOptions
  /** Rejects with the reason why the service does not work. */
  run(options: Readonly<Record<string, unknown>>): Promise<unknown>
}

export interface ShownTest {
  readonly name: string
  readonly options: Readonly<Record<string, Writable>>
}

export interface TestOutcome {
  readonly success: boolean
  /** Why it failed; empty when it did not. */
  readonly message: string
}

export class ServiceTests {
  readonly #tests: ReadonlyMap<string, ServiceTest>

  constructor(tests: readonly ServiceTest[]) {
    this.#tests = new Map([...tests].sort((a, b) => byteOrder(a.name, b.name)).map((t) => [t.name, t]))
  }

  /** In order of their names; all when the pattern is empty. Throws BadPattern. */
  list(pattern: string): ShownTest[] {
    const wanted = pattern === '' ? undefined : new PathPattern(pattern)
    return [...this.#tests.values()].filter((t) => wanted?.matches(t.name) ?? true).map(shown)
  }

  /** Throws Fault (404). */
  get(name: string): ShownTest {
    return shown(this.#test(name))
  }

  /** Throws Fault: 404 when there is no such service, 400 when the options can't be taken. A failing test resolves. */
  async run(name: string, json: Json): Promise<TestOutcome> {
    const test = this.#test(name)
    const options = decoded(test.options(), json)
    try {
      await test.run(options)
      return { success: true, message: '' }
    } catch (e) {
      return { success: false, message: messageOf(e) }
    }
  }

  #test(name: string): ServiceTest {
    const test = this.#tests.get(name)
    if (!test) throw new Fault('service-not-found', `service ${JSON.stringify(name)} not found`, { status: 404 })
    return test
  }
}

function shown(t: ServiceTest): ShownTest {
  return { name: t.name, options: shownTestOptions(t.options()) }
}

function decoded(options: TestOptions, json: Json): Readonly<Record<string, unknown>> {
  try {
    return decodeTestOptions(options, json)
  } catch (e) {
    throw new Fault('bad-options', `failed to decode JSON body:${messageOf(e)}`, { status: 400 })
  }
}

/** The tests of handlers, under the names of their sections. `configOf` gives a handler's configuration of the moment. */
export function handlerTests(
  handlers: readonly HandlerDeclaration[],
  configOf: (d: HandlerDeclaration) => unknown,
  io: HandlerIo,
): ServiceTest[] {
  return handlers.flatMap((d) => {
    const { test, config } = d
    if (!test || !config) return []
    return [
      {
        name: config.section,
        options: () => test.options(configOf(d)),
        run: (options) => test.send(options, configOf(d), io),
      },
    ]
  })
}
