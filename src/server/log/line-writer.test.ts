import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { LineWriter } from './line-writer.ts'

const error = (code: string): Error => Object.assign(new Error(code), { code })

/** A target that answers each write in turn: takes so many bytes, or fails with a code; when out of answers it takes all. */
function target(answers: (number | string)[]) {
  const taken: Buffer[] = []
  const write = (bytes: Uint8Array): number => {
    const answer = answers.shift() ?? bytes.length
    if (typeof answer === 'string') throw error(answer)
    const n = Math.min(answer, bytes.length)
    taken.push(Buffer.from(bytes.subarray(0, n)))
    return n
  }
  return { write, answers, text: () => Buffer.concat(taken).toString(), writes: () => taken.length }
}

describe('the writer of lines', () => {
  test('lines of one turn are written together, at its end', async () => {
    const t = target([])
    const writer = new LineWriter(t.write)
    for (let i = 0; i < 10; i++) writer.write(`line ${i}\n`)
    assert.equal(t.text(), '')
    await new Promise((done) => setImmediate(done))
    assert.equal(t.writes(), 1)
    assert.equal(t.text().split('\n').length, 11)
  })

  test('every line arrives once and in order, however the target takes them', () => {
    const answer = fc.oneof(fc.nat(7), fc.constantFrom('EAGAIN', 'EINTR'))
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '😀') })),
        fc.array(answer),
        (lines, answers) => {
          const t = target([...answers])
          const writer = new LineWriter(t.write)
          for (const line of lines) {
            writer.write(`${line}\n`)
            writer.flush()
          }
          // Every flush uses an answer up while something waits.
          for (let n = t.answers.length; n >= 0; n--) writer.flush()
          assert.equal(t.text(), lines.map((l) => `${l}\n`).join(''))
        },
      ),
    )
  })

  test('a target that fails costs what waited; when it is back the loss is told, on a line of its own', () => {
    const t = target([3, 'ENOSPC'])
    const writer = new LineWriter(t.write)
    writer.write('one\n')
    writer.write('two\n')
    writer.flush()
    t.answers.push('ENOSPC', 4, 'EIO')
    writer.flush()
    writer.flush()
    writer.write('three\n')
    writer.flush()
    assert.equal(t.text(), 'one\nlvl\nthree\nlvl=warn msg="the log could not keep up" dropped=2\n')
  })

  test('what waits is bounded', () => {
    const t = target(Array.from({ length: 1000 }, () => 'EAGAIN'))
    const writer = new LineWriter(t.write, { maxWaiting: 50 })
    for (let i = 0; i < 100; i++) {
      writer.write('0123456789\n')
      writer.flush()
    }
    t.answers.length = 0
    writer.flush()
    const lines = t.text().split('\n')
    assert.deepEqual(
      lines.slice(0, 5),
      Array.from({ length: 5 }, () => '0123456789'),
    )
    assert.equal(lines[5], 'lvl=warn msg="the log could not keep up" dropped=95')
  })

  test('the last words wait for a reader that is behind, but not for ever', () => {
    const slow = target(['EAGAIN', 'EAGAIN'])
    const writer = new LineWriter(slow.write)
    writer.write('last\n')
    writer.flushFinally()
    assert.equal(slow.text(), 'last\n')
    let tries = 0
    const stuck = new LineWriter(() => {
      tries++
      throw error('EAGAIN')
    })
    stuck.write('last\n')
    stuck.flushFinally(60)
    assert.equal(tries, 4)
  })
})
