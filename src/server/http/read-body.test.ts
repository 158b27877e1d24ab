import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { BodyReader } from './read-body.ts'

const BODY = 'b'.repeat(40_000)
const REQUEST = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${BODY.length}\r\n\r\n`

/** Gives the request that comes over a connection made of these pieces. */
function requestOf(...pieces: readonly string[]): Promise<IncomingMessage> {
  return new Promise((resolve) => {
    const server = createServer(resolve)
    const connection = new Duplex({ read() {}, write: (_c, _e, done) => done() })
    server.emit('connection', connection)
    for (const piece of pieces) connection.push(Buffer.from(piece))
  })
}

test('each piece of a body has memory of its own, which is free once the piece has been copied', async () => {
  const request = await requestOf(REQUEST + BODY.slice(0, 20_000), BODY.slice(20_000))
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => {
    // Were it a part of what the parser still reads, it could not be freed.
    assert.equal(piece.buffer.byteLength, piece.length)
    pieces.push(piece)
  })
  const body = await new Promise<Buffer | undefined>((resolve, reject) => {
    const reader = new BodyReader({ maxBodyBytes: 1e6, maxPendingBytes: 1e6 })
    reader.read(request, (fault, whole) => (fault ? reject(fault) : resolve(whole)))
  })
  assert.equal(body?.toString(), BODY)
  assert.deepEqual(
    pieces.map((p) => p.buffer.byteLength),
    [0, 0],
  )
})
