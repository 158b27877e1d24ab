// A process for the tests of the store in files: commits without end, telling each commit that was acknowledged, until
// it is killed (`kill`); or fills the disk it is given, then shows that the store still works (`fill`).
import { writeSync } from 'node:fs'
import { Fault } from '../base/fault.ts'
import { openFileStore } from './file-store.ts'

const [mode, boltdb] = process.argv.slice(2)
const { store, close } = await openFileStore({ boltdb: boltdb!, sync: mode === 'kill-always' ? 'always' : 'kill-safe' })
const numbers = store.collection<string>('numbers')
const outbox = store.queue<number>('outbox')

if (mode === 'fill') {
  const codes = new Set<string>()
  let written = 0
  for (let i = 0; i < 100 && codes.size === 0; i++) {
    await store
      .commit((w) => {
        w.put(numbers, ['small', i], 'x')
        w.put(numbers, ['large', i], 'y'.repeat(100_000))
      })
      .then(
        () => written++,
        (e: unknown) => codes.add(e instanceof Fault && e.retry ? e.code : String(e)),
      )
  }
  const whole = numbers.count({ prefix: ['small'] }) === written && numbers.count({ prefix: ['large'] }) === written
  await store.commit((w) => w.remove(numbers, ['large', 0]))
  await store.commit((w) => w.put(numbers, ['small', 0], 'changed'))
  const usable = numbers.get(['small', 0]) === 'changed' && !numbers.has(['large', 0])
  await close()
  writeSync(1, JSON.stringify({ codes: [...codes], written, whole, usable }))
} else {
  for (let i = numbers.count(); ; i++) {
    await store.commit((w) => {
      w.put(numbers, [i], `value ${i}`)
      outbox.append(w, i)
    })
    writeSync(1, `${i}\n`)
  }
}
