import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Zone } from './go-calendar.ts'
import { GoDuration } from './go-duration.ts'
import { formatFloat } from './go-float.ts'
import type { GoFunction } from './go-function.ts'
import { jsonFunctions } from './go-json.ts'
import { structType } from './go-struct.ts'
import { formatTime } from './go-time-layout.ts'
import { GoInt, GoMap, GoNamedString } from './go-value.ts'
import { parseTemplate, type TemplateOptions } from './template.ts'
import { TemplateError, TemplateExecError } from './template-error.ts'
import type { MissingKey } from './template-exec.ts'
import { goldenData } from './testdata/golden-data.ts'

// The files of testdata hold what Go's own packages give for each probe. `go run golden.go FILE` fills them anew.

type Probe = readonly (string | number)[]

const probes = (file: string): readonly Probe[] =>
  readFileSync(new URL(`./testdata/${file}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Probe)

const trusting = (type: string): GoFunction => ({
  params: ['string'],
  call: ([text]) => new GoNamedString(`template.${type}`, text as string),
})

const trusts: Readonly<Record<string, GoFunction>> = {
  safe: trusting('HTML'),
  safeURL: trusting('URL'),
  safeCSS: trusting('CSS'),
  safeAttr: trusting('HTMLAttr'),
  safeJSStr: trusting('JSStr'),
  safeSrcset: trusting('Srcset'),
}

const optionsOf = (kind: string): TemplateOptions => {
  if (kind === 'html') return { html: true, functions: { ...jsonFunctions(), ...trusts } }
  if (kind === 'text') return { functions: jsonFunctions() }
  return { functions: jsonFunctions(), missingKey: kind.slice('text '.length) as MissingKey }
}

const rendered = (text: string, options: TemplateOptions): string => {
  try {
    return parseTemplate('t', text, options).render(goldenData)
  } catch (error) {
    if (error instanceof TemplateError) return `parse error: ${error.message}`
    if (error instanceof TemplateExecError) return `exec error: ${error.message}`
    throw error
  }
}

for (const file of ['text', 'printf', 'html']) {
  test(`${file} templates give what Go gives`, () => {
    for (const probe of probes(file)) {
      const [kind, text, want] = probe as readonly [string, string, string]
      assert.equal(rendered(text, optionsOf(kind)), want, text)
    }
  })
}

const fixedZone = (offset: number, name: string): Zone => ({
  name,
  offsetAt: () => offset,
  abbreviationAt: () => name,
})

const floatOf = (bits: string): number => {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt(`0x${bits}`))
  return view.getFloat64(0)
}

const formatted = (probe: Probe): string => {
  const [kind, a, b, c, d] = probe
  switch (kind) {
    case 'float':
      return formatFloat(floatOf(a as string), b as string, c as number)
    case 'layout':
      return formatTime(a as number, b as number, fixedZone(0, 'UTC'), c as string)
    case 'zone':
      return formatTime(a as number, 0, fixedZone(b as number, c as string), d as string)
    default:
      return new GoDuration(BigInt(a as string)).word()
  }
}

test('floats, times and durations are written as Go writes them', () => {
  for (const probe of probes('format')) assert.equal(formatted(probe), probe.at(-1), JSON.stringify(probe))
})

test('a parse error tells line and place', () => {
  assert.throws(
    () => parseTemplate('id', 'é{{ .X }}\n{{ .Y } }}'),
    (error) =>
      error instanceof TemplateError &&
      error.message === 'template: id:2: unexpected "}" in operand' &&
      error.line === 2 &&
      error.offset === 16,
  )
})

test('columns of execution errors count bytes', () => {
  const template = parseTemplate('message', 'é{{ .Nope }}')
  assert.throws(() => template.render(goldenData), {
    name: 'TemplateExecError',
    message: `template: message:1:5: executing "message" at <.Nope>: can't evaluate field Nope in type main.event`,
  })
})

test('an html template without a safe escaping parses and fails when rendered', () => {
  const template = parseTemplate('details', '<p>{{ .ID }}<p title="', { html: true })
  assert.throws(() => template.render(goldenData), {
    message:
      'html/template:details: ends in a non-text context: {stateAttr delimDoubleQuote urlPartNone jsCtxRegexp [] attrNone elementNone <nil>}',
  })
})

test('runaway templates end with an error', () => {
  const render = (text: string) => () => parseTemplate('t', text).render(null)
  const depth = /exceeded maximum template depth/
  assert.throws(render('{{define "x"}}{{template "x"}}{{end}}{{template "x"}}'), depth)
  assert.throws(render('{{define "x"}}{{if 1}}{{range 1}}{{template "x"}}{{end}}{{end}}{{end}}{{template "x"}}'), depth)
  assert.throws(render('{{range 1000000000000}}{{end}}'), /exceeded maximum of 10000000 iterations/)
  assert.throws(render('{{$s := "xxxxxxxx"}}{{range 60}}{{$s = print $s $s}}{{end}}'), /exceeded maximum of/)
  assert.throws(render('{{range 1000000}}{{printf "%100000d" 1}}{{end}}'), /exceeded maximum output/)
  const parens = '('.repeat(5000)
  assert.throws(render(`{{ ${parens} }}`), { name: 'TemplateError', message: /max expression depth exceeded/ })
  assert.throws(render('{{if 1}}'.repeat(5000)), { name: 'TemplateError', message: /max expression depth exceeded/ })
})

