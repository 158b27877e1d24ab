/**
 * The data that the golden tests render templates over; golden.go beside it declares the same in Go.
 * Test data only.
 */
import { GoDuration } from '../go-duration.ts'
import { GoError } from '../go-function.ts'
import { sprintln } from '../go-print.ts'
import { type StructField, structType } from '../go-struct.ts'
import { GoTime } from '../go-time.ts'
import {
  GoComplex,
  GoFunc,
  GoInt,
  GoMap,
  GoNamedInt,
  GoSlice,
  int64,
  type Maybe,
  type TemplateValue,
} from '../go-value.ts'

const any = 'interface {}'
const constant = (name: string, value: TemplateValue): StructField<null> => ({ name, get: () => value })
const mapOf = (elem: string, entries: Record<string, TemplateValue>): GoMap =>
  new GoMap(elem, new Map(Object.entries(entries)))

const host = structType<null>('main.host', [constant('Hostname', 'localhost'), constant('ClusterID', 'c1')])

const base = structType<null>('main.base', [
  constant('Name', 'oven'),
  constant('Group', 'room=a'),
  constant('Tags', mapOf('string', { room: 'a', brand: 'z<&>', é: 'ü' })),
  constant('Host', host.of(null)),
])

const row = structType<null>('main.row', [
  { name: 'Name', json: 'name', get: () => 'cpu' },
  { name: 'Tags', json: 'tags', omitEmpty: true, get: () => mapOf('string', { h: '1' }) },
  { name: 'Columns', json: 'columns', get: () => new GoSlice('string', ['time', 'v']) },
  {
    name: 'Values',
    json: 'values',
    get: () => new GoSlice(`[]${any}`, [new GoSlice(any, ['t0', 1.5]), new GoSlice(any, ['t1', null])]),
  },
  constant('secret', new GoInt(7)),
])

const fields = mapOf(any, {
  heat: 6.5,
  n: int64(3),
  on: true,
  s: 'q"<t>\'&',
  big: int64(1n << 62n),
  none: null,
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  zero: 0,
  tiny: 1e-7,
  huge: 1e21,
  million: 1234567,
})

const join = new GoFunc('func(string, ...interface {}) string', {
  params: ['string', any],
  variadic: true,
  call: ([separator, ...args]: readonly Maybe[]) =>
    sprintln(args)
      .split(/\s+/)
      .filter((word) => word !== '')
      .join(separator as string)
      .replace(/^ +| +$/g, ''),
})

const twice = new GoFunc('func(int) (int, error)', {
  params: ['int'],
  call: ([n]) => {
    const value = Number((n as GoInt).value)
    if (value < 0) throw new GoError('negative')
    return new GoInt(2 * value)
  },
})

const list = new GoSlice(any, [
  new GoInt(1),
  2.5,
  'x',
  null,
  true,
  new GoSlice(any, ['in', new GoInt(1)]),
  mapOf(any, { k: new GoInt(1) }),
])

const bytes = [0x68, 0x69, 0xff].map((byte) => new GoInt(byte, 'uint8'))

const event = structType<null>('main.event', [
  { name: 'base', embed: base.type, get: () => null },
  constant('ID', 'oven:a'),
  constant('Fields', fields),
  constant('Level', 'WARNING'),
  constant('State', new GoNamedInt('main.level', 2, 'WARNING', true)),
  constant('Time', new GoTime(1_500_000_000, 123_456_789)),
  constant('Duration', new GoDuration(90_250_000_000)),
  constant('List', list),
  constant('Words', new GoSlice('string', ['a', 'b<c>', 'd e'])),
  constant(
    'Numbers',
    new GoSlice(
      'int',
      [3, 1, 2].map((n) => new GoInt(n)),
    ),
  ),
  constant('Empty', new GoSlice('string', [])),
  constant('Counts', mapOf('int64', { b: int64(2), a: int64(1) })),
  constant('Deep', mapOf('map[string]string', { x: mapOf('string', { y: 'z' }) })),
  constant('Rows', new GoSlice('main.row', [row.of(null)])),
  constant('Nil', null),
  { ...constant('Any', 'any'), dynamic: true },
  constant('Bytes', new GoSlice('uint8', bytes)),
  constant('Complex', new GoComplex(1, -2.5)),
  constant('Join', join),
  constant('Twice', twice),
])

/** The event that golden templates are rendered over. */
export const goldenData = event.of(null)
