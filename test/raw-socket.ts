// For tests: what goes over one connection of a client, byte by byte.
import { once } from 'node:events'
import type { Socket } from 'node:net'

/** Sends a ping and gives the first line of its answer. */
export async function ping(socket: Socket): Promise<string> {
  socket.write('GET /kapacitor/v1/ping HTTP/1.1\r\nHost: x\r\n\r\n')
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  return chunk.toString().split('\r\n', 1)[0]!
}

/** All that comes until the other side closes. */
export async function rest(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('utf8').on('data', (t: string) => {
    text += t
  })
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('close', resolve))
  return text
}
