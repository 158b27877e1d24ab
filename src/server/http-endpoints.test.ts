import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { HttpEndpoints } from './http-endpoints.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'endpoints-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const file = path.join(folder, 'row.tmpl')

test('endpoints have credentials, headers and the text of template files', () => {
  writeFileSync(file, '{{ .Name }}')
  const endpoints = new HttpEndpoints()
  const element = {
    endpoint: 'e',
    url: 'http://x',
    basicAuth: { username: 'u', password: 'p' },
    headers: { A: 'b' },
    rowTemplateFile: file,
    alertTemplate: '{{ .ID }}',
  }
  endpoints.update([element])
  assert.deepEqual(endpoints.get('e'), {
    url: 'http://x',
    headers: { Authorization: `Basic ${btoa('u:p')}`, A: 'b' },
    rowTemplate: '{{ .Name }}',
    alertTemplate: '{{ .ID }}',
  })
  assert.deepEqual(endpoints.elements, [{ ...element, rowTemplate: '{{ .Name }}', alertTemplate: '{{ .ID }}' }])
  assert.equal(endpoints.get('f'), undefined)
})

test('an endpoint whose element stays is not read again; a bad one changes nothing', () => {
  writeFileSync(file, 'x')
  const endpoints = new HttpEndpoints()
  const kept = { endpoint: 'kept', url: 'http://x', rowTemplateFile: file }
  endpoints.update([kept])
  const [before, shown] = [endpoints.get('kept'), endpoints.elements[0]]
  rmSync(file)
  endpoints.update([kept, { endpoint: 'new', url: 'http://y' }])
  assert.equal(endpoints.get('kept'), before)
  assert.equal(endpoints.elements[0], shown)
  assert.throws(() => endpoints.update([{ ...kept }]), /can't read the row template .*row\.tmpl/)
  assert.equal(endpoints.get('kept'), before)
  assert.equal(endpoints.get('new')?.url, 'http://y')
})
