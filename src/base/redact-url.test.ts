import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordOf, redactUrl, redactUrls } from './redact-url.ts'

test('a URL loses its password, and on request the values of its query', () => {
  for (const [url, shown] of [
    ['http://user:pass@host/a', 'http://user:[REDACTED]@host/a'],
    ['http://:pass@host', 'http://:[REDACTED]@host'],
    ['mqtt+ssl://u:p@ss@host:1', 'mqtt+ssl://u:[REDACTED]@host:1'],
    ['http://user@host/a:b@c', 'http://user@host/a:b@c'],
    ['http://host:80/a?x=u:p@h', 'http://host:80/a?x=u:p@h'],
    ['http://u:$&@host', 'http://u:[REDACTED]@host'],
    ['no url', 'no url'],
  ] as const)
    assert.equal(redactUrl(url), shown)
  assert.equal(redactUrl('http://h/?a=1&b=2#x', true), 'http://h/?a=[REDACTED]&b=[REDACTED]#x')
  assert.deepEqual([passwordOf('http://u:p%40@h'), passwordOf('http://h:1/u:p@')], ['p%40', undefined])
})

test('URLs in a text lose theirs', () => {
  assert.equal(
    redactUrls('GET http://u:p@h/x failed, "https://a:b%20@c" too; a@b.example and 1:2@3 stay'),
    'GET http://u:[REDACTED]@h/x failed, "https://a:[REDACTED]@c" too; a@b.example and 1:2@3 stay',
  )
})
