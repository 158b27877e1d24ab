import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import type { EventFields } from '../../alert/event.ts'
import type { Level } from '../../alert/level.ts'
import { type DetailsData, detailsTemplateData } from '../../alert/template-data.ts'
import { parseText } from './alert-texts.ts'
import { DEFAULT_DETAILS, defaultDetails } from './default-details.ts'

const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('<a&b>', 'it\'s + "q"', '\u2028\0'))
const value = fc.oneof(
  fc.record({ kind: fc.constant('float' as const), value: fc.double() }),
  fc.record({ kind: fc.constant('int' as const), value: fc.oneof(fc.maxSafeInteger(), fc.constant(2n ** 62n)) }),
  fc.record({ kind: fc.constant('string' as const), value: text }),
  fc.record({ kind: fc.constant('bool' as const), value: fc.boolean() }),
  fc.constant({ kind: 'null' as const, value: null }),
)
const names = text.filter((t) => t !== '__proto__')

it('gives what the default template gives', () => {
  const template = parseText('details', DEFAULT_DETAILS)
  const data: fc.Arbitrary<DetailsData> = fc.record({
    name: text,
    taskName: text,
    group: text,
    tags: fc.dictionary(names, text),
    server: fc.record({ hostname: text, clusterId: text, serverId: text }),
    id: text,
    fields: fc.dictionary(names, value) as fc.Arbitrary<EventFields>,
    level: fc.constantFrom<Level>(0, 1, 2, 3),
    time: fc.record({ sec: fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }), ns: fc.nat(999_999_999) }),
    duration: fc.oneof(fc.nat(), fc.constant(2n ** 62n)),
    message: text,
  })
  fc.assert(
    fc.property(data, (d) => {
      assert.equal(defaultDetails(d), template.render(detailsTemplateData(d)))
    }),
    { numRuns: 500 },
  )
})
