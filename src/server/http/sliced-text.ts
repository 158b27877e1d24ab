// A long text as a stream that is made while it is sent, in slices, so that making it holds up nothing else. Knows not what
// it says.
import { Readable } from 'node:stream'
import { setImmediate as breathe } from 'node:timers/promises'

/** Characters between two pauses. */
const SLICE = 64 * 1024

/** Nothing is made before somebody reads, nor after the stream is destroyed. */
export function slicedText(pieces: () => Iterable<string> | Promise<Iterable<string>>): Readable {
  return Readable.from(slices(pieces), { objectMode: false })
}

async function* slices(pieces: () => Iterable<string> | Promise<Iterable<string>>): AsyncGenerator<string> {
  let text = ''
  for (const piece of await pieces()) {
    text += piece
    if (text.length < SLICE) continue
    yield text
    text = ''
    await breathe()
  }
  yield text
}