test('text that is no valid Unicode is mended', () => {
  const text = (source: string) => parseTemplate('t', source).render(null)
  assert.equal(text('{{ slice "é" 0 1 }}|'), '\ufffd|')
  assert.equal(text('{{ slice "é" 0 1 }}{{ slice "é" 1 2 }}'), 'é')
  assert.equal(text('{{ "\\xc3" }}{{ "\\xa9" }}{{ "\\xff" }}'), 'é\ufffd')
  assert.equal(text('{{ len "\\xff☺" }} {{ printf "%x" "\\xff☺" }}'), '4 ffe298ba')
})

test('the fields a template reads', () => {
  const reads = (text: string) => {
    const found = parseTemplate('t', text).reads
    return found === 'all' ? found : [...found].sort().join(' ')
  }
  assert.equal(reads('{{ .ID }} is {{ .Level }}'), 'ID Level')
  assert.equal(reads('{{ index .Tags "a" }}{{ .Time.Format "15" }}{{ $.Name }}'), 'Name Tags Time')
  assert.equal(reads('{{ range .List }}{{ .X }}{{ $.Y }}{{ else }}{{ .Z }}{{ end }}'), 'List Y Z')
  assert.equal(reads('{{ with .A }}{{ .X }}{{ else with .B }}{{ .Y }}{{ end }}'), 'A B')
  assert.equal(reads('{{ if (eq .A (len .B)) }}{{ .C | printf "%v" .D }}{{ end }}'), 'A B C D')
  assert.equal(reads('{{ define "x" }}{{ .P }}{{ $.Q }}{{ end }}{{ template "x" . }}'), 'P Q')
  assert.equal(reads('{{ define "x" }}{{ .P }}{{ $.Q }}{{ end }}{{ template "x" .A }}'), 'A')
  assert.equal(reads('{{ range .A }}{{ template "x" . }}{{ end }}{{ define "x" }}{{ .P }}{{ end }}'), 'A')
  assert.equal(reads('{{ define "unused" }}{{ . }}{{ end }}text'), '')
  assert.equal(reads('{{ json . }}'.replace('json', 'print')), 'all')
  assert.equal(reads('{{ $ }}'), 'all')
  assert.equal(reads('{{ range .A }}{{ $ }}{{ end }}'), 'all')
  assert.equal(reads('{{ range .A }}{{ . }}{{ end }}'), 'A')
  assert.equal(reads('{{ with . }}{{ .X }}{{ end }}'), 'all')
  assert.equal(reads('{{ $x := . }}{{ $x.Y }}'), 'all')
  assert.equal(reads('{{ (.).X }}'), 'all')
  assert.equal(reads('{{ define "x" }}{{ . }}{{ end }}{{ template "x" . }}'), 'all')
})

test('fields are read only when a template asks for them', () => {
  let reads = 0
  const type = structType<{ id: string }>('Event', [
    { name: 'ID', get: (event) => event.id },
    { name: 'Costly', get: () => `${++reads}` },
  ])
  assert.equal(parseTemplate('t', '{{ .ID }}').render(type.of({ id: 'a' })), 'a')
  assert.equal(reads, 0)
  assert.equal(parseTemplate('t', '{{ .Costly }}').render(type.of({ id: 'a' })), '1')
  assert.equal(reads, 1)
})

test('NaN and infinities become null in JSON when that is asked for', () => {
  const data = new GoMap(
    'interface {}',
    new Map([
      ['x', Number.NaN],
      ['y', Number.NEGATIVE_INFINITY],
    ]),
  )
  const functions = jsonFunctions('null')
  assert.equal(parseTemplate('t', '{{ json . }}', { functions }).render(data), '{"x":null,"y":null}\n')
})

test('a function may be replaced, and may fail', () => {
  const functions: Readonly<Record<string, GoFunction>> = {
    len: { params: ['int'], call: ([n]) => new GoInt(Number((n as GoInt).value) + 1) },
  }
  const template = (text: string) => parseTemplate('t', text, { functions })
  assert.equal(template('{{ len 4 }}').render(null), '5')
  assert.throws(() => template('{{ len "a" }}').render(null), { message: /expected integer; found "a"/ })
})

const fragments = fc.constantFrom(
  ...['{{', '}}', '{{-', ' -}}', '.', '.ID', '.Words', '$', '$x', ':=', '=', '|', '(', ')', ' ', '"', '`', "'", '\\'],
  ...[
    'if',
    'else',
    'end',
    'range',
    'with',
    'define',
    'template',
    'block',
    'break',
    'nil',
    'true',
    '1',
    '2.5',
    '/*',
    '*/',
  ],
  ...[
    '"a"',
    '"%d"',
    'print',
    'printf',
    'index',
    'slice',
    'eq',
    'and',
    ',',
    '\n',
    '\u{1f600}',
    '\udc00',
    '<a href="',
    '<script>',
  ],
)

test('whatever the text, it parses or is refused, and renders or fails', () => {
  const text = fc.oneof(
    fc.array(fragments, { maxLength: 24 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(text, fc.boolean(), (source, html) => {
      assert.equal(typeof rendered(source, { html }), 'string')
      assert.equal(typeof rendered(`{{${source}}}`, { html }), 'string')
    }),
    { numRuns: 2000 },
  )
})

test('a text without delimiters is itself, and html text stays as safe as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!text.includes('{{'))
      assert.equal(parseTemplate('t', text).render(null), text)
    }),
  )
})

test('a value never breaks out of html text, attribute or script string', () => {
  const template = parseTemplate(
    't',
    '<p>{{ . }}</p><a title="{{ . }}" href="/?{{ . }}">x</a><script>"{{ . }}"</script>',
    {
      html: true,
    },
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const out = template.render(value)
      assert.match(
        out,
        /^<p>[^<>"']*<\/p><a title="[^<>"']*" href="\/\?[^<>"' ]*">x<\/a><script>"[^<>"'\n]*"<\/script>$/,
      )
    }),
  )
})
