import assert from 'node:assert/strict'
import { test } from 'node:test'
import { discreetHttp } from './discreet-http.ts'
import type { OutgoingRequest } from './http-client.ts'

const request: OutgoingRequest = {
  method: 'POST',
  url: 'http://h/x?auth_token=tok%20en&room=r',
  headers: { Authorization: 'Bearer abc.def', 'X-Api-Key': 'k-1', 'X-Room': 'r', Token: '' },
  body: '',
  timeoutMs: 1,
}

test('an answer does not repeat what the request was known by', async () => {
  const sent: OutgoingRequest[] = []
  const echo = async (r: OutgoingRequest) => {
    sent.push(r)
    return { status: 401, headers: { a: 'b' }, body: 'no: abc.def, abc.def, k-1, tok en, r, configured' }
  }
  const http = discreetHttp(echo, (text) => text.replace('configured', '?'))
  assert.deepEqual(await http(request), {
    status: 401,
    headers: { a: 'b' },
    body: 'no: [REDACTED], [REDACTED], [REDACTED], [REDACTED], r, ?',
  })
  assert.deepEqual(sent, [request])
  const odd = { ...request, url: 'no url', headers: {} }
  assert.equal((await http(odd)).body, 'no: abc.def, abc.def, k-1, tok en, r, ?')
})
